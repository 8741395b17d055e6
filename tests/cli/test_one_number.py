"""A document has one percentage wherever a person reads it: the chance."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from commands import call, records
from settled_spaces import make_settled

from protolabel import Answer
from protolabel.answers import Alternative, Level
from protolabel.cli.render import answer_text

DOUBTFUL = "pay soup job amount bill the of"


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Path:
    return make_settled(tmp_path_factory.mktemp("one") / "a.space")


@pytest.fixture
def inbox(tmp_path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.txt").write_text(DOUBTFUL)
    return folder


def percents(text: str) -> list[str]:
    return re.findall(r"\d+%", text)


def test_a_document_has_the_same_percentage_in_every_output(space, inbox, tmp_path):
    """Before, --sort-into, a preview and a CSV file had the probability if it is of a class."""
    (record,) = records("label", space, inbox / "a.txt", "--json")
    assert round(100 * record["chance"]) != round(100 * record["probability"])
    chance = f"{100 * record['chance']:.0f}%"
    assert percents(call("label", space, inbox / "a.txt", "-q").stdout)[:1] == [chance]
    assert percents(call("label", space, inbox, "--sort-into", tmp_path / "s").stdout) == [chance]
    (sorted_file,) = records("label", space, inbox, "--sort-into", tmp_path / "t", "--json")
    for number in ("chance", "probability"):  # shapes of batches move the last digits
        assert sorted_file[number] == pytest.approx(record[number], abs=1e-6)
    call("label", space, inbox, "--out", tmp_path / "a.csv")
    with open(tmp_path / "a.csv", encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    for name in ("chance", "probability", "none_probability"):
        assert float(row[name]) == pytest.approx(record[name], abs=1e-6)
    retired = call("retire", space, record["label"], "--preview").stdout
    (line,) = [line for line in retired.splitlines() if line.startswith(str(inbox))]
    assert percents(line)[0] == chance


def test_review_shows_no_other_number_of_a_document(space, inbox):
    call("label", space, inbox)
    listed = call("review", space, "--all").stdout
    assert "a.txt" in listed
    assert not percents(listed)


def test_a_csv_file_of_an_earlier_version_is_extended_as_it_is(space, inbox, tmp_path):
    path = tmp_path / "a.csv"
    call("label", space, inbox, "--out", path)
    later = ("chance", "none_probability", "head")
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [{k: v for k, v in row.items() if k not in later} for row in csv.DictReader(file)]
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (inbox / "b.txt").write_text("ship the parcel")
    call("label", space, inbox, "--out", path, "--resume")
    with open(path, encoding="utf-8-sig", newline="") as file:
        extended = list(csv.DictReader(file))
    assert extended[0] == rows[0]
    assert [row["label"] for row in extended[1:]] == ["box"]
    assert set(extended[1]) == set(rows[0])


def test_a_journal_of_an_earlier_version_is_gone_on_with(space, inbox, tmp_path):
    out = tmp_path / "s"
    call("label", space, inbox, "--sort-into", out)
    journal = out / ".protolabel" / "journal.jsonl"
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in lines:
        line.pop("chance", None)
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert (
        "1 file as an earlier run left them"
        in call("label", space, inbox, "--sort-into", out).stderr
    )


def test_the_score_beside_a_class_above_is_named_as_that_of_the_nearest_class():
    """Before, `goods 52% score 0.389` showed the score of the class below it."""
    answer = Answer(
        "1", "goods", 0.389, 0.1, 0.6, "goods", 0.2, (Alternative("box", 0.389),), None, "why",
        "prototypes", 1, "hashing", chance=0.52,
        none_probability=0.13,
            levels=(Level("goods", 0.6, 0.52), Level("box", 0.3, 0.25)),
    )  # fmt: skip
    verdict = answer_text(answer).splitlines()[1]
    assert re.sub("\x1b\\[[0-9]*m", "", verdict) == "  goods  52%  (nearest: box, score 0.389)"
