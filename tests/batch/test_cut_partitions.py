"""Whether a partition whose last row is of no use is there as a whole: by its kind and encoding."""

from __future__ import annotations

import bz2
import codecs
import gzip
import json
import lzma
import shutil
import subprocess
from pathlib import Path

import pytest

from protolabel import LabelSpace
from protolabel.batch.partitions import label_partition
from protolabel.errors import InputError

pa = pytest.importorskip("pyarrow", reason="the extra `tables` is not installed")
parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `tables` is not installed")


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("space") / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as label_space:
        label_space.add(["please pay the bill", "the amount is due"], "invoice")
    return path


@pytest.fixture
def place(space, tmp_path) -> Path:
    shutil.copyfile(space, tmp_path / "a.space")
    return tmp_path


LAST = '{"id": "1", "text": "pay"}\n{"id": "2", "text": 5}\n'  # the last row is of no use


def archive_of(path: Path, kind: str) -> None:
    folder = path.parent / "members"
    folder.mkdir()
    (folder / "1.txt").write_text("pay the bill")
    (folder / "2.txt").write_bytes(b"\x00\x01\x02")
    shutil.move(shutil.make_archive(str(path.parent / "made"), kind, folder), path)


WHOLE = {
    "a.jsonl.gz": lambda path: path.write_bytes(gzip.compress(LAST.encode())),
    "a.jsonl.bz2": lambda path: path.write_bytes(bz2.compress(LAST.encode())),
    "a.jsonl.xz": lambda path: path.write_bytes(lzma.compress(LAST.encode())),
    "a.json": lambda path: path.write_text(json.dumps([json.loads(x) for x in LAST.splitlines()])),
    "a.zip": lambda path: archive_of(path, "zip"),
    "a.tar": lambda path: archive_of(path, "tar"),
    "le.jsonl": lambda path: path.write_bytes(codecs.BOM_UTF16_LE + LAST.encode("utf-16-le")),
    "be.jsonl": lambda path: path.write_bytes(codecs.BOM_UTF16_BE + LAST.encode("utf-16-be")),
    "old mac.csv": lambda path: path.write_bytes(b"id,text\r1,pay\r2\r"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_whose_last_row_is_of_no_use_is_labelled(place, name):
    """The last byte of a compressed file or a table of Parquet says nothing of its last row.

    The advice was to append a line end, which destroyed the file.
    """
    WHOLE[name](place / name)
    outcome = label_partition(str(place / name), str(place / "o.parquet"), str(place / "a.space"))
    assert (outcome["documents"], outcome["unusable"]) == (1, 1)


def test_a_table_of_parquet_of_which_nothing_is_of_use_does_not_end_in_a_row(place):
    columns = {"id": ["1", "2"], "text": ["pay", "cv"], "embedding": [[1.0, 2.0], [2.0, 1.0]]}
    parquet.write_table(pa.table(columns), place / "a.parquet")
    with pytest.raises(InputError, match="none of 2 documents can be answered") as error:
        label_partition(str(place / "a.parquet"), str(place / "o.parquet"), str(place / "a.space"))
    assert ">>" not in error.value.remedy


@pytest.mark.parametrize("name", [name for name in WHOLE if name.startswith("a.")])
def test_a_cut_file_whose_last_row_is_of_no_use_is_refused(place, name):
    WHOLE[name](place / name)
    content = (place / name).read_bytes()
    end = len(content.rstrip(b"\0")) if name == "a.tar" else len(content)
    for size in (end // 4, end // 2, end - 1):
        (place / name).write_bytes(content[:size])
        with pytest.raises(InputError) as error:
            label_partition(str(place / name), str(place / "o.parquet"), str(place / "a.space"))
        assert ">>" not in error.value.remedy
        assert not (place / "o.parquet").exists()


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-8-sig", b""), ("utf-16-le", b""),
        ("utf-16-be", b""), ("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE), ("utf-32-be", codecs.BOM_UTF32_BE), ("cp500", b""),
    ],
)  # fmt: skip
def test_the_line_end_that_is_advised_is_one_of_the_encoding(place, encoding, mark):
    """A byte of a line end alone is half a character of UTF-16."""
    source = place / "in.jsonl"
    paths = [str(place / name) for name in ("in.jsonl", "o.parquet", "a.space")]
    reading = {} if mark else {"encoding": encoding}
    whole = mark + LAST.encode(encoding)
    source.write_bytes(mark + LAST[:-1].encode(encoding))
    with pytest.raises(InputError, match="in the middle of this row") as error:
        label_partition(*paths, **reading)
    command = error.value.remedy.split("`")[1]
    subprocess.run(["sh", "-c", command], check=True)
    assert source.read_bytes() == whole
    outcome = label_partition(*paths, **reading)
    assert (outcome["documents"], outcome["unusable"]) == (1, 1)
