"""What a person decides about proposals and suggestions that others have decided on since."""

from __future__ import annotations

import pytest
from fakes import WORDS, WordEncoder
from stored import store_of

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.open_world.accepting import accept, preview, refuse
from protolabel.open_world.discovery import discover, stored_proposals

STRANGE, TAUGHT = WORDS[4], WORDS[0]


@pytest.fixture
def mail(tmp_path):
    """A label space that remembers six strange documents, with their texts; opened twice."""
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        for label in WORDS[:4]:
            space.add([f"{f'{label} ' * (8 + n)}{WORDS[6]} x{n}" for n in range(4)], label)
        space.configure(threshold=0.9)
        space.answer_log.remember("text")
        texts = [f"{f'{STRANGE} ' * (8 + n)}{WORDS[6]} x{n}" for n in range(6)]
        list(space.label_many(Document(f"d{n}", text) for n, text in enumerate(texts)))
        space.answer_log.write()
        with LabelSpace(path, encoder=WordEncoder(), background=False) as other:
            yield space, other


def states(space: LabelSpace) -> list[str]:
    return [row.state for row in store_of(space).proposals.rows()]


def labels(space: LabelSpace) -> dict[str, str | None]:
    return {one.id: one.label for one in space.answer_log.documents() if one.by == "person"}


@pytest.mark.parametrize("act", [accept, preview])
def test_a_document_that_a_person_has_decided_on_since_is_not_overruled(mail, act):
    space, other = mail
    (proposal,) = discover(space).proposals
    other.inbox.decide({proposal.members[0].key: TAUGHT})
    version = other.version
    with pytest.raises(InputError, match="a person has given 1 document of it another class"):
        act(space, proposal, "strange")
    assert (space.version, states(space)) == (version, ["open"])
    assert labels(space) == {proposal.members[0].id: TAUGHT}
    (again,) = discover(space).proposals
    accept(space, again, "strange")
    assert len(labels(space)) == 6


def test_a_document_that_has_the_class_already_is_no_obstacle(mail):
    space, other = mail
    (proposal,) = discover(space).proposals
    other.inbox.decide({proposal.members[0].key: "strange"})
    accept(space, proposal, "strange")
    assert set(labels(space).values()) == {"strange"}


@pytest.mark.parametrize("act", [accept, preview])
def test_what_was_refused_since_does_not_become_a_class(mail, act):
    space, other = mail
    (proposal,) = discover(space).proposals
    refuse(other, [proposal])
    with pytest.raises(InputError, match="no proposal 'P1': it was refused"):
        act(space, proposal, "strange")
    assert states(space) == ["refused"]


def test_what_was_accepted_since_is_not_refused_nor_accepted_again(mail):
    space, other = mail
    (proposal,) = discover(space).proposals
    accept(other, proposal, "strange")
    with pytest.raises(InputError, match="no proposal 'P1': it was accepted"):
        refuse(space, [proposal])
    with pytest.raises(InputError, match="no proposal 'P1': it was accepted"):
        accept(space, proposal, "another")
    assert states(space) == ["accepted"]


def test_what_was_forgotten_since_becomes_no_example_again(mail):
    space, other = mail
    (proposal,) = discover(space).proposals
    other.answer_log.forget()
    for act in (lambda: accept(space, proposal, "strange"), lambda: refuse(space, [proposal])):
        with pytest.raises(InputError, match="no proposal 'P1'"):
            act()
    assert "strange" not in [one.name for one in space.classes()]


def test_a_refusal_outlives_the_undo_of_an_earlier_acceptance(mail):
    space, _ = mail
    (proposal,) = discover(space).proposals
    accept(space, proposal, "strange")
    space.undo()
    refuse(space, discover(space).proposals)
    for act in (space.redo, space.undo):
        act()
        assert states(space) == ["refused"]
    assert discover(space).proposals == ()


def test_a_suggestion_that_was_dismissed_since_is_not_accepted(mail):
    space, other = mail
    space.add([f"{STRANGE} {n}" for n in range(8)], "strange")
    suggestions = space.answer_log.suggestions()
    assert suggestions
    other.answer_log.dismiss(other.answer_log.suggestions())
    with pytest.raises(InputError, match="no longer remembered as it was listed"):
        space.answer_log.accept(suggestions)
    assert set(labels(space).values()) == {None}


def test_documents_that_are_read_are_not_proposed_where_a_person_gave_them_a_class(mail):
    space, _ = mail
    space.add([f"{STRANGE} {n}" for n in range(8)], "strange")
    space.answer_log.accept(space.answer_log.suggestions())
    space.configure(threshold=0.9999999, refine=False)  # so that they are declined again
    texts = [f"{f'{STRANGE} ' * (8 + n)}{WORDS[6]} x{n}" for n in range(6)]
    for name in "d", "copy":
        documents = [Document(f"{name}{n}", text) for n, text in enumerate(texts)]
        discovery = discover(space, documents)
        assert (discovery.documents, discovery.proposals) == (0, ())


def test_a_document_that_another_grouping_left_out_and_that_was_forgotten_stays_away(mail):
    space, other = mail
    (proposal,) = discover(space).proposals
    other.inbox.decide({proposal.members[0].key: TAUGHT})
    discover(other)
    other.answer_log.forget(proposal.members[0].key)
    assert states(other) == ["open"]
    with pytest.raises(InputError, match="no proposal 'P1'"):
        accept(space, proposal, "strange")


def test_of_a_document_that_was_forgotten_before_it_was_read_nothing_is_stored(mail):
    space, _ = mail
    documents = [Document(one.id, one.text) for one in space.answer_log.documents()]
    space.answer_log.forget(documents[0].id)
    (proposal,) = discover(space, documents).proposals
    (stored,) = stored_proposals(space)
    assert (stored["key"], stored["size"]) == (proposal.key, 6)
    assert (stored["terms"], stored["exemplars"], stored["members"]) == ([], [], [])
    accept(space, proposal, "strange")
    assert len(space.show("strange")[1]) == 6
