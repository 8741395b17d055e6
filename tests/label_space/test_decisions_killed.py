"""A process that is killed while a person decides leaves neither the change nor the decision."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from fakes import WORDS, WordEncoder
from other_processes import HELPERS, OPEN, opened, sound
from prepared_commands import prepared_program

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.session import session_of

pytestmark = pytest.mark.slow

STRANGE = [f"{f'{WORDS[4]} ' * (8 + n)}{WORDS[6]} x{n}" for n in range(6)]
KILLED = """
from protolabel.store.answer_rows import AnswerRows
from protolabel.store.proposal_rows import ProposalRows
def end(*_, **__):
    os.kill(os.getpid(), 9)
for table in (AnswerRows, ProposalRows):
    if hasattr(table, sys.argv[3]):
        setattr(table, sys.argv[3], end)
"""
WAYS = {
    "review": "space.answer_log.accept(space.answer_log.suggestions(), as_examples=True)",
    "discovery": """
from protolabel.open_world.accepting import accept
from protolabel.open_world.discovery import discover
accept(space, discover(space).proposals[0], "stranger")
""",
    "remember": "space.answer_log.remember('answers', most=3)",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A label space that remembers texts, with suggestions and a proposal."""
    where = tmp_path / "a.space"
    with LabelSpace.create(where, encoder=WordEncoder(), background=False) as space:
        for label in WORDS[:3]:
            space.add([f"{label} {label} {n}" for n in range(4)], label)
        space.configure(threshold=0.9)
        space.answer_log.remember("text")
        list(space.label_many(Document(f"d{n}", text) for n, text in enumerate(STRANGE)))
        space.answer_log.write(1.0)
    return where


def memory(space: LabelSpace) -> object:
    store = session_of(space).store
    rows = [
        (r.document, r.class_key, r.version, r.person, r.text)
        for r in store.answers.rows(texts=True)
    ]
    states = {p.number: p.state for p in store.proposals.rows()}
    return space.version, rows, store.answers.refusals(), set(states.values()) - {"open"}


@pytest.mark.parametrize(
    ("way", "place"),
    [("review", "judge"), ("discovery", "judge"), ("discovery", "set_state"),
     ("remember", "shorten"), ("remember", "drop_texts"), ("remember", "drop_words")],
)  # fmt: skip
def test_a_kill_within_a_decision_leaves_neither_change_nor_decision(path, way, place):
    if way == "review":
        with opened(path) as space:
            space.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
            assert space.answer_log.suggestions()
    with opened(path) as space:
        before = memory(space)
    done = subprocess.run(
        [prepared_program(), "-c", OPEN + KILLED + WAYS[way], str(path), HELPERS, place],
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    with opened(path) as space:
        assert memory(space) == before
    assert sound(path)


def test_a_decision_that_no_longer_holds_makes_no_change(path):
    with opened(path) as space, opened(path) as other:
        space.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
        suggestions = space.answer_log.suggestions()
        other.answer_log.accept(other.answer_log.suggestions())
        before = memory(space)
        with pytest.raises(InputError, match="no longer remembered as it was listed"):
            space.answer_log.accept(suggestions, as_examples=True)
        assert memory(space) == before


def test_a_decision_counts_where_its_examples_are_here_already(path):
    with opened(path) as space:
        space.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
        space.add(STRANGE, "strange")
        version, suggestions = space.version, space.answer_log.suggestions()
        accepted = space.answer_log.accept(suggestions, as_examples=True)
        assert len(accepted.suggestions) == len(STRANGE)
        assert (space.version, accepted.change.version) == (version, version)
        rows = session_of(space).store.answers.rows()
        assert [row.person for row in rows] == [True] * len(STRANGE)


def test_suggestions_of_a_label_space_that_has_yet_to_tune_itself_are_accepted(path):
    with opened(path) as space:
        space.add([f"{WORDS[4]} {n}" for n in range(8)], "strange")
        space.add(STRANGE, "strange")
        suggestions = space.answer_log.suggestions()
        assert suggestions[0].answer.space_version > space.version
        space.answer_log.accept(suggestions)
        assert {(d.label, d.by) for d in space.answer_log.documents()} == {("strange", "person")}
