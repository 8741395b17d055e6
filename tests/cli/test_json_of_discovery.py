"""JSON of `discover`, `conflicts`, `next` has the keys of docs/json.md; skipping ends with 6."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records
from json_page import keys
from mail_space import mail_space

from protolabel import LabelSpace
from protolabel.open_world.discovery import stored_proposals

STRANGE = [f"sunny weather with light wind from the {side}" for side in (
    "west", "east", "south", "north", "hills", "sea")]  # fmt: skip


@pytest.fixture(scope="module")
def start(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("discovery")
    path = mail_space(folder)
    call("set", path, "threshold", "0.6")
    (folder / "in").mkdir()
    for n, text in enumerate(STRANGE):
        (folder / "in" / f"{n}.txt").write_text(text)
    return path


@pytest.fixture
def listed(space, inbox) -> Path:
    """The label space once its proposals are listed."""
    call("discover", space, *inbox, "--skip-bad", code=6)
    return space


@pytest.fixture
def space(start, tmp_path) -> Path:
    path = tmp_path / "mail.space"
    call("backup", start, path)
    return path


@pytest.fixture
def inbox(start) -> tuple[Path, Path]:
    """Return a folder of documents, and a file that is not there."""
    return start.parent / "in", start.parent / "absent.txt"


def test_proposals(space, inbox):
    (discovery,) = records("discover", space, *inbox, "--skip-bad", "--json", code=6)
    assert list(discovery) == keys("`protolabel discover`")
    (proposal,) = discovery["proposals"]
    assert list(proposal) == [key for key in keys("`protolabel discover`", 1) if key in proposal]
    assert list(proposal["members"][0]) == ["key", "id", "source"]
    assert list(proposal["exemplars"][0]) == ["key", "id", "source", "text"]
    assert list(proposal["nearest"]) == ["label", "distance", "limit"]


def test_the_next_to_label(space, inbox):
    (advice,) = records("next", space, *inbox, "--skip-bad", "--json", code=6)
    assert list(advice) == keys("`protolabel next`")
    assert list(advice["documents"][0]) == keys("`protolabel next`", 1)


def test_conflicts(space):
    call("add", space, "cv", "--text", "please pay the bill number 77")
    (report,) = records("conflicts", space, "--json")
    assert list(report) == keys("`protolabel conflicts`")
    assert list(report["examples"][0]) == keys("`protolabel conflicts`", 1)


def test_a_proposal_of_which_nothing_is_kept_has_no_number_that_nobody_counted(space, inbox):
    call("set", space, "remember", "off")
    call("discover", space, *inbox, "--skip-bad", code=6)
    with LabelSpace(space, background=False) as own:
        (stored,) = stored_proposals(own)
    assert stored == {
        "key": "P1", "size": 6, "kind": None, "tightness": None, "nearest": None, "terms": [],
        "name": "", "description": "", "exemplars": [], "members": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "decision", [("--refuse", "P1"), ("--accept", "P1", "--name", "weather report")]
)
def test_what_was_skipped_is_in_the_exit_code_of_a_decision_too(listed, inbox, decision):
    result = call("discover", listed, *inbox, *decision, "--skip-bad", code=6)
    assert "absent.txt" in result.stderr


def test_an_accepted_proposal_has_the_record_of_a_change(listed, inbox):
    (record,) = records(
        "discover", listed, *inbox, "--accept", "P1", "--name", "weather report", "--skip-bad",
        "--json", code=6,
    )  # fmt: skip
    assert list(record) == [*keys("Changes"), "proposal"]


def test_a_class_that_nobody_has_described_gets_the_description(listed, inbox):
    call("add", listed, "weather report", "--text", "snow on high ground", "--new")
    result = call(
        "discover", listed, *inbox, "--accept", "P1", "--name", "weather report",
        "--description", "what the sky does", "--skip-bad", code=6,
    )  # fmt: skip
    assert "imported 6 examples: 'weather report'; described 'weather report'" in result.stdout
    assert "keeps the description" not in result.stderr


@pytest.mark.parametrize("preview", [(), ("--preview",)])
def test_a_class_keeps_the_description_that_a_person_gave_it(listed, inbox, preview):
    call("describe", listed, "weather report", "what the sky does")
    result = call(
        "discover", listed, *inbox, "--accept", "P1", "--name", "weather report",
        "--description", "other words", "--skip-bad", *preview, code=6,
    )  # fmt: skip
    assert "keeps the description 'what the sky does'" in result.stderr
    assert "to replace the description: protolabel describe" in result.stderr
    assert "imported 1 class" not in result.stdout
    (row,) = (r for r in records("classes", listed, "--json") if r["name"] == "weather report")
    assert row["description"] == "what the sky does"
    assert row["examples"] == (0 if preview else 6)
