"""What names a message of a mailbox: its headers that last, each once, and what its body holds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from protolabel.readers.mailboxes import messages

WITH_ID = "Message-ID: <7@example.org>\n"


def name_of(message: str) -> str:
    """Return the name of the message of a mailbox that holds one."""
    with TemporaryDirectory() as folder:
        box = Path(folder, "box.mbox")
        box.write_text(f"From a@b Mon Jan  1 00:00:00 2024\n{message}", newline="")
        (one,) = messages(str(box), "box.mbox", folder)
        return one.name


@pytest.mark.parametrize("headers", ["", WITH_ID])
def test_the_second_line_of_a_header_counts(headers):
    long = f"{headers}Subject: an order of\n two"
    assert name_of(f"{long} chairs\n\nx\n") != name_of(f"{long} lamps\n\nx\n")
    assert name_of(f"{long} chairs\n\nx\n") == name_of(f"{long}   chairs\r\n\nx\n")


def test_of_two_equal_headers_the_first_counts_with_its_lines():
    twice = "Subject: one\n more\nsubject: two\n end\n\nx\n"
    assert name_of(twice) == name_of("Subject: one\n more\n\nx\n")
    assert name_of(twice) != name_of("Subject: two\n end\n\nx\n")


def test_empty_lines_within_the_body_count_and_those_at_its_end_do_not():
    assert name_of("Subject: s\n\na\n\nb\n") != name_of("Subject: s\n\na\n\n\nb\n")
    assert name_of("Subject: s\n\na\n\nb\n") == name_of("Subject: s\n\na\n\nb\n\n\n")


def test_of_a_header_that_never_ends_the_beginning_counts():
    """Else joining its lines takes as much time as their number squared."""
    many = f"{WITH_ID}To: " + "".join(f"\n {n}@example.org" for n in range(10_000))
    assert name_of(f"{many}\n\nx\n") == name_of(f"{many},\n other@example.org\n\nx\n")
    few = f"{WITH_ID}To: " + "".join(f"\n {n}@example.org" for n in range(1_000))
    assert name_of(f"{few}\n\nx\n") != name_of(f"{few},\n other@example.org\n\nx\n")
