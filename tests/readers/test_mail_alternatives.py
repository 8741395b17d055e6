"""Which part of a mail is read where it says the same in plain text and in HTML."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from protolabel.readers import read_documents

LETTER = "Invoice 4711: please pay EUR 420 within 14 days to our bank account."


def text_of(tmp_path: Path, plain: str, page: str) -> str | None:
    message = EmailMessage()
    message.set_content(plain, charset="utf-8")
    message.add_alternative(page, subtype="html")
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    (document,) = read_documents(tmp_path / "a.eml")
    return document.text


@pytest.mark.parametrize(
    "plain",
    ["\n", "  \n", "\u00a0\n", "\u200b\n", "\ufeff\n", "\u3164\n", "&nbsp;\n", "--\n"],
)
def test_a_plain_part_that_shows_nothing_gives_way_to_the_page(tmp_path: Path, plain: str) -> None:
    assert text_of(tmp_path, plain, f"<p>{LETTER}</p>") == LETTER


@pytest.mark.parametrize(
    "plain",  # the first three as public messages have them
    [
        "Plain text version not available",
        "Please use a HTML enabled email client to view this message.",
        "Visualize pelo celular caso nao consiga ver a mensagem.",
        "Your email client does not support HTML messages.",
    ],
)
def test_a_plain_part_that_only_says_to_read_the_page_gives_way_to_it(
    tmp_path: Path, plain: str
) -> None:
    letter = f"{LETTER} {LETTER}"
    assert text_of(tmp_path, plain, f"<p>{letter}</p>") == letter


@pytest.mark.parametrize(
    ("plain", "page"),
    [
        (LETTER, f"<p>{LETTER} View this message in a browser</p>"),
        (LETTER, "<p>\u00a0</p><img src='cid:1'>"),
        ("Bonjour, voici la facture de mars.", "<p>Please find the invoice of March.</p>"),
        ("\u8bf7\u4ed8\u6b3e\u7ed9\u94f6\u884c", "<p>Please pay our bank</p>"),
    ],
)  # fmt: skip
def test_a_plain_part_that_says_as_much_is_read(tmp_path: Path, plain: str, page: str) -> None:
    assert text_of(tmp_path, plain, page) == plain


def test_of_parts_that_show_nothing_the_mail_is_named_by_its_subject(tmp_path: Path) -> None:
    assert not text_of(tmp_path, "\u200b\n", "<p>\u00a0</p>")
