"""Two encoders on the same examples: accuracy against plain loops, the interval against counting
all outcomes.
"""

from __future__ import annotations

import math
from math import comb

import numpy as np
import pytest
from fakes import WORDS, LetterEncoder, WordEncoder
from stored import store_of

from protolabel import Example, LabelSpace
from protolabel.arithmetic.comparison import chance, compare, shown_better, verdict
from protolabel.arithmetic.intervals import paired_shares
from protolabel.arithmetic.kappa import estimate_kappa
from protolabel.arithmetic.support import Support
from protolabel.cli.render import comparison_text
from protolabel.types import Comparison


def by_loops(vectors, labels, descriptions, kappa) -> list[bool]:
    """Every example of a class with another against prototypes made without it, by equation 3.

    The sum without it is scaled to the full count and measured against the length of the whole
    prototype, as docs/decisions/0005 says.
    """

    def centre(total, n, description) -> list[float]:
        weight = kappa if description is not None else 0.0
        weighted = [weight * x for x in description] if weight else [0.0] * len(total)
        return [(s + t) / (weight + n) for s, t in zip(weighted, total, strict=True)]

    def product(a, b) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True))

    right = []
    for vector, label in zip(vectors, labels, strict=True):
        n = labels.count(label)
        if n < 2:
            continue
        scores = []
        for k, description in enumerate(descriptions):
            members = [v for v, other in zip(vectors, labels, strict=True) if other == k]
            total = [sum(v[d] for v in members) for d in range(len(vector))]
            whole = centre(total, len(members), description)
            query = whole
            if k == label:
                rest = [(t - x) * n / (n - 1) for t, x in zip(total, vector, strict=True)]
                query = centre(rest, n, description)
            scores.append(product(query, vector) / product(whole, whole) ** 0.5)
        right.append(all(scores[label] > s for k, s in enumerate(scores) if k != label))
    return right


def unit(encoder, texts) -> np.ndarray:
    vectors = encoder.encode(list(texts)).astype(np.float64)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_a_label_space_is_compared_as_by_loops():
    rng = np.random.default_rng(5)
    labels = [*rng.integers(0, 4, 40).tolist(), 4]
    texts: list[str] = []
    letters = set()  # no two documents are equal, in words or in letters
    while len(texts) < len(labels):
        text = " ".join(rng.choice([WORDS[2 * labels[len(texts)] % 8], *WORDS], 3))
        if tuple(sorted(text)) not in letters:
            letters.add(tuple(sorted(text)))
            texts.append(text)
    described = {0: "pay", 1: "cv", 3: "ship", 5: "work sign"}
    with LabelSpace.create(encoder=WordEncoder(), names_mean=False, background=False) as space:
        space.configure(kappa=1.7)
        space.describe({f"c{k}": text for k, text in described.items()})
        space.add([Example(f"c{k}", t) for k, t in zip(labels, texts, strict=True)])
        space.describe("gone", "pay pay")
        space.add([Example("gone", "pay"), Example("gone", "pay cv")])
        space.retire("gone")
        encoder = LetterEncoder()
        comparison = space.compare(encoder)
        assert space.version == 7
        assert len(store_of(space).rows.encodings()) == 1  # nothing is kept
        assert len(set(encoder.texts)) == len(encoder.texts)
    right = []
    for one in (WordEncoder(), LetterEncoder()):
        vectors = [v.tolist() for v in unit(one, texts)]
        description_vectors = [
            unit(one, [described[k]])[0].tolist() if k in described else None for k in range(6)
        ]
        right.append(by_loops(vectors, labels, description_vectors, 1.7))
    old, new = right
    assert comparison.n == len(old) == 40
    assert comparison.old_accuracy == pytest.approx(sum(old) / 40)
    assert comparison.new_accuracy == pytest.approx(sum(new) / 40)
    assert comparison.only_old == sum(a and not b for a, b in zip(old, new, strict=True)) > 0
    assert comparison.only_new == sum(b and not a for a, b in zip(old, new, strict=True)) > 0
    assert comparison.difference == pytest.approx((sum(new) - sum(old)) / 40)
    assert comparison.low < comparison.difference < comparison.high
    assert (comparison.old, comparison.new) == ("words:8", "letters:26")
    assert (comparison.old_kappa, comparison.new_kappa) == (1.7, 1.7)


