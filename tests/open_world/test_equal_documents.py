"""Equal documents under other ids are decided with those of a proposal that becomes a class."""

from __future__ import annotations

from dataclasses import replace

import pytest
from decided import STRANGE, mail_space
from fakes import WORDS
from stored import store_of

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.open_world.accepting import accept, preview
from protolabel.open_world.discovery import discover


@pytest.fixture
def twice(tmp_path):
    """Six documents that are none of the classes, each remembered under two ids."""
    with mail_space(tmp_path / "a.space") as space:
        list(space.label_many(Document(f"copy {n}", text) for n, text in enumerate(STRANGE)))
        space.answer_log.write()
        yield space


def decided(space: LabelSpace) -> list[tuple[str | None, str, tuple[str, ...]]]:
    """Return what is said of the six documents and then of their copies."""
    documents = {one.id: one for one in space.answer_log.documents() if one.text in STRANGE}
    documents = {(id_.startswith("copy"), one.text): one for id_, one in documents.items()}
    return [(one.label, one.by, one.refused) for _, one in sorted(documents.items())]


def test_equal_documents_have_the_class_or_are_refused_it_together(twice):
    """Before, `review` suggested the class for the copies, also for that of what was left out."""
    (proposal,) = discover(twice).proposals
    before = decided(twice)
    left = next(one for one in proposal.members if one.text == STRANGE[2])
    accept(twice, proposal.without([left.key]), "strange")
    after = decided(twice)
    of_class, refused = ("strange", "person", ()), (None, "label space", ("strange",))
    assert sorted(after, key=str) == sorted([of_class] * 10 + [refused] * 2, key=str)
    assert after[:6] == after[6:]
    assert twice.answer_log.suggestions() == []
    twice.undo()
    assert decided(twice) == before
    twice.redo()
    assert decided(twice) == after


@pytest.mark.parametrize("act", [accept, preview])
def test_a_copy_to_which_a_person_has_given_another_class_since_is_not_overruled(twice, act):
    (proposal,) = discover(twice).proposals
    table, view = store_of(twice).answers, twice.view()
    key = view.rows.class_named(WORDS[1], view.version).key
    members = {bytes.fromhex(member.key) for member in proposal.members}
    (copy,) = [
        r for r in table.rows(texts=True) if r.text == STRANGE[0] and r.document not in members
    ]
    table.judge([replace(copy, class_key=key, person=True)], [])
    with pytest.raises(InputError, match="a person has given 1 document of it another class"):
        act(twice, proposal, "strange")
