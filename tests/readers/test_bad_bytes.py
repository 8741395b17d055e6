"""Bytes that are no text, and lines without end: refused with their place, in bounded memory."""

import codecs
import json
import random
import tracemalloc

import pytest
from sources import documents, refused, write

from protolabel.readers import (
    Unreadable,
    read_documents,
    read_examples,
)

BINARY = [
    (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "a PDF file", "by its path"),
    (b"PK\x03\x04\x14\0\0\0", "a zip archive", "by its path"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old or encrypted Office file",
        "save it as docx or pptx",
    ),
    (b"{\\rtf1\\ansi hello}", "RTF", "by its path"),
    (b"\x1f\x8b\x08\0", "a gzip file", "by its path"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", "OCR"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image", "OCR"),
    (b"II*\0\x08", "a TIFF image", "OCR"),
    (b"abc\0def", "byte 0x00 at byte 3", "binary"),
    (b"ab\n\xff", "byte 0xFF at byte 3 is not UTF-8", "iconv -f WINDOWS-1250"),
]


NAMED_BINARY = [
    (name, *case)
    for name in ("scan.txt", "scan.jsonl", "scan.csv", "folder/scan")
    for case in BINARY
    # In a folder, what is read by its path has a reader of its own: test_documents.
    if name != "folder/scan" or case[2] != "by its path"
]


@pytest.mark.parametrize(("name", "content", "got", "remedy"), NAMED_BINARY)
def test_what_is_not_text(tmp_path, name, content, got, remedy):
    path = write(tmp_path / name, content)
    source = path.parent if name.startswith("folder") else path
    fmt = None if source != path else "text" if name.endswith(".txt") else "lines"
    error = refused(
        lambda: documents(source, fmt=fmt), got=got, expected="plain text in UTF-8", remedy=remedy
    )
    assert error.got.startswith(f"{path}:")


OF_NO_DOCUMENT = {
    "tune.mp3": b"ID3\x04\0\0\0\0\x02\x01TIT2\0\0\0\x0f\0\0\x03Monday\0" + bytes(range(256)) * 20,
    "film.mp4": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(range(256)) * 20,
    "setup.exe": b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8" + bytes(200) + b"This program",
    "numbers.dat": random.Random(5).randbytes(700) + b"\0",
}


@pytest.mark.parametrize("name", OF_NO_DOCUMENT)
@pytest.mark.parametrize("options", [{}, {"max_bytes": 100}, {"encoding": "windows-1250"}], ids=str)
def test_a_file_of_no_kind_that_is_read_is_called_so(tmp_path, name, options):
    """Before: a byte, its place and advice about encodings; of a large file, to split it."""
    path = write(tmp_path / name, OF_NO_DOCUMENT[name])
    error = refused(
        lambda: documents(path, **options),
        got="not a document that protolabel reads",
        expected="a text, a table, a mail, a picture, a PDF file or one of an office program",
        remedy="leave it out, or give its text",
    )
    assert error.got == f"{path}: not a document that protolabel reads"
    assert "encoding" not in error.remedy
    (fault,) = unreadable(tmp_path, **options)
    assert fault.reason.startswith("not a document that protolabel reads")


def unreadable(path, **options) -> list[Unreadable]:
    faults: list[Unreadable] = []
    assert not list(read_documents(path, on_unreadable=faults.append, **options))
    return faults


WORDS = {
    "Polish": "zażółć gęślą jaźń", "Russian": "Прошу оплатить счёт", "German": "Grüße aus Köln",
    "Japanese": "請求書を送付します", "Greek": "τιμολόγιο", "Hebrew": "שלום עולם",
}  # fmt: skip


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_text_in_a_wide_encoding_is_told_of_encodings(tmp_path, language, encoding):
    path = write(tmp_path / "t.txt", f"{WORDS[language]}, 1\n{WORDS[language]}\n".encode(encoding))
    refused(lambda: documents(path), got="byte 0x00 at byte", remedy="say the encoding (encoding=)")
    assert documents(path, encoding=encoding)[0].text.startswith(WORDS[language])


def test_a_line_that_is_damaged_below_others_is_told_by_its_place(tmp_path):
    path = write(tmp_path / "t.csv", b"text\nfirst\nsec\0\x01\xffond\n")
    refused(lambda: documents(path), got=f"{path}:3: byte 0x00 at byte 14")


def test_an_old_office_file_is_told_what_an_office_can_save(tmp_path):
    """Before: `expected plain text in UTF-8` alone, and msg, which is read, was among the old."""
    path = write(tmp_path / "old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    error = refused(
        lambda: documents(path),
        got="an old or encrypted Office file, such as doc or ppt",
        expected="docx, pptx, xlsx, odt, msg, eml or plain text in UTF-8",
        remedy="save it as docx or pptx, without a password; msg and xls are read",
    )
    assert "msg" not in error.got


def test_damaged_utf8_says_line_and_offset(tmp_path):
    content = '{"text": "é"}\r\n{"text": "caf'.encode() + b'\xe9"}\r\n'
    path = write(tmp_path / "a b.jsonl", codecs.BOM_UTF8 + content)
    error = refused(lambda: documents(path), got=f"{path}:2: byte 0xE9 at byte 32 is not UTF-8")
    assert (codecs.BOM_UTF8 + content)[32] == 0xE9
    assert f"'{path}'" in error.remedy
    path = write(tmp_path / "c.txt", "é\ntwo ".encode() + b"\x81")
    refused(lambda: documents(path), got=f"{path}:2: byte 0x81 at byte 7")


def test_damaged_utf16(tmp_path):
    path = write(tmp_path / "t.txt", codecs.BOM_UTF16_LE + b"a\0b")
    refused(lambda: documents(path), got=f"{path}: text that is not in utf-16", remedy="UTF-8")


@pytest.mark.parametrize("content", ["", "  \n\t\n"])
def test_empty_texts(tmp_path, content):
    path = write(tmp_path / "a.txt", content)
    refused(
        lambda: list(read_examples(path, label="a")),
        got=f"{path}: the {'text' if content else 'file'} is",
        expected="words",
        remedy="give its text",
    )
    assert f"the {'text' if content else 'file'} is" in documents(path)[0].unreadable
    path = write(tmp_path / "a.jsonl", content)
    refused(lambda: documents(path), got=f"{path}: no documents", expected="one", remedy="fill")


@pytest.mark.parametrize("name", ["big.jsonl", "big.csv", "big.txt"])
def test_a_line_of_50_megabytes_is_refused_without_being_read(tmp_path, name):
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(b"text\n" if name.endswith("csv") else b"")
        for _ in range(50):
            file.write(b"x" * 10**6)
    tracemalloc.start()
    error = refused(
        lambda: documents(path),
        got="of more than 10,485,760 bytes",
        expected="at most 10,485,760",
        remedy="split it",
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    line = {"big.jsonl": ":1", "big.csv": ":2", "big.txt": ""}[name]  # a text has no rows
    assert error.got.startswith(f"{path}{line}: ")
    assert peak < 35e6


def test_the_limit_is_the_callers(tmp_path):
    path = write(tmp_path / "a.txt", "x" * 100)
    assert documents(path, max_bytes=100)
    refused(lambda: documents(path, max_bytes=99), got="more than 99", expected="at most 99")


def test_many_documents_take_the_memory_of_one(tmp_path):
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        file.writelines(json.dumps({"text": f"{i} " * 50}) + "\n" for i in range(20_000))
    tracemalloc.start()
    count = sum(1 for _ in read_documents(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_000
    assert path.stat().st_size > 5e6
    assert peak < 1e6
