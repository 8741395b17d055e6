"""What any store must do with decisions of both kinds: about answers, and about proposals."""

from __future__ import annotations

from dataclasses import replace

from store_contract import answer_row, keep_answers, proposal_row

from protolabel.store.answer_records import Decision

CHANGES = 30  # more than a store notes decisions of, where each is as long as this
LONG = "refined" * 100_000


def test_an_undo_reaches_equally_far_back_for_answers_and_for_proposals(store):
    with store.exclusively():
        keep_answers(store, *(answer_row(n, class_key=1) for n in range(CHANGES)), most=1000)
        store.proposals.replace_open([proposal_row(n, n) for n in range(CHANGES)])
        for n in range(CHANGES):
            judged = replace(answer_row(n), class_key=2, person=True, head=LONG)
            store.answers.judge([judged], [], change=n + 2)
            store.proposals.set_state(n, "accepted", "2026-01-02", change=n + 2)
        changes = range(CHANGES + 1, 1, -1)
        store.answers.follow(changes, [])
        store.proposals.follow(changes, [])
    answers = {one.document[0] for one in store.answers.rows() if one.class_key == 1}
    proposals = {one.number for one in store.proposals.rows() if one.state == "open"}
    assert answers == proposals
    assert 0 < len(answers) < CHANGES
    assert answers == set(range(CHANGES - len(answers), CHANGES))
    assert store.answers.lost_decisions(changes) == CHANGES - len(answers)


class CountedKey(bytes):
    """Bytes that count how often they are compared."""

    compared = 0

    __hash__ = bytes.__hash__

    def __eq__(self, other: object) -> bool:
        CountedKey.compared += 1
        return bytes.__eq__(self, other)


def test_deciding_on_many_documents_looks_at_each_refused_class_once(store):
    n = 200
    keep_answers(store, *(answer_row(k, class_key=1) for k in range(n)), most=1000)
    CountedKey.compared = 0
    judged = [
        replace(row, document=CountedKey(row.document), class_key=2, person=True)
        for row in map(answer_row, range(n))
    ]
    refused = [(CountedKey(row.document), key) for row in judged for key in (1, 3)]
    store.answers.judge(judged, refused, change=2)
    assert CountedKey.compared <= 10 * n
    assert len(store.answers.refusals()) == 2 * n
    store.answers.follow([2], [])
    assert store.answers.refusals() == set()
    assert {row.class_key for row in store.answers.rows()} == {1}


def test_a_decision_on_a_document_that_nobody_remembers_waits_for_its_first_answer(store):
    of_one = Decision(answer_row(1).document, (7, 8), answer_row(1).content, whole=True)
    store.answers.judge([], [], change=2, decisions=[of_one])
    assert store.answers.decisions() == {answer_row(1).document: of_one}
    assert store.answers.decisions([answer_row(2).document]) == {}
    keep_answers(store, answer_row(1, class_key=1), answer_row(2))
    first, second = store.answers.rows()
    assert (first.class_key, first.labels, first.person) == (7, (7, 8), True)
    assert (second.labels, second.person) == ((), False)
    store.answers.follow([2], [])
    assert store.answers.decisions() == {}
    assert [(one.class_key, one.person) for one in store.answers.rows()] == [(1, False)] * 2
    store.answers.follow([], [2])
    assert store.answers.decisions() == {answer_row(1).document: of_one}
    store.answers.forget([answer_row(1).document])
    assert store.answers.decisions() == {}


def test_the_newest_of_some_changes_that_decided_on_a_document_is_known(store):
    keep_answers(store, answer_row(1, class_key=1), answer_row(2, class_key=1))
    first, second = (answer_row(n).document for n in (1, 2))
    for change, key in ((2, 2), (3, 1)):
        judged = replace(answer_row(1), class_key=key, person=True)
        store.answers.judge([judged], [], change=change)
    assert store.answers.decided_with([first, second], [2, 3]) == {first: 3}
    assert store.answers.decided_with([first], [2]) == {first: 2}
    assert store.answers.decided_with([second], [2, 3]) == {}


def test_however_many_documents_are_forgotten_what_people_said_of_others_stays(store):
    """Of a document that is forgotten its key alone is there: it counts against nothing."""
    mail = answer_row(1).document
    store.answers.judge([], [(mail, 1)])
    store.answers.judge([], [], decisions=[Decision(answer_row(2).document, (3,), b"text")])
    store.answers.forget([number.to_bytes(16, "big") for number in range(100_001)])
    store.answers.judge([], [], decisions=[Decision(answer_row(3).document, (3,), b"other")])
    assert (mail, 1) in store.answers.refusals()
    assert {answer_row(2).document, answer_row(3).document} <= store.answers.decisions().keys()
