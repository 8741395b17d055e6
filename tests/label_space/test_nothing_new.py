"""Where nothing is left to change, the version stays; exports are held to what is there as adds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from commands import call, records
from fakes import WordEncoder

from protolabel import Example, LabelSpace


def test_adding_only_what_is_known_changes_nothing(space):
    before = list(space.history())
    change = space.add(["PAY  pay bill", "cv work"], ["bill", "cv"], skip_known=True)
    assert change.version == space.version == before[0].version
    assert list(space.history()) == before
    assert change.summary == "nothing new: all 2 examples are here already"
    assert change.detail["known"] == 2


def test_importing_only_what_is_known_changes_nothing(space):
    before = list(space.history())
    change = space.import_records(list(space.view().export()), skip_known=True)
    assert list(space.history()) == before
    assert change.summary == "nothing new: 3 classes and 3 examples are here already"


def test_importing_vectors_that_are_here_changes_nothing():
    """Bit for bit as exported: to bring them to length one again may change their last bits."""
    vectors = np.random.default_rng(0).normal(size=(600, 8)).astype(np.float32)
    examples = [Example("ab"[i % 2], embedding=vector) for i, vector in enumerate(vectors)]
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(examples)
        before = space.version
        change = space.import_records(list(space.view().export()), skip_known=True)
        assert (space.version, change.number("known")) == (before, 600)


def test_an_import_that_only_describes_or_retires_is_a_change(space):
    exported = list(space.view().export())
    classes = [r for r in exported if r.get("description_from")]
    other = [classes[0] | {"description": "other words", "description_from": "given"}]
    assert space.import_records([exported[0], *other]).version == space.version
    retired = [classes[0] | {"retired": True}]
    before = space.version
    assert space.import_records([exported[0], *retired]).version == before + 1


def test_an_import_says_what_it_did_to_each_class(space):
    space.add("ship it", "box")
    by_a_person = {"description_from": "given", "retired": False}
    header, *_ = space.view().export()
    change = space.import_records([
        header,
        {"label": "bill", "description": "what is owed", **by_a_person},
        {"label": "box", "description": "what is sent", **by_a_person},
        {"label": "cv", "description": None, "description_from": "none", "retired": True},
        {"label": "tax", "description": "what the state wants", **by_a_person},
        {"label": "bill", "text": "pay work pay", "id": "n1"},
    ])  # fmt: skip
    assert change.summary == (
        "imported 1 class and 1 example: 'tax', 'bill'; described 'bill', 'box'; retired 'cv'"
    )
    change = space.import_records([header, {"label": "bill", "text": "cv sign cv", "id": "n2"}])
    assert change.summary == "imported 1 example: 'bill'"


def test_the_commands_make_no_empty_version(tmp_path):
    space, table = tmp_path / "a.space", tmp_path / "t.csv"
    call("init", space, "--encoder", "hashing")
    table.write_text("text,label\npay the bill,a\nmy cv,b\n")
    call("import", space, table)
    before = records("history", space, "--json")
    for inputs in ((table,), ("-",)):
        stdin = call("export", space).stdout if inputs == ("-",) else ""
        done = call("import", space, *inputs, "--skip-known", stdin=stdin)
        assert "nothing new" in done.stdout
    call("add", space, "a", "--text", "PAY the bill", "--skip-known")
    assert records("history", space, "--json") == before


@pytest.mark.parametrize("skip_known", [True, False])
def test_an_import_reports_what_is_known_as_an_addition_does(space, skip_known):
    rows = [Example("bill", "PAY pay bill", "n1"), Example("box", "cv work", "n2"),
            Example("cv", "sign", "n3")]  # fmt: skip
    with LabelSpace.create(encoder=WordEncoder(), background=False) as other:
        other.import_records(list(space.view().export()))
        with LabelSpace.create(encoder=WordEncoder(), background=False) as source:
            source.add(rows)
            exported = list(source.view().export())
        imported = space.import_records(exported, skip_known=skip_known)
        added = other.add(rows, skip_known=skip_known)
        assert imported.detail["known"] == added.detail["known"] == 2
        assert imported.detail["two_labels"] == added.detail["two_labels"]
        assert imported.hints == added.hints
        sentence = f"2 of 3 were here already, {'left out' if skip_known else 'added once more'}"
        assert sentence in imported.summary
        assert sentence in added.summary


def damaged(export: str) -> str:
    """The export with a line that is no JSON, one of no example, and a vector of two numbers."""
    header, first, *rest = export.splitlines()
    vector = json.dumps({"id": "short", "label": "a", "embedding": [1.0, 2.0]})
    return "\n".join([header, first, "{broken", '{"label": "a"}', *rest, vector]) + "\n"


def test_a_bad_record_of_an_export_is_skipped_and_named(tmp_path):
    source, target = tmp_path / "a.space", tmp_path / "b.space"
    for space in (source, target):
        call("init", space, "--encoder", "hashing")
    call("add", source, "a", "--text", "pay the bill", "--text", "pay it")
    call("describe", source, "b", "an application")
    export = damaged(call("export", source).stdout)
    error = call("import", target, "-", stdin=export, code=2).stderr
    assert "stdin:3: no JSON" in error
    assert "add --skip-bad" in error
    assert records("history", target, "--json")[0]["version"] == 1
    objects = records("import", target, "-", "--skip-bad", "--json", stdin=export, code=6)
    assert [r["skipped"] for r in objects[1:]] == ["stdin:3", "stdin:4", "example 'short'"]
    assert call("export", target).stdout == call("export", source).stdout


def test_a_header_that_cannot_be_read_is_refused_whole(tmp_path):
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    call("add", space, "a", "--text", "pay")
    header, *rest = call("export", space).stdout.splitlines()
    newer = header.replace('"protolabel_export": 1', '"protolabel_export": 9')
    error = call("import", space, "-", "--skip-bad", stdin="\n".join([newer, *rest]), code=2).stderr
    assert "format 9" in error
    assert (
        "--skip-bad"
        not in call("import", space, "-", stdin="\n".join([newer, *rest]), code=2).stderr
    )
