"""Image files, folders of them and image fields of tables; every refusal says where and what."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pictures import drawn, jpeg

from protolabel import read_documents, read_examples
from protolabel.errors import InputError
from protolabel.images import data_address

KINDS = ("bar", "dash")


def test_files_folders_and_tables_of_images(tmp_path):
    for kind in KINDS:
        (tmp_path / "tree" / kind / "deep").mkdir(parents=True)
        (tmp_path / "tree" / kind / "1.PNG").write_bytes(drawn(kind, 1))
        (tmp_path / "tree" / kind / "deep" / "2.jpeg").write_bytes(jpeg(np.eye(9) * 255))
    (only,) = read_documents(tmp_path / "tree" / "bar" / "1.PNG")
    assert (only.id, only.text, only.image) == ("1.PNG", None, drawn("bar", 1))
    assert only.source == str(tmp_path / "tree" / "bar" / "1.PNG")
    documents = list(read_documents(tmp_path / "tree"))
    assert [d.id for d in documents] == [
        f"{k}/{n}" for k in KINDS for n in ("1.PNG", "deep/2.jpeg")
    ]
    assert [e.label for e in read_examples(tmp_path / "tree")] == ["bar", "bar", "dash", "dash"]
    (unnamed,) = read_documents(_copy(tmp_path / "scan"), fmt="image")
    assert unnamed.image == drawn("bar", 0)
    rows = [
        {"image": "tree/bar/1.PNG", "id": "a"},
        {"image": data_address(drawn("dash", 3)), "embedding": [1, 2]},
        {"image": "tree/../tree/dash/deep/2.jpeg", "text": None},
        {"text": "a text", "image": "https://example.org/x.png"},
    ]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    a, b, c, d = read_documents(tmp_path / "t.jsonl")
    assert (a.image, b.image) == (drawn("bar", 1), drawn("dash", 3))
    assert b.embedding.tolist() == [1, 2]
    assert c.image == jpeg(np.eye(9) * 255)
    assert (d.text, d.image) == ("a text", None)


def test_a_table_reached_through_a_link_finds_its_images(tmp_path):
    (tmp_path / "real").mkdir()
    _copy(tmp_path / "real" / "a.png")
    (tmp_path / "real" / "t.jsonl").write_text('{"image": "a.png"}\n')
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (only,) = read_documents(tmp_path / "link" / "t.jsonl")
    assert only.image == drawn("bar", 0)


def _copy(path: Path) -> Path:
    path.write_bytes(drawn("bar", 0))
    return path


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("../out.png", "not in the folder of its table"),
        ("sub/../../out.png", "not in the folder"),
        ("/etc/hostname", "not in the folder"),
        ("link.png", "not in the folder"),
        ("gone.png", r"gone.png: no such file"),
        ("sub", "not a file"),
        ("text.txt", "neither a PNG nor a JPEG"),
        ("a\0b", "'image' is 'a"),
        ("", "'image' is ''"),
        (7, "'image' is 7"),
        ("data:image/png;base64,AAA", "data: address"),
    ],
)
def test_image_fields_that_cannot_be_used(tmp_path, value, message):
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    _copy(tmp_path / "out.png")
    (folder / "link.png").symlink_to(tmp_path / "out.png")
    (folder / "text.txt").write_text("hello")
    (folder / "t.jsonl").write_text('{"text": "ok"}\n' + json.dumps({"image": value}) + "\n")
    with pytest.raises(InputError, match=message) as caught:
        list(read_documents(folder / "t.jsonl"))
    assert str(caught.value).startswith(f"{folder / 't.jsonl'}:2: ")
    assert caught.value.expected


def test_image_files_that_cannot_be_used(tmp_path):
    (tmp_path / "a.png").write_text("hello")
    with pytest.raises(InputError, match=r"a.png: neither a PNG nor a JPEG.*expected"):
        list(read_documents(tmp_path / "a.png"))
    _copy(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"a.png: an image of more than 50 bytes"):
        list(read_documents(tmp_path, max_bytes=50))
    (tmp_path / "b.gif").write_bytes(b"GIF89a")
    with pytest.raises(InputError, match=r"b.gif: a GIF image.*convert it to PNG"):
        list(read_documents(tmp_path))
    with pytest.raises(InputError, match="a label for it"):
        read_examples(tmp_path / "a.png")
