"""A corrected document stands once under its class, however often it stood under others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from commands import call
from fakes import WordEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from own_service import served
from stored import damage

from protolabel import Document, Example, LabelSpace
from protolabel.errors import ClassError
from protolabel.label_space.changes import Move, request_from

FORMS = ("pay the fee", "Pay the  FEE", " PAY THE fee ")  # of one document
PLACES = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(FORMS)), min_size=1, max_size=6)


def count_by_class(space: LabelSpace) -> Counter[str]:
    """Return how many examples of the document each class has."""
    labels = [item.name for item in space.classes()]
    return Counter(
        label
        for label in labels
        for example in space.show(label)[1]
        if example.text and example.text.split()[0].lower() == "pay"
    )


def correct_by_text(space: LabelSpace, to: str) -> None:
    space.correct(Document("d", "pay THE fee"), to)


def correct_by_id(space: LabelSpace, to: str) -> None:
    space.correct("p1", to)


def move_with_copies(space: LabelSpace, to: str) -> None:
    space.commit(Move(["p1"], to, copies=True))


def correct_by_record(space: LabelSpace, to: str) -> None:
    example = {"label": to, "text": "pay the fee"}
    space.commit(request_from({"kind": "correct", "examples": [example, example]}))


def decide_in_the_inbox(space: LabelSpace, to: str) -> None:
    space.label("pay the fee")
    space.inbox.decide({next(iter(space.answer_log.documents())).key: to})


DOORS: tuple[Callable[[LabelSpace, str], None], ...] = (
    correct_by_text, correct_by_id, move_with_copies, correct_by_record, decide_in_the_inbox,
)  # fmt: skip


def space_with(places: list[tuple[str, str]], labels: str = "one") -> LabelSpace:
    space = LabelSpace.create(encoder=WordEncoder(), labels=labels, background=False)
    space.answer_log.remember("text")
    space.add([Example(name, "work", f"w-{name}") for name in "abc"])
    space.add([Example(name, text, f"p{n}") for n, (name, text) in enumerate(places, 1)])
    return space


@pytest.mark.parametrize("door", DOORS)
@settings(max_examples=30, deadline=None)
@given(places=PLACES, to=st.sampled_from("abcd"), labels=st.sampled_from(["one", "several"]))
def test_a_corrected_document_stands_under_its_class_and_under_no_other(door, places, to, labels):
    """What a person has put under that class several times stays there as it is."""
    with space_with(places, labels) as space:
        before, version = count_by_class(space), space.version
        door(space, to)
        assert count_by_class(space) == {to: max(before[to], 1)}
        if space.version > version:
            space.undo()
        assert count_by_class(space) == before


def test_the_change_names_the_examples_that_ended():
    with space_with([("a", FORMS[0]), ("b", FORMS[1]), ("c", FORMS[2])]) as space:
        change = space.correct(Document("d", FORMS[0]), "b")
        assert "removed 2 examples" in change.summary
        assert change.detail["removed"] == ["p1", "p3"]
        space.undo()
        change = space.correct("p1", "d")
        assert change.summary.startswith("moved example 'p1' to 'd'")
        assert (change.detail["examples"], change.detail["removed"]) == (["p1"], ["p2", "p3"])


@pytest.mark.parametrize("door", DOORS)
def test_a_document_under_two_classes_does_not_go_to_a_retired_one(door):
    with space_with([("a", FORMS[0]), ("b", FORMS[1])]) as space:
        space.retire("b")
        with pytest.raises(ClassError, match="retired"):
            door(space, "b")
        assert count_by_class(space) == {"a": 1, "b": 1}


def test_the_command_and_the_service_keep_it_once(tmp_path):
    path, letter = tmp_path / "a.space", tmp_path / "letter.txt"
    letter.write_text(FORMS[0])
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add([FORMS[0], "work"], ["a", "a"])
        space.add([FORMS[1], "sign"], ["b", "b"])
    call("correct", path, letter, "--to", "b")
    with LabelSpace(path) as space:
        assert count_by_class(space) == {"b": 1}
        space.undo()
    with served(path) as ask:
        body = {"kind": "correct", "examples": [{"label": "b", "text": FORMS[2]}]}
        assert ask("POST", "/changes", body).status_code == 200
    with LabelSpace(path) as space:
        assert count_by_class(space) == {"b": 1}


def state_of(space: LabelSpace) -> dict[str, list[tuple[str, str | None, str]]]:
    """Return the examples of each class: id, text and source."""
    classes = (item.name for item in space.classes())
    return {name: [(e.id, e.text, e.source) for e in space.show(name)[1]] for name in classes}


@settings(max_examples=60, deadline=None)
@given(
    places=PLACES, to=st.sampled_from("abcd"), labels=st.sampled_from(["one", "several"]),
    data=st.data(),
)  # fmt: skip
def test_a_move_by_ids_leaves_each_document_once_in_its_class(places, to, labels, data):
    """What stands in the class several times already stays; what is not named stays, too."""
    with space_with(places, labels) as space:
        before, version, state = count_by_class(space), space.version, state_of(space)
        ids = data.draw(st.lists(st.integers(1, len(places)), min_size=1, unique=True))
        sources = [places[n - 1][0] for n in ids if places[n - 1][0] != to]
        space.move([f"p{n}" for n in ids], to)
        after = Counter(before)
        after.subtract(sources)
        after[to] = before[to] or bool(sources)
        assert count_by_class(space) == +after
        if sources:
            space.undo()
        else:
            assert space.version == version
        assert state_of(space) == state


@settings(max_examples=60, deadline=None)
@given(
    places=PLACES, into=st.sampled_from("abcd"), labels=st.sampled_from(["one", "several"]),
    merged=st.permutations("abc").flatmap(lambda names: st.sampled_from([names[:2], names])),
)  # fmt: skip
def test_a_merge_leaves_each_document_once_in_the_class(places, into, labels, merged):
    with space_with(places, labels) as space:
        before, state = count_by_class(space), state_of(space)
        change = space.merge(merged, into=into)
        n_here = before[into] or any(before[name] for name in merged)
        rest = {name: n for name, n in before.items() if name not in {*merged, into}}
        assert count_by_class(space) == +Counter(rest | {into: int(n_here)})
        n_ended = sum(map(len, state.values())) - sum(map(len, state_of(space).values()))
        assert len(change.detail.get("removed", ())) == n_ended  # type: ignore[arg-type]
        assert ("removed example" in change.summary) == bool(n_ended)
        space.undo()
        assert state_of(space) == state
        assert damage(space) == []


@pytest.mark.parametrize("change", ["move", "merge"])
def test_equal_vectors_stand_once_too(change):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        dim = space.info().dim
        vectors = np.eye(dim, dtype=np.float32)
        space.add([Example("a", embedding=vectors[n]) for n in (0, 1, 1)])
        space.add([Example("b", embedding=vectors[n]) for n in (0, 2)])
        ids = [e.id for e in space.show("a")[1]]
        done = space.move(ids, "b") if change == "move" else space.merge(["a", "b"], into="b")
        assert len(space.show("b")[1]) == 3
        assert len(done.detail["removed"]) == 2  # type: ignore[arg-type]


def test_the_preview_and_the_command_say_what_ends(tmp_path):
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add([Example(name, FORMS[0], f"{name}1") for name in "abc"])
        space.add([Example(name, f"about {name}", f"{name}2") for name in "abc"])
    merge = ("merge", path, "a", "b", "c", "--into", "c")
    words = "(2 examples moved); removed examples 'a1', 'b1': 'c' has copies"
    assert words in call(*merge, "--preview").stdout
    assert words in call(*merge).stdout
    call("undo", path)
    move = ("move", path, "a1", "a2", "--to", "b")
    words = "moved example 'a2' to 'b'; removed example 'a1': 'b' has a copy"
    assert words in call(*move, "--preview").stdout
    assert words in call(*move).stdout
