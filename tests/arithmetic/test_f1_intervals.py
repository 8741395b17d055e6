"""Intervals of F1 hold what they say, by simulation, also of few documents and without an error."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from protolabel.arithmetic.f1_intervals import macro_f1, micro_f1

KINDS = ("labels", "documents", "classes")


def drawn(rng: np.random.Generator, kind: str, n: int):
    """Return answers and members of n documents: wrong by label, by document, or one class each."""
    members = rng.random((n, 5)) < 0.3
    if kind == "labels":
        return members ^ (rng.random((n, 5)) < 0.05), members
    wrong = rng.random(n) < 0.12
    if kind == "classes":
        members = np.eye(5, dtype=np.bool_)[rng.integers(5, size=n)]
        return np.where(wrong[:, None], np.roll(members, 1, axis=1), members), members
    return members ^ wrong[:, None], members


@pytest.mark.parametrize("kind", KINDS)
def test_95_per_cent_of_the_intervals_hold_the_truth_from_three_documents_on(kind):
    rng = np.random.default_rng(1)
    answers, members = drawn(rng, kind, 200_000)
    truth = [f1_score(members, answers, average=average) for average in ("micro", "macro")]
    for n in (3, 5, 10, 30):
        inside = np.zeros(2)
        for _ in range(100):
            answers, members = drawn(rng, kind, n)
            if answers.any() or members.any():
                for i, measure in enumerate((micro_f1, macro_f1)):
                    result = measure(answers, members, np.arange(n))
                    assert result.high > result.low
                    inside[i] += result.low <= truth[i] <= result.high
            else:
                inside += 1
        assert inside.min() >= 91, (n, inside)  # 95 of 100, within two standard errors


@pytest.mark.parametrize("measure", [micro_f1, macro_f1])
def test_no_error_among_few_documents_is_no_certainty(measure):
    members = np.eye(3, 20, dtype=np.bool_)
    result = measure(members, members, np.arange(3))
    assert (result.f1, result.high) == (1.0, 1.0)
    assert result.low == pytest.approx(0.025 ** (1 / 3))  # as of a share of three cases
    assert result.classes == 3


@pytest.mark.parametrize("groups", [range(5), (0, 1, 1, 3, 4)])
def test_a_document_of_most_labels_counts_as_one_by_kish(groups):
    """All are right. The share is worth (sum of weights)^2 / (sum of their squares) documents."""
    n_labels = (14, 2, 2, 1, 1)
    members = np.arange(14) < np.array(n_labels)[:, None]
    of_group = [
        sum(n for n, g in zip(n_labels, groups, strict=True) if g == one) for one in range(5)
    ]
    cases = sum(of_group) ** 2 / sum(n**2 for n in of_group)
    result = micro_f1(members, members, np.array(groups))
    assert (result.f1, result.high) == (1.0, 1.0)
    assert result.low == pytest.approx(0.025 ** (1 / cases))


@pytest.mark.parametrize(("measure", "average"), [(micro_f1, "micro"), (macro_f1, "macro")])
def test_copies_of_documents_make_no_interval_narrower(measure, average):
    rng = np.random.default_rng(0)
    answers, members = rng.random((40, 5)) < 0.4, rng.random((40, 5)) < 0.4
    once = measure(answers, members, np.arange(40))
    assert once.f1 == pytest.approx(f1_score(members, answers, average=average))
    twice = np.concatenate([np.arange(40)] * 2)
    again = measure(answers[twice], members[twice], twice)
    assert (again.low, again.high) == pytest.approx((once.low, once.high))


@pytest.mark.parametrize("measure", [micro_f1, macro_f1])
def test_nothing_answered_and_nothing_to_answer_says_nothing(measure):
    empty = np.zeros((4, 3), np.bool_)
    assert measure(empty, empty, np.arange(4)).low == 0.0
    assert measure(empty, empty, np.arange(4)).high == 1.0
