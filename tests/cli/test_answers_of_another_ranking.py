"""Answers of one version by prototypes and by refined weights: later runs tell them apart."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from commands import call, records
from inboxes import letters_space, new_inbox

from protolabel.batch.partitions import label_partition, partitions
from protolabel.label_space.fits import fitting


@pytest.fixture(scope="module")
def shared_mail(tmp_path_factory) -> Path:
    return letters_space(tmp_path_factory.mktemp("ranking"))


@pytest.fixture
def mail(shared_mail: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A label space whose prototypes answer until somebody asks for the refined ranking."""
    monkeypatch.setattr(fitting, "UNASKED_SECONDS", 0.0)
    copy = tmp_path / "copy.space"
    call("backup", shared_mail, copy)
    call("add", copy, "invoice", "--text", "a bill that no fit has read")
    return copy


def heads(path: Path) -> dict[str, str]:
    """Return what ranked the answer to each document of a file, by the name of its file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file)) if path.suffix == ".csv" else list(map(json.loads, file))
    return {Path(row["source"]).name: row["head"] for row in rows}


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.csv", "answers.parquet"])
def test_again_changed_answers_what_the_prototypes_ranked(mail, tmp_path, name):
    inbox, out = new_inbox(tmp_path / "inbox"), tmp_path / name
    daily = ("label", mail, inbox, "--out", out, "--resume")
    lines = out if name != "answers.parquet" else tmp_path / ".answers.parquet.lines.jsonl"
    call(*daily)
    (inbox / "4.txt").write_text("pay bill 4")
    summary = " ".join(call(*daily, "--settle").stderr.split())
    assert "4 of them by another version or ranking of the label space" in summary
    assert sorted(heads(lines).values()) == ["prototypes"] * 4 + ["refined"]
    assert "4 documents: 4 labelled" in call(*daily, "--again", "changed").stderr
    assert set(heads(lines).values()) == {"refined"}
    assert "5 answered by an earlier run" in call(*daily, "--again", "changed").stderr


def test_so_does_sorting(mail, tmp_path):
    inbox, out = new_inbox(tmp_path / "inbox"), tmp_path / "sorted"
    sort = ("label", mail, inbox, "--sort-into", out, "--json")
    assert len(records(*sort)) == 4
    assert records(*sort, "--again", "changed") == []
    assert len(records(*sort, "--settle", "--again", "changed")) == 4
    assert records(*sort, "--again", "changed") == []


def test_refined_weights_rank_every_partition(mail, tmp_path):
    """Whether or not the snapshot holds them: so partitions of one version are comparable."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `tables` is not installed")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_text('{"id": "1", "text": "pay bill 4"}\n')
    (job,) = partitions(folder, tmp_path / "out")
    label_partition(**job, space=str(mail))
    assert parquet.read_table(job["target"])["head"].to_pylist() == ["refined"]
