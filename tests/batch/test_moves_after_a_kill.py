"""A move that a kill cut off is ended later: no file that somebody put there meanwhile is lost."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call

from protolabel.batch.sorting.entries import Entry
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.placing import (
    moved_after_copying,
    moved_within,
    recovered,
    recovered_within,
)
from protolabel.batch.sorting.sorter import Sorter

SORTED = b"an invoice"
DIGEST = hashlib.sha256(SORTED).hexdigest()
FILES = {
    "nothing": lambda path, other: None,
    "the file": lambda path, other: path.write_bytes(SORTED),
    "another file": lambda path, other: path.write_bytes(b"my only copy, " + path.name.encode()),
    "a folder": lambda path, other: path.mkdir(),
    "a link elsewhere": lambda path, other: path.symlink_to(path.parent / "disk/elsewhere"),
}
LINKS = {
    "its hard link": lambda path, other: os.link(other, path),
    "a link to it": lambda path, other: path.symlink_to(other),
}
PAIRS = [(old, new) for old in FILES for new in (*FILES, *LINKS)]
PAIRS += [(old, new) for old in LINKS for new in FILES if new not in ("nothing", "a folder")]
PAIRS.remove(("nothing", "its hard link"))
PAIRS.remove(("a folder", "its hard link"))
ACTS = {
    "recovered": lambda old, new: recovered(str(old), new, "move", DIGEST),
    "recovered within": lambda old, new: recovered_within(old, new, DIGEST),
    "moved within": lambda old, new: moved_within(old, new, DIGEST),
    "moved after copying": lambda old, new: moved_after_copying(str(old), new, DIGEST),
}


def contents(*paths: Path) -> set[bytes]:
    """Return what the files hold that stand here themselves."""
    return {path.read_bytes() for path in paths if path.is_file() and not path.is_symlink()}


@pytest.mark.parametrize("act", ACTS)
def test_whatever_stands_at_the_two_names_no_content_is_lost(act, tmp_path):
    losses = []
    for number, (at_old, at_new) in enumerate(PAIRS):
        folder = tmp_path / str(number)
        (folder / "disk").mkdir(parents=True)
        (folder / "disk/elsewhere").write_bytes(SORTED)
        old, new = folder / "old", folder / "new"
        for kinds in (FILES, LINKS):
            for path, other, kind in ((old, new, at_old), (new, old, at_new)):
                if kind in kinds:
                    kinds[kind](path, other)
        before = contents(old, new)
        with suppress(OSError):
            ACTS[act](old, new)
        if contents(old, new) != before:
            losses.append((at_old, at_new))
    assert losses == []


def test_a_path_through_a_linked_folder_is_no_second_name(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "alias").symlink_to(tmp_path / "folder")
    file = tmp_path / "folder/scan.txt"
    file.write_bytes(SORTED)
    assert recovered(str(tmp_path / "alias/scan.txt"), file, "move", DIGEST)
    assert recovered_within(tmp_path / "alias/scan.txt", file, DIGEST)
    assert file.read_bytes() == SORTED


def test_a_move_that_was_cut_off_is_ended(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(SORTED)
    os.link(old, new)
    assert recovered_within(old, new, DIGEST)
    assert not old.exists()
    old.write_bytes(SORTED)  # as a copy, where there are no hard links
    assert recovered_within(old, new, DIGEST)
    assert not old.exists()
    assert new.read_bytes() == SORTED


@pytest.mark.parametrize("state", ["kept", "placed"])
def test_a_word_of_a_person_stands_after_the_recovery(state, tmp_path):
    source, old, new = tmp_path / "x.txt", tmp_path / "out/cv/x.txt", tmp_path / "out/job/x.txt"
    source.write_bytes(SORTED)
    for path in (old, new):
        path.parent.mkdir(parents=True)
        os.link(source, path)
    entry = Entry("cv/x.txt", str(source), DIGEST, (0,), 0, "link", "cv", None, 1, state)
    begun = replace(entry, place="job/x.txt", label="job", state="intended", moved_from="cv/x.txt")
    with closing(Journal(tmp_path / "out", "space")) as journal:
        journal.write([entry])
        journal.write([begun])
        assert Sorter(tmp_path / "out", journal, "link", None).recover() == 1
        assert {e.place: e.state for e in journal.entries.values()} == {"job/x.txt": state}


KILLED = """
import os, signal, sys
def hook(event, details):
    if event == "os.remove" and str(details[0]).endswith("invoice/x.txt"):
        if sys.argv[1] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        sys.argv[1] = "soon"
    elif sys.argv[1] == "soon":
        sys.argv[1] = ""
        os.kill(os.getpid(), signal.SIGKILL)
from protolabel.cli import exit_code_of
sys.addaudithook(hook)
exit_code_of(sys.argv[2:])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no SIGKILL here")
@pytest.mark.parametrize("when", ["before", "after"])  # the old name is removed
def test_a_file_at_the_old_name_survives_the_recovery(when, tmp_path):
    space, inbox, out = tmp_path / "m.space", tmp_path / "inbox", tmp_path / "out"
    rows = [{"text": "please pay the bill", "label": "invoice"}, {"text": "job", "label": "cv"}]
    call("init", space, "--encoder", "hashing")
    call("import", space, "-", stdin="\n".join(map(json.dumps, rows)))
    inbox.mkdir()
    (inbox / "x.txt").write_text("reminder pay the bill")
    sort = ["label", space, inbox, "--sort-into", out, "--by", "move"]
    call(*sort)
    call("add", space, "reminder", "--text", "reminder pay the bill")
    command = [sys.executable, "-c", KILLED, when, *map(str, sort), "--again", "changed"]
    assert subprocess.run(command, env=ENVIRONMENT, check=False).returncode < 0
    edited = out / "edited"
    edited.write_text("the letter after hours of work")
    edited.replace(out / "invoice/x.txt")
    assert "an earlier run was cut off" in call(*sort).stderr
    assert (out / "invoice/x.txt").read_text() == "the letter after hours of work"
    assert (out / "reminder/x.txt").read_text() == "reminder pay the bill"
