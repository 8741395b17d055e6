"""The documents of a folder that grows: each comes once, however often its file is written."""

from __future__ import annotations

import json
import os
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from mailboxes import Mail, write_mailbox

from protolabel.batch.growing_folder import GrowingFolder
from protolabel.readers.each_file import FileReader
from protolabel.readers.reports import Unreadable
from protolabel.types import Document

TEXTS = ("please pay the bill", "my work so far", "an order of two chairs")


def new_texts(folder: GrowingFolder, reader: FileReader, path: Path) -> list[str | None]:
    items = folder.new_documents(str(path), reader)
    return [item.text for item in items if isinstance(item, Document)]


def test_a_file_of_one_document_that_is_touched_brings_nothing_new(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(TEXTS[0])
    folder = GrowingFolder(str(tmp_path), lambda path: False, {})
    with FileReader() as reader:
        assert new_texts(folder, reader, path) == [TEXTS[0]]
        os.utime(path)
        assert new_texts(folder, reader, path) == []
        path.write_text(TEXTS[1])
        assert new_texts(folder, reader, path) == [TEXTS[1]]
        path.write_text(TEXTS[0])  # as it was at first: its newest answer must be of it again
        assert new_texts(folder, reader, path) == [TEXTS[0]]


def test_a_file_that_cannot_be_reached_is_reported_once(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "z.txt").write_text(TEXTS[0])
    os.utime(tmp_path / "z.txt", (0, 0))
    items = GrowingFolder(str(tmp_path), lambda path: False, {}).items()
    fault, document = (next(items) for _ in range(2))
    assert isinstance(fault, Unreadable)
    assert "symbolic links" in fault.reason
    assert document.text == TEXTS[0]


def test_of_a_mailbox_that_changes_the_messages_are_new_that_it_lacked(tmp_path):
    path = tmp_path / "box.mbox"
    folder = GrowingFolder(str(tmp_path), lambda path: False, {})
    first, second, new = (Mail(text) for text in TEXTS)
    with FileReader() as reader:
        for mails, expected in (([first, second], [0, 1]), ([new, second, first], [2])):
            write_mailbox(path, mails)
            texts = new_texts(folder, reader, path)
            assert texts == [f"s\n\n{TEXTS[i]}" for i in expected]


def test_what_a_file_held_is_not_new_after_a_read_that_broke_off(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [json.dumps({"text": text}) + "\n" for text in TEXTS]
    path.write_text("".join(rows))
    folder = GrowingFolder(str(tmp_path), lambda path: False, {})
    with FileReader() as reader:
        assert new_texts(folder, reader, path) == list(TEXTS)
        path.write_bytes(b"PK\3\4 no archive")
        assert new_texts(folder, reader, path) == []
        path.write_text("".join(rows))
        assert new_texts(folder, reader, path) == []
        path.unlink()
        assert new_texts(folder, reader, path) == []
        path.write_text("".join(reversed(rows)))
        items = folder.new_documents(str(path), reader)
        assert list(items) == []
        path.write_text("".join(rows[:1]) + '{"text": "one more"}\n{"text": "and one"}\n')
        with closing(folder.new_documents(str(path), reader)) as items:  # ended within the file
            assert next(items).text == "one more"
        assert new_texts(folder, reader, path) == ["and one"]


@given(st.lists(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4), max_size=5))
def test_a_text_comes_as_often_as_its_file_has_it_and_lacked_it_at_the_last_look(states):
    with TemporaryDirectory() as place:
        path = Path(place, "rows.jsonl")
        folder = GrowingFolder(place, lambda path: False, {})
        comings: Counter[str | None] = Counter()
        with FileReader() as reader:
            for state in states:
                path.write_text("".join(json.dumps({"text": text}) + "\n" for text in state))
                comings.update(new_texts(folder, reader, path))
        pairs = list(zip([[], *states], states, strict=False))
        for text in TEXTS:
            more = [max(now.count(text) - then.count(text), 0) for then, now in pairs]
            assert comings[text] == sum(more)
