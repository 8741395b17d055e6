"""What a person has read under a key is what is decided on by that key, whatever has come since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WORDS, WordEncoder
from stored import store_of

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.open_world.accepting import accept, preview, refuse
from protolabel.open_world.discovery import discover
from protolabel.open_world.named_proposals import proposals_named

STRANGE, TAUGHT = WORDS[4], WORDS[0]
NAMES = {f"d{n}" for n in range(6)}


def letters(first: int, end: int) -> list[Document]:
    """Documents about one word, none equal to another."""
    return [
        Document(f"d{n}", f"{f'{STRANGE} ' * (8 + n)}{WORDS[6]} x{n}") for n in range(first, end)
    ]


@pytest.fixture
def space(tmp_path: Path) -> Iterator[LabelSpace]:
    """A label space that remembers six strange documents, which are listed as P1."""
    with LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False) as space:
        for label in WORDS[:4]:
            space.add([f"{f'{label} ' * (8 + n)}{WORDS[6]} x{n}" for n in range(4)], label)
        space.configure(threshold=0.9)
        space.answer_log.remember("text")
        list(space.label_many(letters(0, 6)))
        (listed,) = discover(space).proposals
        assert (listed.key, {one.id for one in listed.members}) == ("P1", NAMES)
        yield space


@pytest.mark.parametrize("documents", [None, letters(0, 40)], ids=["remembered", "files"])
def test_what_was_not_listed_becomes_no_example_and_nobodys_decision(space, documents):
    """All that had come since became examples, and counted as decided by a person."""
    list(space.label_many(letters(6, 40)))
    (proposal,) = proposals_named(space, ["p1"], documents)
    assert {one.id for one in proposal.members} == NAMES
    accept(space, proposal, "strange")
    assert len(space.show("strange")[1]) == 6
    assert {one.id for one in space.answer_log.documents() if one.by == "person"} == NAMES


def test_a_group_of_mostly_other_documents_has_a_key_of_its_own(space):
    list(space.label_many(letters(6, 40)))
    assert [(one.key, one.size) for one in discover(space).proposals] == [("P2", 40)]
    (proposal,) = proposals_named(space, ["P1"])  # somebody else has listed them since
    assert {one.id for one in proposal.members} == NAMES


def test_a_group_that_has_grown_by_less_than_it_was_keeps_its_key(space):
    list(space.label_many(letters(6, 11)))
    assert [(one.key, one.size) for one in discover(space).proposals] == [("P1", 11)]


def test_a_refusal_reaches_what_came_since_and_any_larger_group(space):
    list(space.label_many(letters(6, 40)))
    refuse(space, proposals_named(space, ["P1"]))
    (row,) = store_of(space).proposals.rows()
    assert (row.state, row.n) == ("refused", 6)
    discovery = discover(space)
    assert (discovery.proposals, discovery.refused) == ((), 40)


def test_what_was_decided_since_is_left_out_and_of_a_rest_of_few_the_list_is_advised(space):
    listed = sorted(one.key for one in space.answer_log.documents())
    space.inbox.decide({listed[0]: TAUGHT})
    (proposal,) = proposals_named(space, ["P1"])
    assert {one.key for one in proposal.members} == {*listed[1:]}
    space.inbox.decide(dict.fromkeys(listed[1:4], TAUGHT))
    with pytest.raises(InputError, match="2 of its 6 are here and of no class") as error:
        proposals_named(space, ["P1"])
    assert error.value.remedy == "list the proposals again: protolabel discover SPACE"
    with pytest.raises(InputError, match="no proposal 'P2'"):
        proposals_named(space, ["P2"])


def test_a_group_of_less_than_half_of_what_was_listed_has_a_key_of_its_own(space):
    """It kept the key, and whoever had read all twelve could make a class of these five alone."""
    assert [one.key for one in discover(space, letters(0, 12)).proposals] == ["P1"]
    assert [one.key for one in discover(space, letters(0, 5)).proposals] == ["P2"]
    (proposal,) = proposals_named(space, ["P1"], letters(0, 12))
    assert proposal.size == 12


def test_a_document_that_is_not_of_that_class_is_left_out(space):
    """A person had said so, and a group that was accepted made it an example of that class."""
    (document,) = letters(3, 4)
    space.refute(document, TAUGHT)
    (proposal,) = proposals_named(space, ["P1"])
    change = preview(space, proposal, TAUGHT).change
    assert change.detail["added"] == accept(space, proposal, TAUGHT).detail["added"] == 5
    assert document.text not in {one.text for one in space.show(TAUGHT)[1]}
    of_person = {one.id for one in space.answer_log.documents() if one.by == "person"}
    assert of_person == NAMES - {"d3"}
