"""An encoding that is given for a folder holds for those of its files that need it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from protolabel.readers import read_documents

RUSSIAN = "Счет номер 4711 просим оплатить"
GERMAN = "Rechnung für März: 420 €"


def texts(folder: Path, encoding: str) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return the texts and the notices of the files in a folder."""
    notices: dict[str, str] = {}
    documents = read_documents(
        folder,
        encoding=encoding,
        on_notice=lambda notice: notices.update({Path(notice.source).name: notice.message}),
    )
    return {one.id: one.text for one in documents}, notices


@pytest.mark.parametrize(
    ("name", "content", "document"),
    [
        ("a.txt", GERMAN, "a.txt"),
        ("a.csv", f"text\n{GERMAN}\n", "a.csv:2"),
        ("a.jsonl", f'{{"text": "{GERMAN}"}}\n', "a.jsonl:1"),
        ("a.html", f"<p>{GERMAN}</p>", "a.html"),
        ("a.txt.gz", GERMAN, "a.txt.gz"),
    ],
)
@pytest.mark.parametrize("own", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_that_shows_its_encoding_keeps_it(
    tmp_path: Path, name: str, content: str, document: str, own: str
) -> None:
    raw = content.encode(own)
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    (tmp_path / "z.txt").write_bytes(RUSSIAN.encode("cp1251"))
    read, notices = texts(tmp_path, "cp1251")
    assert read == {document: GERMAN, "z.txt": RUSSIAN}
    called = own.removesuffix("-sig").upper()
    assert notices[name] == f"is in {called} and is read so, not in cp1251"
    assert "z.txt" not in notices


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "gb18030", "shift_jis", "utf-16-le"])
def test_what_does_not_show_another_encoding_is_read_in_the_one_given(
    tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "a.txt").write_bytes(RUSSIAN.encode(encoding))
    (tmp_path / "b.csv").write_bytes(f"text\n{RUSSIAN}\n".encode(encoding))
    read, notices = texts(tmp_path, encoding)
    assert read == {"a.txt": RUSSIAN, "b.csv:2": RUSSIAN}
    assert not any("is read so" in message for message in notices.values())


@pytest.mark.parametrize("choice", ["utf-16", "utf-16-le", "utf-8"])
def test_an_encoding_that_agrees_with_the_mark_is_no_news(tmp_path: Path, choice: str) -> None:
    own = "utf-8-sig" if choice == "utf-8" else "utf-16"
    (tmp_path / "a.txt").write_bytes(RUSSIAN.encode(own))
    assert texts(tmp_path, choice) == ({"a.txt": RUSSIAN}, {})


def test_a_long_table_that_is_ascii_at_first_keeps_its_encoding(tmp_path: Path) -> None:
    rows = ["plain words"] * 20_000 + [GERMAN]
    (tmp_path / "a.csv").write_text("text\n" + "\n".join(rows) + "\n", encoding="utf-8")
    read, notices = texts(tmp_path, "cp1251")
    assert list(read.values()) == rows
    assert "a.csv" in notices


def test_a_table_that_is_read_as_one_document_has_its_notice_once(tmp_path: Path) -> None:
    (tmp_path / "semi.csv").write_bytes("Größe;Preis\nklein;4 €\n".encode("cp1252"))
    notices = []
    (document,) = read_documents(tmp_path, on_notice=notices.append)
    assert document.text == "Größe;Preis\nklein;4 €\n"
    assert sum("is read as Windows-1252" in notice.message for notice in notices) == 1
