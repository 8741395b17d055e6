"""The advice of errors about "not this" works when done to the letter."""

from __future__ import annotations

import pytest
from advice import Cases, Desk

from protolabel import LabelSpace

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("protolabel correct {} {} --to CLASS", "protolabel correct {} {} --not CLASS")
def neither_or_both(d: Desk) -> None:
    letter = d.file("letter.txt", "please pay for the work")
    remedy = d.refused("correct", d.space, letter)
    assert "corrected to" in d.obeyed(remedy.replace("CLASS", "cv"))
    remedy = d.refused("correct", d.space, letter, "--to", "cv", "--not", "invoice")
    assert "added 1 negative example" in d.obeyed(remedy.replace("CLASS", "invoice"))


@CASES.of("decide on the two kinds of documents one after the other")
def a_class_for_some_documents_and_none_for_others(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        space.answer_log.remember("text")
        list(space.label_many(["pay the work", "skills and school"]))
        first, second = (one.document.key for one in space.inbox.documents()[0])
        d.raised(lambda: space.inbox.decide({first: "cv", second: []}))
        space.inbox.decide({first: "cv"})
        space.inbox.decide({second: []})
        by_key = {one.document.key: one.document for one in space.inbox.documents()[0]}
        assert by_key[first].label == "cv"
        assert set(by_key[second].refused) == {one.name for one in space.classes()}
