"""An answer that is stored after a person has decided on its document follows the decision."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fast_cases import crossed
from hypothesis import example, given, settings
from hypothesis import strategies as st
from office_files import mail

from protolabel import Document, Example, LabelSpace, ProtolabelError, read_documents
from protolabel.label_space.changes import Correct

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


def new_space(path, labels: str = "one") -> None:
    with LabelSpace.create(path, encoder="hashing", labels=labels, background=False) as space:
        space.add(["x one", "y two", "y three", "z four"], ["a", "b", "b", "c"])


@pytest.fixture
def path(tmp_path):
    new_space(tmp_path / "s.space")
    return tmp_path / "s.space"


def state(space: LabelSpace) -> tuple[object, ...]:
    documents = [(one.label, one.by, one.refused) for one in space.answer_log.documents()]
    if space.view().settings.several:
        return documents, [one.labels for one in space.answer_log.documents()]
    return documents, [one.answer.label for one in space.answer_log.suggestions()]


def id_of_example(space: LabelSpace, label: str = "a") -> str:
    (member,) = [one for one in space.show(label)[1] if one.text == DOCUMENT.text]
    return member.id


def remove_example(space: LabelSpace, label: str = "a") -> None:
    space.remove([id_of_example(space, label)])


STEPS = {
    "correct": [DECISIONS["correct"]],
    "refute": [DECISIONS["refute"]],
    "correct twice": [DECISIONS["correct"], lambda space, document: space.correct(document, "c")],
    "refute, then correct": [DECISIONS["refute"], DECISIONS["correct"]],
    "correct, then remove": [DECISIONS["correct"], lambda space, _: remove_example(space)],
    "correct, then undo": [DECISIONS["correct"], lambda space, _: space.undo()],
    "correct, undo, redo": [
        DECISIONS["correct"],
        lambda space, _: space.undo(),
        lambda space, _: space.redo(),
    ],
    "correct, then return": [DECISIONS["correct"], lambda space, _: space.return_to(2)],
    "correct, then merge": [
        DECISIONS["correct"],
        lambda space, _: space.merge(["a", "c"], "c"),
    ],
    "correct, merge, remove": [
        DECISIONS["correct"],
        lambda space, _: space.merge(["a", "c"], "c"),
        lambda space, _: remove_example(space, "c"),
    ],
    "correct, then retire": [DECISIONS["correct"], lambda space, _: space.retire("a")],
    "negative example": [
        lambda space, document: space.add([Example("b", document.text, negative=True)])
    ],
    "correct, then removed by the correction of another document": [
        DECISIONS["correct"],
        lambda space, _: space.commit(
            Correct((Example("c", "something else"),), removed=[id_of_example(space)])
        ),
    ],
    "two classes, then correct to one": [
        lambda space, document: space.add([document.text] * 2, ["a", "b"]),
        lambda space, document: space.correct(document, "a"),
    ],
}
SEVERAL_LABELS = {
    "correct to one more": [
        lambda space, document: space.add([Example("a", document.text)]),
        lambda space, document: space.correct(document, ["a", "b"]),
    ],
    "correct to one less": [
        lambda space, document: space.add([document.text] * 2, ["b", "c"]),
        lambda space, document: space.correct(document, ["c"]),
    ],
}


def states(
    path, steps, *, late: bool, again: bool = False, labels: str = "one", documents=(DOCUMENT,)
) -> list[object]:
    """What is remembered after all steps, an undo and a redo, of an answer stored early or late."""
    new_space(path, labels)
    with (
        LabelSpace(path, background=False) as space,
        LabelSpace(path, background=False) as other,
    ):
        for _ in range(1 + again):
            space.answer_log.write()
            list(space.label_many(documents))
        if not late:
            space.answer_log.write()
        for step in steps:
            step(other, DOCUMENT)
        space.answer_log.write()
        after = state(space)
        other.undo()
        undone = state(space)
        other.redo()
        return [after, undone, state(space)]


@pytest.fixture
def in_turn(tmp_path):
    """What is remembered after a decision on an answer that was stored, and after its undo."""
    return lambda decision: states(tmp_path / "in turn.space", STEPS[decision], late=False)


@pytest.mark.parametrize(("name", "again"), crossed(STEPS, [False, True]))
def test_what_people_decide_counts_for_an_answer_that_is_stored_later(tmp_path, name, again):
    late, stored = (
        states(tmp_path / f"{late}.space", STEPS[name], late=late, again=again)
        for late in (True, False)
    )
    assert late == stored


@pytest.mark.parametrize("name", SEVERAL_LABELS)
def test_of_several_labels_all_that_a_person_said_count(tmp_path, name):
    late, stored = (
        states(tmp_path / f"{late}.space", SEVERAL_LABELS[name], late=late, labels="several")
        for late in (True, False)
    )
    assert late == stored


def test_a_correction_of_a_mail_by_its_attachments_counts_for_its_own_text(tmp_path):
    path, text = tmp_path / "m.eml", "please pay this bill of May within fourteen days"
    path.write_bytes(mail("Hello", "see below", bill_txt=text.encode()).as_bytes())
    own, attachment = read_documents(path)

    def correct(space: LabelSpace, document: Document) -> None:
        space.correct(str(path), "a")

    late, stored = (
        states(tmp_path / f"{late}.space", [correct], late=late, documents=[own, attachment])
        for late in (True, False)
    )
    assert late == stored
    assert [one[:2] for one in stored[0][0]] == [("a", "person")] * 2


@pytest.mark.parametrize("is_late", [True, False])
@pytest.mark.parametrize("decision", DECISIONS)
def test_what_was_reconsidered_is_not_decided_again(path, is_late, decision):
    with (
        LabelSpace(path, background=False) as space,
        LabelSpace(path, background=False) as other,
    ):
        space.label(DOCUMENT)
        space.answer_log.write()
        space.label(DOCUMENT)
        if not is_late:
            space.answer_log.write()
        DECISIONS[decision](other, DOCUMENT)
        other.answer_log.reconsider()
        space.answer_log.write()
        assert state(space)[0] == [("b", "label space", ())]


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
        assert [after, state(space)] == in_turn(decision)[:2]


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


@pytest.mark.parametrize("refused", ["a", "b"])
def test_a_refusal_counts_for_an_answer_that_differs_from_the_one_before(tmp_path, refused):
    outcomes = []
    for late in (True, False):
        path = tmp_path / f"{late}.space"
        new_space(path)
        with (
            LabelSpace(path, background=False) as space,
            LabelSpace(path, background=False) as other,
        ):
            assert space.label(DOCUMENT).label == "b"
            space.answer_log.write()
            space.add([f"{DOCUMENT.text}, {word}" for word in ("thanks", "please", "soon")], "a")
            assert space.label(DOCUMENT).label == "a"
            if not late:
                space.answer_log.write()
            other.refute(DOCUMENT, refused)
            space.answer_log.write()
            outcomes.append(state(space))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("refusal", ["refute a", "refute b", "negative"])
def test_a_refusal_leaves_what_a_person_decided_before_a_later_answer(tmp_path, refusal):
    outcomes = []
    for late in (True, False):
        path = tmp_path / f"{late}.space"
        new_space(path)
        with (
            LabelSpace(path, background=False) as space,
            LabelSpace(path, background=False) as other,
        ):
            space.label(DOCUMENT)
            space.answer_log.write()
            other.correct(DOCUMENT, "c")
            space.label(DOCUMENT)
            if not late:
                space.answer_log.write()
            ANY[refusal](other)
            space.answer_log.write()
            after = state(space)
            other.undo()
            outcomes.append([after, state(space)])
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0][0][0][:2] == ("c", "person")


@pytest.mark.parametrize("decision", ["correct a", "refute b", "negative"])
def test_a_decision_between_two_answers_that_wait_counts(tmp_path, decision):
    outcomes = []
    for late in (True, False):
        path = tmp_path / f"{late}.space"
        new_space(path)
        with (
            LabelSpace(path, background=False) as space,
            LabelSpace(path, background=False) as other,
        ):
            space.label(DOCUMENT)
            if not late:
                space.answer_log.write()
            ANY[decision](other)
            space.label(DOCUMENT)
            space.answer_log.write()
            outcomes.append(state(space))
    assert outcomes[0] == outcomes[1]


def remove_any(space: LabelSpace) -> None:
    members = [one for name in space.classes() for one in space.show(name.name)[1]]
    space.remove([next(one for one in members if one.text == DOCUMENT.text).id])


ANY = {
    **{f"correct {c}": lambda s, c=c: s.correct(DOCUMENT, c) for c in "abc"},
    **{f"refute {c}": lambda s, c=c: s.refute(DOCUMENT, c) for c in "ab"},
    "merge a c": lambda s: s.merge(["a", "c"], "c"),
    "merge a b": lambda s: s.merge(["a", "b"], "a"),
    "rename": lambda s: s.rename("a", "d"),
    "retire": lambda s: s.retire("a"),
    "remove": remove_any,
    "negative": lambda s: s.add([Example("b", str(DOCUMENT.text), negative=True)]),
    "return": lambda s: s.return_to(3),
    "undo": lambda s: s.undo(),
    "redo": lambda s: s.redo(),
}


def split_b(space: LabelSpace) -> None:
    (_, (first, *_)) = space.show("b")
    space.split("b", {"e": [first.id]})


ANY |= {"split b": split_b, "nest b": lambda s: s.nest({"b": "c"}), "lift b": lambda s: s.lift("b")}


@settings(max_examples=8, deadline=None)
@example(names=["refute a", "merge a b"], labels="one")  # the merged class may be the document's
@example(names=["refute b", "split b"], labels="one")
@example(names=["nest b", "refute b", "merge a b", "undo"], labels="one")
@given(
    names=st.lists(st.sampled_from(sorted(ANY)), min_size=2, max_size=4),
    labels=st.sampled_from(["one", "several"]),
)
def test_any_decisions_leave_the_same_whenever_the_answer_is_stored(names, labels):
    def step(space: LabelSpace, name: str) -> None:
        with suppress(ProtolabelError, StopIteration):  # what cannot be done now
            ANY[name](space)

    states_after = []
    for late in (True, False):
        with TemporaryDirectory() as folder:
            new_space(path := Path(folder) / "s.space", labels)
            with (
                LabelSpace(path, background=False) as space,
                LabelSpace(path, background=False) as other,
            ):
                space.label(DOCUMENT)
                if not late:
                    space.answer_log.write()
                for name in names:
                    step(other, name)
                space.answer_log.write()
                states_after.append(state(space))
    assert states_after[0] == states_after[1]
