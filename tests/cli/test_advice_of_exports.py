"""The advice of errors about exports works when done to the letter."""

from __future__ import annotations

import json

import pytest
from advice import Cases, Desk
from commands import call

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("export again", "import one after the other", "remove one of the two lines")
def exports(d: Desk) -> None:
    whole = call("export", d.space).stdout
    call("init", "new.space", "--encoder", "hashing")
    cut = d.file("cut.jsonl", whole[:-20])
    d.refused("import", "new.space", cut)
    both = (d.file("a.jsonl", whole), d.file("b.csv", "text,label\nmore,cv\n"))
    d.refused("import", "new.space", *both)
    lines = whole.splitlines()
    d.refused("import", "new.space", d.file("twice.jsonl", "\n".join([*lines[:2], lines[1]])))
    cut.write_text(call("export", d.space).stdout)
    call("import", "new.space", cut)
    call("import", "new.space", both[1])
    assert call("classes", "new.space").stdout.split() != []


@CASES.of("correct the setting", "remove it, or upgrade protolabel: pip install -U protolabel")
def settings_of_an_export(d: Desk) -> None:
    header, *rest = call("export", d.space).stdout.splitlines()
    call("init", "new.space", "--encoder", "hashing")
    for key, value in (("threshold", "high"), ("colour", "red")):
        record = json.loads(header)
        record["settings"][key] = value
        d.refused("import", "new.space", "-", stdin="\n".join([json.dumps(record), *rest]))
    call("import", "new.space", "-", stdin="\n".join([header, *rest]))


@CASES.of("import it with the protolabel that exported it, or a newer one")
def export_of_a_newer_protolabel(d: Desk) -> None:
    """The one that exported it is this one, once the export says so."""
    export = call("export", d.space).stdout
    call("init", "new.space", "--encoder", "hashing")
    newer = export.replace('"protolabel_export": 1', '"protolabel_export": 2')
    d.refused("import", "new.space", "-", stdin=newer)
    call("import", "new.space", "-", stdin=export)


@CASES.of("import it alone: `protolabel import SPACE FILE`")
def export_as_a_table(d: Desk) -> None:
    export = d.file("ours.jsonl", call("export", d.space).stdout)
    remedy = d.refused("add", d.space, "bills", export, "--new")
    assert "protolabel import" in remedy
    call("init", "other.space", "--encoder", "hashing")
    call("import", "other.space", export)
    assert call("export", "other.space").stdout == export.read_text()
