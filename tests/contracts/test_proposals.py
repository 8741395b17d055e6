"""What any store must do with proposed classes, said through the protocol alone."""

from __future__ import annotations

from dataclasses import replace

from store_contract import proposal_row as row

from protolabel.store import Store


def states(store: Store) -> dict[int, str]:
    return {one.number: one.state for one in store.proposals.rows()}


def test_a_row_comes_back_as_it_was_written(store):
    store.proposals.replace_open([row(1, 1, 2, 3)])
    (one,) = store.proposals.rows()
    assert (one.number, one.state, one.n, one.squares) == (1, "open", 3, 1.5)
    assert one.total.tolist() == [1, 0.1]
    assert one.members == row(1, 1, 2, 3).members
    assert one.record == '{"terms": ["pay"]}'


def test_what_is_no_longer_proposed_is_gone_and_what_people_said_stays(store):
    store.proposals.replace_open([row(1, 1), row(2, 2), row(3, 3)])
    store.proposals.set_state(1, "refused", "2026-01-02")
    store.proposals.set_state(2, "accepted", "2026-01-02")
    store.proposals.replace_open([row(4, 4)])
    assert states(store) == {1: "refused", 2: "accepted", 3: "gone", 4: "open"}
    store.proposals.replace_open([row(3, 3, 5)])
    assert states(store) == {1: "refused", 2: "accepted", 3: "open", 4: "gone"}


def test_a_proposal_is_open_again_once_the_change_that_decided_on_it_is_undone(store):
    store.proposals.replace_open([row(1, 1), row(2, 2)])
    assert not store.proposals.has_decisions()
    store.proposals.set_state(1, "accepted", "2026-01-02", change=7)
    store.proposals.set_state(2, "accepted", "2026-01-02", change=8)
    assert store.proposals.has_decisions()
    store.proposals.follow([8, 7], [])
    assert states(store) == {1: "open", 2: "open"}
    store.proposals.follow([], [7, 9])
    assert states(store) == {1: "accepted", 2: "open"}


def test_a_redo_leaves_a_decision_that_stands_as_it_is(store):
    """Its own, which a program has undone that follows no change, or a later one."""
    store.proposals.replace_open([row(1, 1), row(2, 2)])
    store.proposals.set_state(1, "accepted", "2026-01-02", change=7)
    store.proposals.set_state(2, "accepted", "2026-01-02", change=8)
    store.proposals.follow([8], [])
    store.proposals.set_state(2, "refused", "2026-01-03")
    before = store.proposals.marks()
    store.proposals.follow([], [7, 8])
    assert store.proposals.marks() == before
    store.proposals.follow([8, 7], [])
    assert states(store) == {1: "open", 2: "refused"}


def test_a_forgotten_document_takes_its_proposals_along(store):
    store.proposals.replace_open([row(1, 1, 2), row(2, 3)])
    store.proposals.set_state(1, "refused", "2026-01-02")
    assert store.proposals.forget([bytes([2]) * 16]) == 1
    assert states(store) == {2: "open"}
    assert store.proposals.forget(None) == 1
    assert states(store) == {}


def test_a_proposal_without_a_forgotten_document_takes_the_place_of_the_one_with_it(store):
    store.proposals.replace_open([row(1, 1, 2), row(2, 2), row(3, 3)])
    store.proposals.set_state(1, "refused", "2026-01-02")
    refusal = replace(row(1, 1), state="refused")
    assert store.proposals.forget([bytes([2]) * 16], [refusal]) == 1
    assert states(store) == {1: "refused", 3: "open"}
    assert store.proposals.rows()[0].members == row(1, 1).members


def test_words_go_and_the_rest_stays(store):
    store.proposals.replace_open([row(1, 1, 2)])
    store.proposals.drop_words()
    (one,) = store.proposals.rows()
    assert (one.record, one.n) == ("{}", 2)


def test_marks_differ_once_a_row_has_changed(store):
    store.proposals.replace_open([row(1, 1), row(2, 2)])
    marks = [store.proposals.marks()]
    assert store.proposals.marks() == marks[0]
    for change in (
        lambda: store.proposals.set_state(1, "refused", "2026-01-02"),
        lambda: store.proposals.replace_open([row(2, 2, 3)]),
        lambda: store.proposals.forget([bytes([1]) * 16]),
    ):
        change()
        marks.append(store.proposals.marks())
        assert marks[-1] not in marks[:-1]


def test_no_number_comes_again(store):
    assert store.proposals.newest() == 0
    store.proposals.replace_open([row(1, 1), row(2, 2), row(3, 3)])
    store.proposals.forget([bytes([3]) * 16])
    assert store.proposals.newest() == 3
    store.proposals.replace_open([row(4, 4)])
    store.proposals.forget(None)
    assert store.proposals.newest() == 4


def test_an_undo_restores_the_state_from_before_and_leaves_later_decisions_alone(store):
    store.proposals.replace_open([row(1, 1), row(2, 2)])
    store.proposals.replace_open([row(2, 2)])
    store.proposals.set_state(1, "accepted", "2026-01-02", change=7)
    store.proposals.set_state(2, "accepted", "2026-01-02", change=8)
    store.proposals.set_state(9, "accepted", "2026-01-02", change=9)  # it was forgotten
    store.proposals.set_state(2, "refused", "2026-01-03")
    store.proposals.follow([9, 8, 7], [])
    assert states(store) == {1: "gone", 2: "refused"}
    store.proposals.follow([], [7, 8, 9])
    assert states(store) == {1: "accepted", 2: "refused"}
