"""What any store must do with decisions of both kinds: about answers, and about proposals."""

from __future__ import annotations

from dataclasses import replace

from store_contract import answer_row, keep_answers, proposal_row

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