def test_kappa_is_each_encoder_s_own_where_the_label_space_estimates_it():
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(4), 6)
    centres = np.eye(4, dtype=np.float32)
    noise = rng.normal(size=(24, 4)).astype(np.float32)
    described = np.ones(4, bool)
    near = Support.of(centres[labels] + 0.05 * noise, labels, centres, described)
    far = Support.of(centres[labels] + 0.9 * noise, labels, -centres, described)
    comparison = compare(near, far, ("near", "far"), own_kappa=True)
    for side, kappa in ((near, comparison.old_kappa), (far, comparison.new_kappa)):
        assert kappa == estimate_kappa(side)
    assert comparison.old_kappa != comparison.new_kappa
    assert (comparison.old_accuracy, shown_better(comparison)) == (1.0, False)
    back = compare(far, near, ("far", "near"), own_kappa=True)
    assert (back.new_accuracy, shown_better(back)) == (1.0, True)
    assert (back.only_new, back.only_old) == (comparison.only_old, comparison.only_new)


@pytest.mark.parametrize(
    "labels", [[], [0], [0, 1, 2], [0, 0, 0]], ids=["none", "one", "alone", "one class"]
)
def test_too_little_to_compare(labels):
    rows = np.eye(3, dtype=np.float32)[: len(labels)]
    classes = max(labels, default=-1) + 1
    nothing = np.zeros((classes, 3), np.float32), np.zeros(classes, bool)
    side = Support.of(rows, np.asarray(labels, dtype=np.int64), *nothing)
    comparison = compare(side, side, ("a", "a"), own_kappa=False)
    assert (comparison.n, comparison.old_accuracy, comparison.difference, comparison.low) == (
        0,
        None,
        None,
        None,
    )
    assert not shown_better(comparison)


@pytest.mark.parametrize(("p", "q"), [(0.05, 0.05), (0.2, 0.1), (0.02, 0.2), (0.3, 0.3), (0, 0.1)])
@pytest.mark.parametrize("n", [10, 30, 60])
def test_the_interval_covers_what_it_says(p, q, n):
    """All outcomes (won, lost) of n paired answers, each with its multinomial probability."""
    covered = 0.0
    for won in range(n + 1):
        for lost in range(n + 1 - won):
            low, high = paired_shares(lost, won, n)
            if low <= p - q <= high:
                ways = comb(n, won) * comb(n - won, lost)
                covered += ways * p**won * q**lost * (1 - p - q) ** (n - won - lost)
    assert covered >= 0.935


def test_the_interval_turns_with_the_sides():
    low, high = paired_shares(3, 9, 40)
    assert paired_shares(9, 3, 40) == pytest.approx((-high, -low))
    assert low < 6 / 40 < high
    assert paired_shares(0, 0, 20)[0] < 0 < paired_shares(0, 0, 20)[1]


@pytest.mark.parametrize(("lost", "won"), [(0, 0), (1, 2), (0, 5), (0, 6), (3, 3), (4, 15), (9, 1)])
def test_chance_is_the_share_of_coin_tosses_that_are_as_uneven(lost, won):
    n = lost + won
    tosses = [bin(outcome).count("1") for outcome in range(2**n)] if n <= 12 else None
    if tosses is None:
        tosses = [k for k in range(n + 1) for _ in range(1)]
        weights = [math.comb(n, k) for k in tosses]
    else:
        weights = [1] * len(tosses)
    uneven = [w for k, w in zip(tosses, weights, strict=True) if abs(2 * k - n) >= abs(won - lost)]
    assert chance(lost, won) == pytest.approx(sum(uneven) / 2**n)


def test_two_right_against_one_shows_nothing():
    def of(lost: int, won: int, n: int) -> Comparison:
        return Comparison("a", "b", n, 0.5, 0.5, 0.0, 0.0, 0.0, lost, won, 1.0, 1.0)

    assert not shown_better(of(1, 2, 40))
    assert not shown_better(of(0, 5, 40))
    assert shown_better(of(0, 6, 40))
    assert not shown_better(of(0, 6, 9))
    assert not shown_better(of(6, 0, 40))
    assert not shown_better(of(4, 4, 40))


@pytest.mark.parametrize(
    ("n", "only_old", "only_new", "words"),
    [
        (100, 1, 2, "no difference beyond chance (p = 1;"),
        (100, 0, 5, "no difference beyond chance (p = 0.062;"),
        (100, 0, 6, "the new encoder is better beyond chance (p = 0.031)"),
        (100, 6, 0, "the new encoder is worse beyond chance (p = 0.031)"),
        (9, 0, 9, "too few examples to tell which is better: 9, and 10 are needed"),
    ],
)
def test_only_a_difference_beyond_chance_is_called_one(n, only_old, only_new, words):
    comparison = Comparison(
        old="a", new="b", n=n, old_accuracy=0.5, new_accuracy=0.5, difference=0.0, low=0.0,
        high=0.0, only_old=only_old, only_new=only_new, old_kappa=1.0, new_kappa=1.0,
    )  # fmt: skip
    assert verdict(comparison).startswith(words)
    assert verdict(comparison) in comparison_text(comparison)
