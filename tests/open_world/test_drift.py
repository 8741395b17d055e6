"""Drift: what changed in the remembered documents, and since when; silence where nothing did."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from remembered import DIM, LABELS, START, WEEK, remember, vector, vector_space
from scipy.stats import kstest

from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic.drift import conformal_ranks
from protolabel.errors import InputError
from protolabel.label_space.session import session_of
from protolabel.open_world.drift import watch
from protolabel.open_world.drift_words import drift_sentence, drift_summary, false_alarm_words
from protolabel.open_world.watched_documents import watched_documents
from protolabel.open_world.watched_moments import moment_of_time

NONE = 5  # an axis that no class has


@pytest.fixture
def space(tmp_path: Path) -> Iterator[LabelSpace]:
    with vector_space(tmp_path / "mail.space") as space:
        yield space


def stream(rng: np.random.Generator, n: int, shares: dict[int, float], noise: float = 0.3):
    axes = rng.choice(list(shares), n, p=list(shares.values()))
    return [vector(int(axis), rng, noise) for axis in axes]


EVEN = {0: 0.3, 1: 0.3, 2: 0.3, NONE: 0.1}


def test_a_stream_without_a_change_shows_none_and_says_what_would_have_shown(space):
    remember(space, stream(np.random.default_rng(0), 600, EVEN))
    report = watch(space)
    assert (report.changes, report.documents, report.reason) == ((), 600, "")
    strangers, *classes = report.watched
    assert strangers.label is None
    assert strangers.share < strangers.showable < 0.4
    assert {one.label for one in classes} == set(LABELS)
    assert "No drift is shown by 600 documents" in drift_summary(report)
    assert "once in" in false_alarm_words(report)


def test_a_share_that_rises_is_listed_with_its_date_and_document(space):
    rng = np.random.default_rng(1)
    later = {0: 0.6, 1: 0.15, 2: 0.15, NONE: 0.1}
    remember(space, stream(rng, 400, EVEN) + stream(rng, 400, later))
    report = watch(space)
    (bill,) = [one for one in report.changes if one.label == "bill"]
    assert (bill.kind, bill.p_value < 0.01) == ("share", True)
    assert 370 <= bill.number <= 430
    assert bill.since[:10] == "2026-01-10"
    assert bill.earliest <= bill.since <= bill.latest
    assert bill.before == pytest.approx(0.3, abs=0.06)
    assert bill.after == pytest.approx(0.6, abs=0.06)


@pytest.mark.parametrize("moment", ["day", "week"])
def test_the_times_of_a_change_are_those_of_whole_moments(space, moment):
    """Within a day or a week, the order of documents is no order of time."""
    rng = np.random.default_rng(1)
    vectors = stream(rng, 300, {0: 0.9, 1: 0.1}) + stream(rng, 300, {0: 0.3, 1: 0.7})
    remember(space, vectors, minutes=54)
    changes = watch(space, moment=moment).changes
    assert changes
    times = [(START + timedelta(minutes=54 * i)).isoformat("T", "milliseconds") for i in range(600)]
    by_moment: dict[str, list[str]] = {}
    for time in times:
        by_moment.setdefault(moment_of_time(time, moment), []).append(time)
    for one in changes:
        assert one.earliest <= one.since <= one.latest
        assert {one.since, one.earliest} <= {at[0] for at in by_moment.values()}
        assert one.latest in {at[-1] for at in by_moment.values()}


def test_documents_of_none_of_the_classes_that_become_more_are_listed(space):
    rng = np.random.default_rng(2)
    later = {0: 0.25, 1: 0.25, 2: 0.25, NONE: 0.25}
    remember(space, stream(rng, 400, EVEN) + stream(rng, 400, later))
    strongest = watch(space).changes[0]
    assert (strongest.label, strongest.kind) == (None, "share")
    assert strongest.after > strongest.before


def test_documents_of_a_class_that_move_away_are_listed_as_less_near(space):
    rng = np.random.default_rng(3)
    away = [vector(0, rng, 0.3) for _ in range(200)]
    far = [one + np.float32(0.7) * np.eye(DIM, dtype=np.float32)[6] for one in away]
    remember(space, away + [one / np.linalg.norm(one) for one in far])
    changes = watch(space).changes
    (nearness,) = [one for one in changes if one.label == "bill" and one.kind == "nearness"]
    assert nearness.after < nearness.before
    assert 180 <= nearness.number <= 220


@pytest.mark.parametrize("different", [1, 2, 5])
def test_documents_that_recur_word_for_word_are_no_change(tmp_path, different):
    """As "thanks" does, or a report of every night: one an hour, drawn from a few, for weeks."""
    alarms = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        with vector_space(tmp_path / f"{seed}.space") as space:
            recurring = [[vector(axis, rng) for _ in range(different)] for axis in (0, 1, 2)]
            drawn = [
                recurring[int(rng.integers(3))][int(rng.integers(different))] for _ in range(400)
            ]
            remember(space, drawn, minutes=60)
            alarms += watch(space, false_alarm_in=10_000).changes
    assert alarms == []


def test_equal_scores_of_different_documents_have_ranks_by_chance(space):
    """Many documents have the score of no shared word: their order tells nothing of their rank."""
    vectors = [np.eye(DIM, dtype=np.float32)[0]] * 300
    remember(space, vectors, minutes=7)
    documents = watched_documents(session_of(space), "hour")
    assert len(set(documents.ties.tolist())) == 300
    ranks = conformal_ranks(documents.scores.tolist(), documents.ties.tolist())
    assert kstest(ranks, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(ranks[1:], ranks[:-1])[0, 1]) < 0.2
    again = watched_documents(session_of(space), "hour")
    assert again.ties.tolist() == documents.ties.tolist()


@pytest.mark.parametrize(("moment", "copies"), [("hour", 0), ("hour", 200), ("document", 0)])
def test_traffic_that_grows_is_no_change_of_a_share(tmp_path, moment, copies):
    """A tenth of the documents is one automatic mail; 10 documents an hour come, and later 90.

    A mailing of 200 copies in between is no change either.
    """
    alarms = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        with vector_space(tmp_path / f"{seed}.space") as space:
            mail = vector(0, rng)

            def some(n, rng=rng, mail=mail):
                return [
                    mail if rng.random() < 0.1 else vector(int(rng.integers(1, 3)), rng)
                    for _ in range(n)
                ]

            remember(space, some(1000), minutes=6)
            mailing, numbers = [vector(NONE, rng)] * copies, range(5000, 5000 + copies)
            evening = START + timedelta(hours=100, minutes=5)
            remember(space, mailing, minutes=0.1, start=evening, numbers=numbers)
            later = START + timedelta(hours=101)
            remember(space, some(1800), minutes=60 / 90, start=later, numbers=range(1000, 2800))
            alarms += watch(space, moment=moment).changes
    assert alarms == []


def test_a_change_behind_a_mailing_is_told_with_copies_once(space):
    """Among all documents the share falls after a mailing; among different ones it rises."""
    rng = np.random.default_rng(14)
    mailing = [vector(NONE, rng)] * 400
    remember(space, mailing, minutes=0.1)
    rare, frequent = {0: 0.5, 1: 0.46, NONE: 0.04}, {0: 0.4, 1: 0.35, NONE: 0.25}
    vectors = stream(rng, 400, rare) + stream(rng, 400, frequent)
    remember(space, vectors, start=START + timedelta(days=1), numbers=range(400, 1200))
    (strangers,) = [one for one in watch(space).changes if one.label is None]
    assert strangers.copies_once
    assert strangers.after > 2 * strangers.before
    assert drift_sentence(strangers).endswith("(copies count once).")


def test_equal_documents_of_one_hour_are_one_piece_of_evidence(space):
    rng = np.random.default_rng(4)
    copies = [vector(NONE, rng)] * 300  # one document, sent 300 times in an hour
    remember(space, stream(rng, 400, EVEN) + copies, minutes=0.2)
    report = watch(space, moment="hour")
    assert report.repeats >= 298
    assert report.changes == ()


def test_a_mailing_of_one_hour_in_which_only_numbers_differ_is_one_piece_of_evidence(space):
    """Their vectors lie as far apart as those of any documents; their words are the same."""
    rng = np.random.default_rng(8)
    before = stream(rng, 400, EVEN)
    mailing = [vector(NONE, rng, 0.3) for _ in range(300)]
    templates = [*[None] * 400, *[b"dear customer 0."] * 300]
    remember(space, before + mailing, minutes=0.2, templates=templates)
    report = watch(space)
    assert report.repeats >= 298
    assert report.changes == ()


def test_a_mailing_of_one_hour_with_another_name_in_each_is_one_piece_of_evidence(space):
    """Where no text is remembered: documents that lie closer than those of their class do."""
    rng = np.random.default_rng(9)
    letter = vector(NONE, rng, 0.3)
    mailing = [letter + np.float32(0.05) * vector(6, rng) for _ in range(300)]
    remember(space, stream(rng, 400, EVEN))
    remember(space, mailing, minutes=0.1, start=START + WEEK, numbers=range(400, 700))
    report = watch(space)
    assert report.repeats == 299
    assert report.changes == ()


def test_as_many_different_documents_of_one_hour_are_a_change(space):
    rng = np.random.default_rng(9)
    remember(space, stream(rng, 400, EVEN))
    later = [vector(NONE, rng, 0.3) for _ in range(300)]
    remember(space, later, minutes=0.1, start=START + WEEK, numbers=range(400, 700))
    report = watch(space)
    assert report.repeats == 0
    assert report.changes[0].label is None


def test_the_order_within_an_hour_counts_for_nothing(space):
    rng = np.random.default_rng(5)
    by_class = [vector(axis, rng) for axis in (0, 1, 2) for _ in range(150)]
    remember(space, by_class, minutes=0.05)  # a folder that was read class by class
    report = watch(space)
    assert report.changes == ()
    assert "of one hour" in report.reason
    assert watch(space, moment="document").changes


def test_documents_of_the_present_hour_wait_until_it_has_passed(space):
    list(space.label_many([Document("a", embedding=np.eye(DIM, dtype=np.float32)[0])]))
    report = watch(space)
    assert (report.documents, report.unfinished) == (0, 1)
    assert "look again" in report.reason


def test_what_the_label_space_learns_is_no_change_of_the_stream(space):
    rng = np.random.default_rng(6)
    remember(space, stream(rng, 400, EVEN))
    space.add([Example("weather", embedding=vector(NONE, rng, 0.1))])
    report = watch(space)
    assert report.changes == ()
    assert {one.label for one in report.watched} >= {"weather"}


def test_the_oldest_leave_by_whole_parts_so_that_the_watch_start_stays(space):
    space.answer_log.remember(most=400)
    vectors = stream(np.random.default_rng(7), 450, EVEN)
    remember(space, vectors)
    report = watch(space)
    assert report.documents == 301  # all 450 came at once, so that 50 left, and a quarter may
    assert report.first[:13] == "2026-01-07T10"


def test_fewer_documents_for_a_false_alarm_than_are_remembered_are_refused(space):
    with pytest.raises(InputError, match="false_alarm_in"):
        watch(space, false_alarm_in=100)


def test_documents_that_are_answered_again_are_no_change_of_the_stream(space):
    """As after ``label --again declined``, or when a person has decided on documents."""
    rng = np.random.default_rng(11)
    vectors = stream(rng, 600, EVEN)
    remember(space, vectors)
    before = watch(space)
    declined = [i for i, one in enumerate(vectors) if one.argmax() == NONE]
    remember(space, [vectors[i] for i in declined], numbers=declined, start=START + WEEK)
    after = watch(space)
    assert (after.changes, after.documents) == ((), before.documents)
    assert (after.first, after.last) == (before.first, before.last)
    assert watch(space, moment="document").changes == ()


def test_watching_changes_neither_classes_nor_answers(space, tmp_path):
    remember(space, stream(np.random.default_rng(8), 60, EVEN))

    def rows() -> list[str]:
        with closing(sqlite3.connect(tmp_path / "mail.space")) as db:
            return list(db.iterdump())

    before = rows()
    watch(space)
    assert rows() == before


@pytest.mark.slow
def test_false_alarms_of_a_stream_without_a_change_are_no_more_than_promised(space):
    """At the highest rate that can be asked for, with documents that are answered again."""
    space.answer_log.remember(most=200)
    rng = np.random.default_rng(12)
    vectors, alarms, last = stream(rng, 6000, EVEN), 0, set()
    for n in range(0, 6000, 40):
        again = [i for i in range(max(0, n - 150), n) if vectors[i].argmax() == NONE]
        chosen = [*again, *range(n, n + 40)] if n % 200 == 0 else range(n, n + 40)
        start = START + n * timedelta(minutes=20)
        remember(space, [vectors[i] for i in chosen], numbers=chosen, start=start)
        changes = {(one.label, one.kind) for one in watch(space, false_alarm_in=200).changes}
        alarms, last = alarms + len(changes - last), changes
    assert alarms <= 6000 / 200
