"""The advice of errors about a label space that is open twice, or whose log was removed, works."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable

import pytest
from advice import Cases, Desk
from commands import call

from protolabel import LabelSpace, read_documents
from protolabel.errors import StoreError
from protolabel.label_space.frozen_copy import open_frozen

CASES = Cases()


@pytest.mark.skipif(sys.platform != "linux", reason="forks and locks of a descriptor")
@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("open it here: LabelSpace(path)")
def copy_of_a_space(d: Desk) -> None:
    frozen = open_frozen(d.space)
    d.raised(lambda: frozen.add("pay", "invoice"))
    frozen.close()
    with LabelSpace(d.space, background=False) as own:
        own.add("pay", "invoice")


def in_a_child(use: Callable[[], str]) -> str:
    """Return what ``use`` returns in a forked process, or the error's message."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            try:
                message = use()
            except Exception as error:
                message = str(error)
            os.write(write, message.encode())
        finally:
            os._exit(0)
    os.close(write)
    message = os.read(read, 65536).decode()
    os.waitpid(child, 0)
    os.close(read)
    return message


@CASES.of(
    "close it before the fork, and open it in each process after it: LabelSpace(path); or start "
    'the processes with multiprocessing.get_context("spawn")'
)
def space_of_the_parent(d: Desk) -> None:
    def label() -> str:
        with LabelSpace(d.space, background=False) as own:
            return str(own.label("pay").label)

    with LabelSpace(d.space, background=False) as space:
        space.label("pay")
        messages = in_a_child(lambda: str(space.label("pay"))), in_a_child(label)
    for message in messages:
        d.met.append(message.rpartition("to fix it: ")[2])
    assert in_a_child(label) == label() == "invoice"


def lost_log(d: Desk) -> LabelSpace:
    """A label space with a change in a log that was removed, while another log was begun."""
    space = LabelSpace(d.space, background=False)
    space.add("the last change before", "cv")
    for side in ("-wal", "-shm"):
        os.unlink(f"{d.space}{side}")
    change = (
        "INSERT INTO changes SELECT max(version) + 1, '', '', 'configure', 'of another', "
        "'{}', NULL, 0 FROM changes"
    )
    script = (
        "import sqlite3, sys; "
        "sqlite3.connect(sys.argv[1], isolation_level=None).execute(sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", script, d.space, change], check=True)
    return space


@CASES.of(
    "save what this process has: LabelSpace.backup(COPY); then close it, compare the two "
    "(protolabel history), and open the one that you want",
    "`protolabel history {}` shows what it holds now; if that is the one that you want, give the "
    "command again",
)
def log_that_was_removed(d: Desk) -> None:
    space = lost_log(d)
    with pytest.raises(StoreError) as caught:
        space.add("more", "cv")
    d.met += [caught.value.remedy, caught.value.command]
    space.backup(str(d.folder / "copy.space"))
    d.raised(space.close)
    with LabelSpace(d.folder / "copy.space", background=False) as copy:
        assert copy.add("more", "cv").version == copy.version
    assert "version" in d.obeyed(caught.value.command)
    call("add", d.space, "cv", "--text", "more")


@CASES.of(
    "compare the two (`protolabel history {}`); to go on with that one: "
    "`protolabel restore {} {} --replace`"
)
def changes_that_were_kept(d: Desk) -> None:
    history, restore = d.raised(lost_log(d).close).split("; to go on")
    assert "added" in d.obeyed(history)
    d.obeyed(restore)
    assert "the last change before" in call("show", d.space, "cv").stdout


@CASES.of("leave it out, or export its text as JSON Lines")
def document_that_is_a_label_space(d: Desk) -> None:
    document = d.file("in/a.txt", "please pay")
    with LabelSpace(d.space, background=False) as space:
        d.raised(lambda: list(read_documents([str(document), str(d.space)])))
        assert len(list(space.label_many(read_documents([str(document)])))) == 1
