"""A mail or a page that says ISO-8859-1 is read as other programs do; soft hyphens go."""

from __future__ import annotations

from pathlib import Path

import pytest

from protolabel import read_documents

MAIL = (
    b"From: a@b.example\nTo: c@d.example\nSubject: bill\nMIME-Version: 1.0\n"
    b"Content-Type: text/plain; charset=%s\nContent-Transfer-Encoding: 8bit\n\n"
)
PAGE = b'<html><head><meta charset="%s"></head><body>'
TEXT = b"The years 2020\x962021 \x93paid\x94 \x80 420 in M\xfcnchen"
WORDS = "The years 2020\u20132021 \u201cpaid\u201d \u20ac 420 in M\u00fcnchen"


def text_of(path: Path) -> str:
    (document,) = read_documents([path])
    return document.text or ""


@pytest.mark.parametrize("charset", [b"iso-8859-1", b"ISO-8859-1", b"latin1", b"windows-1252"])
@pytest.mark.parametrize(("beginning", "name"), [(MAIL, "a.eml"), (PAGE, "a.html")])
def test_western_bytes_are_signs(tmp_path: Path, charset: bytes, beginning: bytes, name: str):
    (tmp_path / name).write_bytes(beginning % charset + TEXT)
    assert WORDS in text_of(tmp_path / name)


def test_another_encoding_is_as_declared(tmp_path: Path):
    (tmp_path / "a.eml").write_bytes(MAIL % b"iso-8859-15" + b"\xa4 420")
    assert "\u20ac 420" in text_of(tmp_path / "a.eml")


def test_a_page_has_its_words_without_soft_hyphens(tmp_path: Path):
    (tmp_path / "a.html").write_text("<p>Rech&shy;nungs\u00adbetrag</p>")
    assert text_of(tmp_path / "a.html") == "Rechnungsbetrag"
