"""An answer that is stored after a person has decided on its document follows the decision."""

from __future__ import annotations

import subprocess
import sys

import pytest

from protolabel import Document, LabelSpace

DECISIONS = {
    "correct": lambda space, document: space.correct(document, "a"),
    "refute": lambda space, document: space.refute(document, "b"),
}
LOCK = """import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
db.execute("ROLLBACK")
"""


DOCUMENT = Document("letter 7", "y two again")


def new_space(path) -> None:
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add(["x one", "y two", "y three"], ["a", "b", "b"])


@pytest.fixture
def path(tmp_path):
    new_space(tmp_path / "s.space")
    return tmp_path / "s.space"


def state(space: LabelSpace) -> tuple[object, ...]:
    documents = [(one.label, one.by, one.refused) for one in space.answer_log.documents()]
    return documents, [one.answer.label for one in space.answer_log.suggestions()]


@pytest.fixture
def in_turn(tmp_path):
    """What is remembered after a decision on an answer that was stored, and after its undo."""

    def states(decision: str) -> list[tuple[object, ...]]:
        new_space(tmp_path / "in turn.space")
        with LabelSpace(tmp_path / "in turn.space", background=False) as space:
            space.label(DOCUMENT)
            space.answer_log.write()
            DECISIONS[decision](space, DOCUMENT)
            before = state(space)
            space.undo()
            return [before, state(space)]

    return states


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_in_another_process_counts_for_an_answer_that_waits(path, decision, in_turn):
    with (
        LabelSpace(path, background=False) as space,
        LabelSpace(path, background=False) as other,
    ):
        space.label(DOCUMENT)
        DECISIONS[decision](other, DOCUMENT)  # before the answer is stored
        space.answer_log.write()
        after = state(space)
        other.undo()
        assert [after, state(space)] == in_turn(decision)


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_counts_where_another_process_writes_at_that_moment(path, decision, in_turn):
    with LabelSpace(path, background=False) as space:
        space.label(DOCUMENT)
        with subprocess.Popen(
            [sys.executable, "-c", LOCK, path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdin is not None
            process.stdout.readline()
            space.answer_log.write()  # it cannot be stored, and waits
            process.stdin.write("\n")
            process.stdin.close()
            process.wait()
        DECISIONS[decision](space, DOCUMENT)
        space.answer_log.write()
        after = state(space)
        space.undo()
        assert [after, state(space)] == in_turn(decision)


def test_an_addition_is_no_decision(path):
    with (
        LabelSpace(path, background=False) as space,
        LabelSpace(path, background=False) as other,
    ):
        space.label(DOCUMENT)
        other.add(["y two again"], ["a"])
        space.answer_log.write()
        assert state(space)[0] == [("b", "label space", ())]


def test_what_was_undone_meanwhile_does_not_count(path):
    with (
        LabelSpace(path, background=False) as space,
        LabelSpace(path, background=False) as other,
    ):
        space.label(DOCUMENT)
        other.correct(DOCUMENT, "a")
        other.undo()
        space.answer_log.write()
        assert state(space)[0] == [("b", "label space", ())]
