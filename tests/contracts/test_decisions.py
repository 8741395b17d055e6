"""What any store must do with decisions of both kinds: about answers, and about proposals."""

from __future__ import annotations

import time
from dataclasses import replace

from store_contract import answer_row, keep_answers, proposal_row

from protolabel.store import AnswerRow, Store

CHANGES = 30  # more than a store notes decisions of, where each is as long as this
LONG = "refined" * 100_000


def test_an_undo_reaches_equally_far_back_for_answers_and_for_proposals(store):
    with store.exclusively():
        keep_answers(store, *(answer_row(n, label=1) for n in range(CHANGES)), most=1000)
        store.proposals.replace_open([proposal_row(n, n) for n in range(CHANGES)])
        for n in range(CHANGES):
            judged = replace(answer_row(n), label=2, person=True, head=LONG)
            store.answers.judge([judged], [], change=n + 2)
            store.proposals.set_state(n, "accepted", "2026-01-02", change=n + 2)
        changes = range(CHANGES + 1, 1, -1)
        store.answers.follow(changes, [])
        store.proposals.follow(changes, [])
    answers = {one.document[0] for one in store.answers.rows() if one.label == 1}
    proposals = {one.number for one in store.proposals.rows() if one.state == "open"}
    assert answers == proposals
    assert 0 < len(answers) < CHANGES
    assert answers == set(range(CHANGES - len(answers), CHANGES))
    assert store.answers.lost_decisions(changes) == CHANGES - len(answers)


def test_one_decision_about_many_documents_takes_as_long_as_many_about_few(store):
    """For each document, the refused classes of all were looked at: five times as long."""
    n, few = 6_000, 50
    rows = [replace(answer_row(0), document=k.to_bytes(16, "big")) for k in range(2 * n)]
    keep_answers(store, *rows, most=2 * n)
    judged = [replace(row, label=2, person=True) for row in rows]
    seconds = [
        sum(seconds_of(store, part[at : at + size]) for at in range(0, n, size))
        for part, size in ((judged[:n], few), (judged[n:], n))
    ]
    assert seconds[1] < 2 * seconds[0]
    assert len(store.answers.refusals()) == 2 * n


def seconds_of(store: Store, judged: list[AnswerRow]) -> float:
    """Decide on documents, refuse a class for each, and return the seconds of the processor."""
    start, change = time.process_time(), int.from_bytes(judged[0].document, "big") + 2
    store.answers.judge(judged, [(row.document, 1) for row in judged], change=change)
    return time.process_time() - start
