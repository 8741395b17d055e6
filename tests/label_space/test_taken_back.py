"""What was decided on a document is taken back with its examples, and a return decides it again."""

from __future__ import annotations

import pytest
from decided import BILL, LETTER, WITH_A_CHANGE, key_of, label_of, memory
from fakes import WORDS

from protolabel import Document
from protolabel.label_space.session import session_of


@pytest.mark.parametrize("decide", WITH_A_CHANGE)
def test_a_return_to_before_it_decides_the_documents_again(mail, decide):
    decisions = session_of(mail).store.answers.decisions
    before = memory(mail)
    decide(mail)
    decided, version, of_documents = memory(mail), mail.version, decisions()
    keys = [one.key for one in mail.answer_log.documents()]
    texts = {one.text for one in mail.answer_log.documents()}
    change = mail.inbox.take_back(keys)
    assert memory(mail) == before
    if change is None:
        return  # nothing was an example, and so no version holds it
    assert (change.kind, mail.version) == ("remove", version + 1)
    left = {one.text for about in mail.classes() for one in mail.show(about.name)[1]}
    assert not texts & left
    assert decisions() == {}
    mail.return_to(version)
    assert (memory(mail), decisions()) == (decided, of_documents)
    mail.undo()
    assert (memory(mail), decisions()) == (before, {})
    mail.redo()
    assert (memory(mail), decisions()) == (decided, of_documents)


def test_none_of_these_is_taken_back_and_said_again_by_a_return(mail):
    before = memory(mail)
    mail.refute(Document("x", BILL), WORDS[:3])
    refused, version = memory(mail), mail.version
    mail.inbox.take_back([key_of(mail)])
    assert memory(mail) == before
    rows = session_of(mail).store.rows
    assert not rows.has_negatives(mail.version)
    mail.return_to(version)
    assert memory(mail) == refused


def test_what_was_decided_on_other_documents_stays(mail):
    mail.correct(Document("x", BILL), WORDS[1])
    mail.correct(Document("y", LETTER), WORDS[2])
    mail.inbox.take_back([key_of(mail), "00" * 16])
    assert label_of(mail) == (WORDS[0], "label space")
    assert label_of(mail, LETTER) == (WORDS[2], "person")
