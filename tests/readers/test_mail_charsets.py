"""Letters beyond ASCII in mails that declare no encoding, a wrong one, or one that nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from protolabel.readers import read_documents

WORDS = "für Ihre Prüfung: Grüße"
MIME = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("Subject: x\r\nFrom: a@b\r\n", "utf-8"),
        (MIME + "Content-Type: text/plain\r\n", "utf-8"),
        (MIME + "Content-Type: text/plain\r\n", "windows-1252"),
        (MIME + "Content-Type: text/plain; charset=us-ascii\r\n", "utf-8"),
        (MIME + "Content-Type: text/plain; charset=bogus\r\n", "utf-8"),
        (MIME + "Content-Type: text/plain; charset=utf-8\r\n", "windows-1252"),
        (MIME + "Content-Type: text/plain; charset=iso-8859-1\r\n", "iso-8859-1"),
        (MIME + "Content-Type: text/html\r\n", "utf-8"),
        (MIME + "Content-Type: text/html; charset=utf-8\r\n", "windows-1252"),
    ],
)
def test_a_mail_keeps_its_letters(tmp_path: Path, head: str, encoding: str) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(head.encode() + b"\r\n" + WORDS.encode(encoding) + b"\r\nsecond line\r\n")
    (document,) = read_documents(path)
    assert document.text == f"x\n\n{WORDS}\nsecond line" or "html" in head
    assert document.text is not None
    assert WORDS in document.text


def test_a_page_in_a_mail_says_its_encoding_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    page = f"<meta charset=koi8-r><p>{'письмо о встрече'}</p>".encode("koi8-r")
    path.write_bytes((MIME + "Content-Type: text/html\r\n\r\n").encode() + page)
    (document,) = read_documents(path)
    assert document.text == "x\n\nписьмо о встрече"
