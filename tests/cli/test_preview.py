"""``--preview`` on every command that changes a label space: it says what would happen, no more."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from answered import answered_space
from commands import call, records


@pytest.fixture
def space(tmp_path: Path) -> Path:
    return answered_space(tmp_path)


def digest(path: Path) -> str:
    assert not path.with_name(path.name + "-wal").exists()
    return hashlib.sha256(path.read_bytes()).hexdigest()


COMMANDS = [
    ("add", "reminder", "--text", "reminder: amount overdue"),
    ("describe", "reminder", "a reminder of an amount that is overdue"),
    ("rename", "invoice", "bill"),
    ("merge", "invoice", "cv", "--into", "paper"),
    ("split", "invoice", "--part", "reminder=e2"),
    ("retire", "invoice"),
    ("move", "e1", "--to", "cv"),
    ("remove", "e1"),
    ("correct", "e1", "--to", "cv"),
    ("undo",),
    ("return", "3"),
    ("set", "kappa", "7"),
    ("set", "threshold", "0.99"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_a_preview_changes_nothing_and_is_what_the_command_then_does(space, command):
    name, *rest = command
    before = digest(space)
    text = call(name, space, *rest, "--preview")
    assert "preview of version 6" in text.stdout
    assert "nothing was changed" in text.stderr
    (preview,) = records(name, space, *rest, "--preview", "--json")
    assert digest(space) == before
    inbox = space.parent / "inbox"
    old = {r["id"]: r["label"] for r in records("label", space, inbox, "--json")}
    (change,) = records(name, space, *rest, "--json")
    assert (preview["version"], preview["summary"]) == (change["version"], change["summary"])
    new = {r["id"]: r["label"] for r in records("label", space, inbox, "--json")}
    documents = {r["id"]: r for r in preview["moved"] if r["kind"] == "document"}
    assert set(documents) == {key for key in old if old[key] != new[key]}
    for key, one in documents.items():
        assert (one["before"]["label"], one["after"]["label"]) == (old[key], new[key])
    assert sum(flow["documents"] for flow in preview["flows"]) == len(documents)


def test_a_preview_of_an_import(space, tmp_path):
    table = tmp_path / "past.jsonl"
    table.write_text('{"text": "reminder: amount overdue", "label": "reminder"}\n')
    (preview,) = records("import", space, table, "--preview", "--json")
    assert [f["after"] for f in preview["flows"] if f["documents"]] == ["reminder"]


def test_a_preview_says_of_a_near_name_what_the_command_would_ask(space):
    """Before, a preview showed a change that the same command then refused."""
    printed = call("add", space, "Invoice", "--text", "x", "--preview")
    assert "'Invoice' (there is 'invoice'): before you carry it out, correct" in printed.stderr
    assert "nothing was changed" in printed.stderr
    call("add", space, "Invoice", "--text", "x", code=2)
    assert (
        "before you"
        not in call("add", space, "Invoice", "--text", "x", "--preview", "--new").stderr
    )


def test_a_change_that_is_refused_is_refused_in_its_preview(space):
    advice = call("rename", space, "invoice", "cv", code=3).stderr
    assert call("rename", space, "invoice", "cv", "--preview", code=3).stderr == advice


@pytest.mark.parametrize("reason", ["nothing is remembered", "all is decided"])
def test_a_preview_says_that_it_compared_examples_alone(space, reason):
    if reason == "all is decided":
        for file in sorted((space.parent / "inbox").iterdir()):
            call("correct", space, file, "--to", "invoice")
    else:
        call("forget", space, "--all")
    printed = call("describe", space, "cv", "what somebody has done so far", "--preview")
    assert "of 0 remembered documents" in printed.stdout
    assert "no document is remembered that nobody has decided on" in printed.stderr
