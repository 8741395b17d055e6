"""A label space as Parquet and safetensors: all that an export in lines holds, and back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from commands import call
from fakes import WordEncoder
from json_page import cells
from pictures import drawn, write_folder
from safetensors.numpy import load_file, save_file

from protolabel import Example, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space import exported_folder
from protolabel.label_space.exported_folder import (
    is_exported_folder,
    read_exported_folder,
    write_exported_folder,
)

parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def space() -> LabelSpace:
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.describe("empty", "pay")
        space.add([Example("bill", "pay pay", "b1", source="a.txt"), Example("cv", "work")])
        space.add(Example("bill", embedding=np.ones(space.view().prototypes.dim, np.float32)))
        space.retire("cv")
        yield space


def test_a_folder_reads_back_as_the_records_of_the_export(space, tmp_path):
    folder = tmp_path / "out"
    assert write_exported_folder(space.view(), str(folder)) == 3
    assert is_exported_folder(str(folder))
    records = list(space.view().export(vectors=True))
    assert list(read_exported_folder(str(folder))) == records
    with LabelSpace.create(encoder=WordEncoder(), background=False) as other:
        other.import_records(read_exported_folder(str(folder)))
        assert list(other.view().export(vectors=True)) == records
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]


def test_a_folder_keeps_which_class_stands_under_which(space, tmp_path):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as nested:
        nested.import_records(space.view().export(vectors=True))
        nested.nest({"bill": "money", "cv": "people"}, new=True)
        write_exported_folder(nested.view(), str(tmp_path / "out"))
        records = list(nested.view().export(vectors=True))
    assert list(read_exported_folder(str(tmp_path / "out"))) == records
    write_exported_folder(space.view(), str(tmp_path / "flat"))
    assert "parent" not in parquet.read_schema(tmp_path / "flat/classes.parquet").names


@pytest.mark.parametrize("file", ["classes.parquet", "examples.parquet"])
def test_the_columns_are_those_that_are_documented(file, tmp_path):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as full:
        full.add([Example("bill", "pay"), Example("bill", "work", negative=True)])
        full.nest({"bill": "money"}, new=True)
        write_exported_folder(full.view(), str(tmp_path / "out"))
    columns = set(parquet.read_schema(tmp_path / "out" / file).names)
    documented = set(re.findall(r"`(\w+)`", cells("`protolabel export`", 3)[file]))
    assert columns == documented
    named = re.split(r"\W+", exported_folder.__doc__.partition(file)[2].partition("\n\n")[0])
    assert columns <= set(named)


def test_others_read_the_files_without_protolabel(space, tmp_path):
    write_exported_folder(space.view(), str(tmp_path / "out"))
    rows = parquet.read_table(tmp_path / "out/examples.parquet").to_pylist()
    vectors = load_file(tmp_path / "out/vectors.safetensors")["embeddings"]
    assert [(r["id"], r["label"], r["text"]) for r in rows][:1] == [("b1", "bill", "pay pay")]
    assert vectors.shape == (3, space.view().prototypes.dim)
    assert vectors.dtype == np.float32


def test_images_keep_their_bytes(tmp_path):
    folder = str(tmp_path / "out")
    encoder = str(write_folder(tmp_path / "images"))
    with LabelSpace.create(encoder=encoder, background=False) as pictures:
        pictures.add([Example("bar", image=drawn("bar", n)) for n in range(2)])
        write_exported_folder(pictures.view(), folder)
        assert list(read_exported_folder(folder)) == list(pictures.view().export(vectors=True))
    rows = parquet.read_table(f"{folder}/examples.parquet").to_pylist()
    assert [row["image"] for row in rows] == [drawn("bar", 0), drawn("bar", 1)]


@pytest.mark.parametrize("file", ["classes.parquet", "examples.parquet", "vectors.safetensors"])
def test_a_damaged_or_missing_file_is_refused(file, space, tmp_path):
    folder = tmp_path / "out"
    write_exported_folder(space.view(), str(folder))
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match="no whole export"):
        list(read_exported_folder(str(folder)))
    (folder / file).unlink()
    with pytest.raises(InputError, match="no whole export"):
        list(read_exported_folder(str(folder)))


def test_vectors_of_another_export_are_refused(space, tmp_path):
    folder = tmp_path / "out"
    write_exported_folder(space.view(), str(folder))
    save_file({"embeddings": np.zeros((2, 3), np.float32)}, folder / "vectors.safetensors")
    with pytest.raises(InputError, match=r"3 examples and vectors of \(2, 3\)"):
        list(read_exported_folder(str(folder)))


def test_the_commands_take_a_space_to_another_file(tmp_path):
    first, second, folder = tmp_path / "a.space", tmp_path / "b.space", tmp_path / "out"
    for path in (first, second):
        call("init", path, "--encoder", "hashing")
    call("add", first, "invoice", "--text", "pay")
    done = call("export", first, "--to", folder)
    assert "1 example with embeddings written" in done.stderr
    assert "exists already" in call("export", first, "--to", folder, code=2).stderr
    call("import", second, folder)
    assert call("export", second).stdout == call("export", first).stdout


def labelled(path: Path, rows: list[object]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_import_knows_an_annotation_export_and_says_what_it_leaves_out(tmp_path):
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    doccano = labelled(tmp_path / "d.jsonl", [{"text": "pay", "label": ["bill"]},
                                              {"text": "open", "label": []}])  # fmt: skip
    table = labelled(tmp_path / "t.jsonl", [{"text": "work", "label": "cv"}])
    done = call("import", space, doccano, table)
    assert "d.jsonl: an export of doccano: 1 example; left out: 1 without an answer" in done.stderr
    assert "added 2 examples to 'bill', 'cv' (2 new)" in done.stdout
    assert "spans of the text" in call(
        "import", space, labelled(tmp_path / "s.jsonl", [{"text": "pay", "label": [[0, 1, "x"]]}]),
        code=2,
    ).stderr  # fmt: skip
    for name in ("past/bill", "past/cv"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "1.txt").write_text(name)
    call("import", space, tmp_path / "past", "--label-from", "folder")
    assert "which is no folder" in call(
        "import", space, table, "--label-from", "folder", code=2
    ).stderr  # fmt: skip


def test_a_path_that_is_not_in_utf8_is_refused_before_any_work(space, tmp_path):
    folder = str(tmp_path / "out\udcff")
    with pytest.raises(InputError, match="a path that is not in UTF-8") as error:
        write_exported_folder(space.view(), folder)
    assert str(error.value).isprintable()
    assert not list(tmp_path.iterdir())
    write_exported_folder(space.view(), str(tmp_path / "out"))
    (tmp_path / "out").rename(folder)
    with pytest.raises(InputError, match="a path that is not in UTF-8"):
        list(read_exported_folder(folder))
