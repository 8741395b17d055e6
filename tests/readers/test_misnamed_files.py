"""A file whose name says that it holds several documents is never read as one, whatever it holds.

Each case compares with the same bytes under a name that says what they are.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
from email.message import EmailMessage

import pytest
from office_files import xlsx
from sources import refused, texts, write

from protolabel.readers import read_documents, read_examples

N = 50
LINES = "".join(f'{{"id": "{i}", "text": "pay bill {i}"}}\n' for i in range(N))
CONTENTS = {
    "jsonl": LINES,
    "ndjson": LINES,
    "json": json.dumps([json.loads(line) for line in LINES.splitlines()]),
    "csv": "id,text\n" + "".join(f"{i},pay bill {i}\n" for i in range(N)),
    "tsv": "id\ttext\n" + "".join(f"{i}\tpay bill {i}\n" for i in range(N)),
}
TEXTS = {str(i): f"pay bill {i}" for i in range(N)}
PAGE = "<!doctype html><html><body><p>Not found</p></body></html>"
ARCHIVES = ("zip", "tar", "tgz", "tar.gz", "7z", "rar")
WORKBOOKS = ("xlsx", "xls", "xlsm", "ods")


def zip_of(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return stream.getvalue()


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz", "zst", "lz4", "br", "Z", "GZ", "gz.gz"])
@pytest.mark.parametrize("suffix", CONTENTS)
def test_a_table_that_was_unpacked_and_kept_its_name_is_read_as_the_table(
    tmp_path, suffix, packing
):
    path = write(tmp_path / f"a.{suffix}.{packing}", CONTENTS[suffix])
    assert texts(path) == TEXTS


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", ["a.jsonl.gz.gz", "a.jsonl.gz", "a.jsonl", "a.jsonl.bz2.gz"])
def test_a_table_that_was_packed_twice_is_read_as_the_table(tmp_path, name, pack):
    path = write(tmp_path / name, gzip.compress(pack(LINES.encode())))
    assert texts(path) == TEXTS


def test_such_a_table_is_one_in_folders_archives_and_mails_too(tmp_path):
    raw = LINES.encode()
    folder = tmp_path / "in"
    write(folder / "a.jsonl.gz", raw)
    write(tmp_path / "in.zip", zip_of(a_jsonl_gz=raw))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "a@b.de", "c@d.de", "<1@b.de>"
    mail.set_content("The bills of today")
    mail.add_attachment(raw, maintype="application", subtype="gzip", filename="a.jsonl.gz")
    write(tmp_path / "a.eml", mail.as_bytes())
    for source, more in ((folder, 0), (tmp_path / "in.zip", 0), (tmp_path / "a.eml", 1)):
        assert len(list(read_documents(source))) == N + more


@pytest.mark.parametrize("suffix", [*WORKBOOKS, *ARCHIVES])
@pytest.mark.parametrize("content", [CONTENTS["csv"], LINES], ids=["csv", "jsonl"])
def test_a_plain_text_named_as_a_workbook_or_an_archive_is_refused(tmp_path, suffix, content):
    path = write(tmp_path / f"a.{suffix}", content)
    what = "a workbook" if suffix in WORKBOOKS else "an archive"
    for read in (read_documents, read_examples):
        refused(lambda read=read: list(read(path)), got=f"a plain text that is named as {what}")
    assert len(texts(path, fmt="text")) == 1
    faults = []
    write(tmp_path / "b.txt", "letter b")
    (document,) = read_documents(tmp_path, on_unreadable=faults.append)
    assert document.text == "letter b"
    assert [fault.source for fault in faults] == [str(path)]


def test_one_in_an_archive_or_compressed_is_refused_by_its_name(tmp_path):
    raw = CONTENTS["csv"].encode()
    path = write(tmp_path / "in.zip", zip_of(a_xlsx=raw))
    refused(lambda: texts(path), got=f"{path}/a.xlsx: a plain text that is named as a workbook")
    path = write(tmp_path / "a.xlsx.gz", gzip.compress(raw))
    refused(lambda: texts(path), got=f"{path}: a plain text that is named as a workbook")
    path = write(tmp_path / "a.tgz", gzip.compress(raw))
    refused(lambda: texts(path), got=f"{path}: a plain text that is named as an archive")


def test_a_long_text_is_refused_for_its_name_and_not_for_its_length(tmp_path):
    path = write(tmp_path / "a.xlsx", CONTENTS["csv"])
    refused(lambda: texts(path, max_bytes=100), got="a plain text that is named as a workbook")
    path = write(tmp_path / "b.xlsx", bytes(2**17))
    refused(lambda: texts(path, max_bytes=100), got="cut off or damaged")


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "jsonl.gz", "xls", "zip"])
def test_a_web_page_named_as_several_documents_is_refused(tmp_path, suffix):
    path = write(tmp_path / f"a.{suffix}", PAGE)
    refused(lambda: texts(path), got="a web page that is named as", remedy="rename it to .html")


def test_what_is_named_and_packed_as_it_should_be_is_read_as_before(tmp_path):
    rows = [["id", "text"], ["1", "pay"], ["2", "go"]]
    assert len(texts(write(tmp_path / "a.xlsx", xlsx(S=rows)))) == 2
    assert len(texts(write(tmp_path / "a.xlsx.gz", gzip.compress(xlsx(S=rows))))) == 2
    assert texts(write(tmp_path / "a.txt.gz", "a letter")) == {"a.txt.gz": "a letter"}
    assert texts(write(tmp_path / "a.gz", "a letter")) == {"a.gz": "a letter"}
    assert texts(write(tmp_path / "a.html.gz", PAGE)) == {"a.html.gz": "Not found"}


@pytest.mark.parametrize("name", ["a.jsonl.lz4", "a.csv.br", "a.csv.zst", "a.7z", "a.jsonl.gz"])
def test_what_is_packed_in_a_way_that_is_not_known_is_refused_as_a_whole(tmp_path, name):
    path = write(tmp_path / name, b"\x04\x22\x4d\x18\0" + LINES.encode() + b"\0\1\2\xff")
    faults = []
    assert list(read_documents(path, on_unreadable=faults.append)) == []
    (fault,) = faults
    assert "not a document that protolabel reads" in fault.reason
