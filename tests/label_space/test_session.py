"""An open label space among threads, other processes and forked children."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from fakes import WordEncoder

from protolabel import LabelSpace
from protolabel.errors import StoreBusyError
from protolabel.label_space import session as session_file
from protolabel.label_space import view_builder

HELPERS = Path(__file__).parents[1] / "helpers"


def change_elsewhere(path: Path) -> int:
    with LabelSpace(path, encoder=WordEncoder(), background=False) as there:
        return there.add("work", "cv").version


# -- changes of other processes -------------------------------------------------------------------


def test_a_look_that_begins_after_a_commit_sees_it_while_another_thread_catches_up(
    path, monkeypatch
):
    reading, go_on = threading.Event(), threading.Event()
    real = view_builder.caught_up

    def slow(*state):
        reading.set()
        go_on.wait(20)
        return real(*state)

    versions: list[int] = []
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        committed = change_elsewhere(path)
        monkeypatch.setattr(session_file, "caught_up", slow)
        looks = [threading.Thread(target=lambda: versions.append(space.version)) for _ in range(4)]
        looks[0].start()
        assert reading.wait(20)
        for look in looks[1:]:
            look.start()
        looks[1].join(0.2)
        go_on.set()
        for look in looks:
            look.join()
    assert versions == [committed] * 4


def test_a_look_that_fails_leaves_the_change_to_the_next(path, monkeypatch):
    real = view_builder.caught_up

    def busy(*state):
        raise StoreBusyError("busy")

    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        committed = change_elsewhere(path)
        monkeypatch.setattr(session_file, "caught_up", busy)
        with pytest.raises(StoreBusyError):
            space.view()
        monkeypatch.setattr(session_file, "caught_up", real)
        assert space.version == committed


def test_a_change_that_is_durable_is_no_error_where_the_view_cannot_follow_at_once(
    path, monkeypatch
):
    real = view_builder.caught_up

    def busy(*state):
        raise StoreBusyError("busy")

    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        monkeypatch.setattr(session_file, "caught_up", busy)
        change = space.add("work", "cv")
        monkeypatch.setattr(session_file, "caught_up", real)
        assert space.version == change.version


# -- forks ----------------------------------------------------------------------------------------

FORKED = """
    import os, sys, threading
    sys.path.insert(0, sys.argv[2])
    from fakes import WordEncoder
    from stored import connection_of
    from protolabel import LabelSpace
    from protolabel.errors import StoreError

    space = LabelSpace(sys.argv[1], encoder=WordEncoder())
    view = space.view()
    space.add(["pay", "cv"], ["bill", "cv"])
    locked, free = threading.Event(), threading.Event()

    def hold():
        with connection_of(space).lock:
            locked.set()
            free.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait()
    child = os.fork()
    if not child:
        uses = {
            "label": lambda: space.label("pay"),
            "add": lambda: space.add("pay", "bill"),
            "settle": space.settle,
            "history": lambda: list(space.history()),
            "view": lambda: view.label("pay"),
            "backup": lambda: space.backup(sys.argv[1] + ".backup"),
        }
        for name, use in uses.items():
            try:
                use()
                print(name, "worked", flush=True)
            except StoreError as error:
                print(name, "after it: LabelSpace(path)" in str(error), flush=True)
        space.close()
        try:
            LabelSpace(sys.argv[1], encoder=WordEncoder())
        except StoreError as error:
            print("own", "after it: LabelSpace(path)" in str(error), flush=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    free.set()
    holder.join()
    print("parent", status, space.label("cv").label)
    space.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_says_at_once_to_open_the_space_after_the_fork_only(path):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FORKED), str(path), str(HELPERS)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "label True",
        "add True",
        "settle True",
        "history True",
        "view True",
        "backup True",
        "own True",
        "parent 0 cv",
    ]
