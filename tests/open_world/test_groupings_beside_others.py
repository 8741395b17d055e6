"""A grouping takes a while. What others forget, decide and group meanwhile counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import WORDS, WordEncoder
from stored import store_of

from protolabel import Document, LabelSpace
from protolabel.errors import InputError, StoreBusyError
from protolabel.open_world import discovery, pool_groups
from protolabel.open_world.accepting import accept, refuse
from protolabel.open_world.discovery import discover, stored_proposals
from protolabel.open_world.key_terms import key_terms
from protolabel.open_world.named_proposals import proposals_named
from protolabel.open_world.pool import filled
from protolabel.open_world.proposals import Discovery
from protolabel.progress import Step

STRANGE, OTHER = WORDS[4], WORDS[5]
Act = Callable[[], object]


def about(word: str, n: int) -> list[Document]:
    """Documents about one word, none equal to another."""
    return [
        Document(f"{word}{i}", f"{f'{word} ' * (8 + i)}{WORDS[6]} x{i}", source=f"in/{word}{i}.txt")
        for i in range(n)
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A label space that remembers six strange documents, with their texts."""
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        for label in WORDS[:4]:
            space.add([document.text for document in about(label, 4)], label)
        space.configure(threshold=0.9)
        space.answer_log.remember("text")
        list(space.label_many(about(STRANGE, 6)))
    return path


def opened(path: Path) -> LabelSpace:
    return LabelSpace(path, encoder=WordEncoder(), background=False)


@pytest.fixture
def space(path: Path) -> Iterator[LabelSpace]:
    with opened(path) as space:
        yield space


@pytest.fixture
def other(path: Path) -> Iterator[LabelSpace]:
    """Another opening of the same file."""
    with opened(path) as space:
        yield space


def grouped(space: LabelSpace, act: Act, documents: list[Document] | None = None) -> Discovery:
    """Propose classes; at the first step of the grouping itself, somebody else acts."""
    acts = [act]

    def follow(step: Step) -> None:
        if step.what == "documents compared" and acts:
            acts.pop()()

    proposed = discover(space, documents, progress=follow)
    assert not acts, "nobody has acted meanwhile"
    return proposed


def stored_late(space: LabelSpace, act: Act, monkeypatch: pytest.MonkeyPatch) -> Discovery:
    """Propose classes; somebody else acts once the groups were compared with what is stored."""
    acts = [act]

    def after(*arguments: Any) -> list[list[str]]:
        if acts:
            acts.pop()()
        return key_terms(*arguments)

    monkeypatch.setattr(pool_groups, "key_terms", after)
    proposed = discover(space)
    assert not acts, "nobody has acted meanwhile"
    return proposed


def states(space: LabelSpace) -> dict[int, str]:
    return {row.number: row.state for row in store_of(space).proposals.rows()}


def test_what_was_forgotten_meanwhile_is_not_proposed(space, other, path):
    assert grouped(space, other.answer_log.forget).proposals == ()
    assert stored_proposals(space) == []
    assert b"in/" not in path.read_bytes()


def test_without_a_document_that_was_forgotten_the_others_are_proposed(space, other, path):
    source = f"in/{STRANGE}0.txt"
    (one,) = grouped(space, lambda: other.answer_log.forget(source)).proposals
    assert one.size == 5
    assert source not in {member.source for member in one.members}
    assert stored_proposals(space) == [one.to_dict(100)]
    assert source.encode() not in path.read_bytes()


@pytest.mark.parametrize("what", ["answers", "off"])
def test_no_word_is_stored_that_may_not_be_remembered_any_more(space, other, path, what):
    grouped(space, lambda: other.answer_log.remember(what))
    assert states(space) == {1: "open"}
    (stored,) = stored_proposals(space)
    assert (stored["terms"], stored["name"]) == ([], "")
    assert f"{STRANGE} {STRANGE}".encode() not in path.read_bytes()


def test_of_documents_that_were_read_nothing_is_stored_once_others_are_forgotten(space, other):
    with pytest.raises(StoreBusyError, match="forgotten while others were grouped"):
        grouped(space, other.answer_log.forget, about(OTHER, 6))
    assert states(space) == {}


def test_acts_of_forgetting_without_end_are_a_plain_error(space, other):
    def forget(step: Step) -> None:
        other.answer_log.forget()
        list(other.label_many(about(STRANGE, 6)))
        other.answer_log.write()

    with pytest.raises(StoreBusyError, match="forgotten while others were grouped"):
        discover(space, progress=forget)
    assert states(space) == {}


def test_what_was_refused_meanwhile_is_not_proposed(space, other, monkeypatch):
    proposals = discover(space).proposals
    again = stored_late(space, lambda: refuse(other, proposals), monkeypatch)
    assert (again.proposals, again.refused) == ((), 6)
    assert states(space) == {1: "refused"}
    assert discover(space).proposals == ()


