"""Files that were sent are called by the name they had: where their copy lies is never told."""

from __future__ import annotations

import gzip
import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from pictures import drawn

from protolabel import read_documents
from protolabel.errors import ProtolabelError
from protolabel.images import data_address
from protolabel.readers.sent_files import documents_of, examples_of, sent_file

NAMES = ["post", "post.jsonl", "upload.jsonl", "mail.d/post.jsonl", "/tmp/post.jsonl"]
IDS = ["upload", "upload-17", "upload.jsonl", "uploads/a.txt", "post", "copy.jsonl:1", ""]


def copy_of(tmp_path: Path, content: bytes, name: str = "upload.jsonl") -> str:
    path = tmp_path / "protolabel-17" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return str(path)


def lines(*rows: dict[str, object]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize("name", NAMES)
def test_ids_of_the_sender_are_never_touched(tmp_path, name):
    rows = [{"id": one, "text": f"please pay {one}", "label": "invoice"} for one in IDS]
    file = sent_file(copy_of(tmp_path, lines(*rows)), name)
    documents = list(documents_of(file, fmt="jsonl"))
    assert [one.id for one in documents] == [*IDS[:-1], f"{name}:{len(IDS)}"]
    assert [one.has_own_id for one in documents] == [True] * (len(IDS) - 1) + [False]
    examples = list(examples_of(file, fmt="jsonl"))
    assert [one.id for one in examples] == IDS
    for read in (documents, examples):
        assert [one.source for one in read] == [f"{name}:{n}" for n in range(1, len(IDS) + 1)]


def test_files_inside_a_file_are_named_after_it(tmp_path):
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("upload.zip/upload.txt", "please pay")
    (one,) = documents_of(sent_file(copy_of(tmp_path, archive.getvalue(), "upload.zip"), "a.zip"))
    assert (one.id, one.source) == ("a.zip/upload.zip/upload.txt",) * 2


def zipped(content: bytes) -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("t.jsonl", content)
        file.writestr("a.png", drawn("bar", 1))
    return archive.getvalue()


BAD = [
    ("p.jsonl", lines({"id": "1", "image": "a/b.png"}), {}),
    ("p.jsonl", lines({"id": "1", "image": "a.png"}), {}),
    ("p.jsonl", lines({"id": "1", "image": "/etc/hostname"}), {}),
    ("p.jsonl", lines({"id": "1", "image": "../a.png"}), {}),
    ("p.jsonl.gz", gzip.compress(lines({"id": "1", "image": "a.png"})), {}),
    ("p.json", b'[{"image": "a.png"}]', {}),
    ("p.zip", zipped(b""), {"fmt": "folder"}),
    ("p.pdf", b"%PDF-1.4 junk", {}),
    ("p.docx", zipped(b"x"), {}),
    ("p.xlsx", zipped(b"x"), {"text_field": "body"}),
    ("p.png", b"junk", {}),
    ("p.npy", b"junk", {"fmt": "npy"}),
    ("p.csv", b"a,b\n1,2\n", {}),
    ("p.zip", b"PK\x05\x06" + b"\0" * 18, {}),
    ("p.tar", b"junk\0" * 200, {}),
    ("p.gz", b"\x1f\x8bjunk", {}),
    ("p.parquet", b"PAR1junk", {}),
    ("p.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {}),
    ("p.rtf", b"{\\rtf", {}),
    ("", b"", {}),
]


@pytest.mark.parametrize(("name", "content", "options"), BAD, ids=range(len(BAD)))
def test_no_error_tells_where_the_copy_lies(tmp_path, name, content, options):
    (tmp_path / "protolabel-17").mkdir()
    (tmp_path / "protolabel-17" / "a.png").write_bytes(drawn("bar", 1))
    path = copy_of(tmp_path, content, f"upload{Path(name).suffix}")
    for read in (documents_of, examples_of):
        words = ""
        try:
            documents = list(read(sent_file(path, name), **options))
            words = " ".join(getattr(one, "unreadable", "") for one in documents)
        except ProtolabelError as error:
            words = f"{error.got} {error.expected} {error.remedy} {error}"
        assert words
        assert "protolabel-17" not in words
        assert "upload" not in words


def test_the_remedy_for_images_of_a_table_that_is_sent_can_be_followed(tmp_path):
    refused = copy_of(tmp_path, lines({"image": "a.png"}))
    with pytest.raises(
        ProtolabelError, match=r"p\.jsonl:1: 'image' is a path \('a\.png'\)"
    ) as info:
        list(documents_of(sent_file(refused, "p.jsonl")))
    assert "put each image into its row" in info.value.remedy
    mended = copy_of(tmp_path, lines({"image": data_address(drawn("bar", 1))}))
    (one,) = documents_of(sent_file(mended, "p.jsonl"))
    assert one.image == drawn("bar", 1)


def test_a_packed_table_finds_the_images_beside_it_and_one_in_an_archive_has_none(tmp_path):
    (tmp_path / "a.png").write_bytes(drawn("bar", 1))
    table = tmp_path / "t.jsonl.gz"
    table.write_bytes(gzip.compress(lines({"image": "a.png"})))
    (one,) = read_documents(table)
    assert one.image == drawn("bar", 1)
    archive = tmp_path / "t.zip"
    archive.write_bytes(zipped(lines({"image": "a.png"})))
    faults = []
    documents = list(read_documents(archive, on_unreadable=faults.append))
    assert [one.id for one in documents] == ["t.zip/a.png"]
    assert "lies in no folder with images" in faults[0].error.expected
