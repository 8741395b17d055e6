"""Names of partitions that other programs chose: not in UTF-8, like an address, or very long."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from protolabel import LabelSpace
from protolabel.batch.partitions import label_partition, partitions
from protolabel.errors import InputError

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `tables` is not installed")
LINES = '{"id": "1", "text": "pay"}\n{"text": "work"}\n'


@pytest.fixture
def space(tmp_path: Path) -> str:
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "the amount is due"], "bill")
        space.add(["ten years of work", "my resume"], "cv")
    return str(path)


def label(folder: Path, space: str) -> list[dict[str, object]]:
    return [label_partition(**job, space=space) for job in partitions(folder, f"{folder} answers")]


def answers(target: object) -> dict[str, list[object]]:
    with open(str(target), "rb") as file:
        return parquet.read_table(file).to_pydict()


def test_a_partition_whose_name_is_not_in_utf8_is_labelled_as_any_other(space, tmp_path):
    folder = tmp_path / "in\udcff"
    folder.mkdir()
    for name in ("\udcfe.jsonl", "b.jsonl"):
        (folder / name).write_text(LINES)
    strange, plain = sorted(label(folder, space), key=lambda one: "b.jsonl" in str(one["target"]))
    assert strange["documents"] == plain["documents"] == 2
    assert answers(strange["target"])["label"] == answers(plain["target"])["label"]
    assert answers(strange["target"])["id"] == ["1", "\\xfe.jsonl:2"]
    assert all(str(s).startswith(f"{tmp_path}/in\\xff/\\xfe.") for s in
               answers(strange["target"])["source"])  # fmt: skip
    assert [one["before"] for one in label(folder, space)] == [True, True]


def test_an_error_about_such_answers_can_be_printed(space, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "\udcfe.jsonl").write_text(LINES)
    label(folder, space)
    (folder / "\udcfe.jsonl").write_text(LINES + LINES)
    with pytest.raises(InputError, match="are of other documents") as error:
        label(folder, space)
    assert "\\xfe.jsonl" in str(error.value).encode().decode()


def test_a_target_whose_name_looks_like_an_address_is_a_file(space, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text(LINES)
    for before in (False, True):
        done = label_partition("in.jsonl", "s3:a.parquet", space)
        assert (done["documents"], done["before"]) == (2, before)
    assert answers("s3:a.parquet")["id"][0] == "1"


def test_the_longest_name_that_can_have_answers_is_labelled(space, tmp_path):
    """The bound of the disk is met exactly: one byte more is refused before any work."""
    folder = tmp_path / "in"
    folder.mkdir()
    name = "l" * 245 + ".jsonl"
    (folder / name).write_text(LINES)
    with pytest.raises(InputError) as error:
        partitions(folder, tmp_path / "out")
    assert error.value.got == f"{folder / name}: the name is too long for a file of answers"
    most = int(error.value.expected.removeprefix("a name of at most ").removesuffix(" bytes"))
    target = tmp_path / f"{'t' * 230}.parquet"
    with pytest.raises(InputError, match="too long for a file of answers") as of_target:
        label_partition(str(folder / name), str(target), space)
    assert of_target.value.remedy == "name a shorter target="
    assert not target.exists()
    (folder / name).rename(folder / f"{'l' * (most - 6)}.jsonl")
    assert [one["documents"] for one in label(folder, space)] == [2]
    (folder / "a.jsonl").write_text(LINES)
    (folder / f"{'é' * (most // 2)}.jsonl").write_text(LINES)
    with pytest.raises(InputError, match="too long"):
        partitions(folder, tmp_path / "out")
    assert os.listdir(tmp_path / "in answers") == [f"{'l' * (most - 6)}.jsonl.answers.parquet"]