def test_two_groupings_at_a_time_give_two_groups_two_keys(space, other, monkeypatch):
    keys = {}

    def group_others() -> None:
        (one,) = discover(other, about(OTHER, 7)).proposals
        keys[one.key] = one.terms[0]

    (one,) = stored_late(space, group_others, monkeypatch).proposals
    keys[one.key] = one.terms[0]
    assert keys == {"P1": OTHER, "P2": STRANGE}
    assert states(space) == {1: "gone", 2: "open"}


@pytest.mark.parametrize("name", ["source", "id", "key", "folder"])
def test_a_document_that_a_proposal_of_files_alone_names_can_be_forgotten(space, path, name):
    documents = [replace(one, source=f"files/{one.id}.txt") for one in about(OTHER, 6)]
    (one,) = discover(space, documents).proposals
    member = one.members[0]
    names = {"source": member.source, "id": member.id, "key": member.key, "folder": "files"}
    assert member.source.encode() in path.read_bytes() + Path(f"{path}-wal").read_bytes()
    assert space.answer_log.forget(names[name]) == (6 if name == "folder" else 1)
    assert stored_proposals(space) == []
    assert b"files/" not in path.read_bytes()
    assert len(list(space.answer_log.documents())) == 6  # those that were answered stay
    (again,) = discover(space, documents).proposals
    (stored,) = stored_proposals(space)
    assert (again.size, stored["members"]) == (6, [])
    with pytest.raises(InputError, match="no remembered document named ''"):
        space.answer_log.forget("")


def test_a_key_that_was_forgotten_names_no_other_group(space):
    (one,) = discover(space).proposals
    space.answer_log.forget()
    list(space.label_many(about(OTHER, 6)))
    (another,) = discover(space).proposals
    assert (one.key, another.key) == ("P1", "P2")


def test_what_was_accepted_meanwhile_is_not_proposed_and_cannot_be_refused(space, other):
    """A grouping that had begun before made it an open proposal again, beside its class."""
    (first,) = discover(space).proposals
    proposed = grouped(space, lambda: accept(other, first, "stars"))
    assert proposed.proposals == ()
    assert states(space) == {1: "accepted"}
    with pytest.raises(InputError, match="it was accepted"):
        refuse(space, [first])
    with pytest.raises(InputError, match="it was accepted"):
        accept(space, first, "planets")
    other.undo()
    assert [one.key for one in discover(space).proposals] == ["P1"]


def test_so_it_is_of_what_was_accepted_before_and_is_accepted_again_meanwhile(space, other):
    """The first class is retired, so that the grouping may propose its documents again."""
    documents = about(OTHER, 6)
    (first,) = discover(space, documents).proposals
    accept(other, first, "stars")
    other.retire("stars")
    assert states(space) == {1: "accepted"}

    def accept_again() -> None:
        (again,) = discover(other, documents).proposals
        assert again.key == first.key
        accept(other, again, "suns")

    assert grouped(space, accept_again, documents).proposals == ()
    assert states(space) == {1: "accepted"}


@pytest.mark.parametrize("n", [1, 2])
def test_an_acceptance_that_is_undone_and_redone_meanwhile_is_an_acceptance(
    space, other, monkeypatch, n
):
    """It was accepted as the grouping began, undone as its documents were read, and then redone.

    So it was listed as open again, though its documents are examples.
    """
    accept(space, discover(space).proposals[0], "stars")
    for _ in range(n - 1):
        space.undo()
        space.redo()

    def undone(*arguments: Any) -> Any:
        other.undo()
        return filled(*arguments)

    monkeypatch.setattr(discovery, "filled", undone)
    proposed = grouped(space, other.redo)
    assert proposed.proposals == ()
    assert states(space) == {1: "accepted"}
    assert stored_proposals(space) == []
    for act, state in ((space.undo, "open"), (space.redo, "accepted")):
        act()
        assert states(space) == {1: state}


@pytest.mark.parametrize("documents", [None, about(OTHER, 6)], ids=["remembered", "files"])
def test_of_two_who_accept_the_same_documents_at_a_time_one_is_told(space, other, documents):
    """The second one heard that there was nothing new, and that its class was made."""
    (first,) = discover(space, documents).proposals
    acts = [lambda: accept(other, first, "stars")]

    def follow(step: Step) -> None:
        if step.what == "documents compared" and acts:
            acts.pop()()

    with pytest.raises(InputError, match="it was accepted"):
        (second,) = proposals_named(space, [first.key], documents, progress=follow)
        accept(space, second, "planets")
    assert not acts
    assert [one.name for one in space.classes()] == [*WORDS[:4], "stars"]
