"""Which examples `adapt` holds out, and when it holds that adapting helps: no training here."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from fakes import WordEncoder
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from learned import learned_texts

from protolabel import Example, LabelSpace
from protolabel.arithmetic.intervals import case_share, t_interval
from protolabel.copies.equality import text_digest
from protolabel.copies.learned_documents import short_digests
from protolabel.errors import InputError
from protolabel.training.adapt import Adapted
from protolabel.training.data.past import Past
from protolabel.training.data.space_examples import (
    FEWEST,
    FOLDS,
    SpaceExamples,
    held_out,
    space_examples,
)


def examples_with(counts: list[int]) -> SpaceExamples:
    """All of a past are different and can judge."""
    past = past_with(counts)
    return SpaceExamples(past, np.ones(len(past.documents), bool), 0, np.empty(0, np.uint64))


def past_with(counts: list[int]) -> Past:
    """A past with ``counts[k]`` examples of class k, classes interleaved."""
    labels = [k for n in range(max(counts)) for k, count in enumerate(counts) if n < count]
    documents: list[str | bytes] = [f"document {n}" for n in range(len(labels))]
    names = [f"class {k}" for k in range(len(counts))]
    return Past(documents, np.array(labels, np.int64), names, [None] * len(counts))


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=30, max_size=50), st.integers(0, 2**31))
def test_every_example_of_a_class_of_two_is_held_out_once(counts, seed):
    past = past_with(counts)
    several = [row for row, k in enumerate(past.labels) if counts[k] >= 2]
    assume(len(several) - -(-len(several) // FOLDS) >= FEWEST)
    folds = held_out(examples_with(counts), seed)
    assert len(folds) == FOLDS
    assert sorted(row for fold in folds for row in fold) == several
    for fold in folds:
        left = np.bincount(np.delete(past.labels, fold), minlength=len(counts))
        assert left.min() >= 1  # something to answer by
    sizes = [len(fold) for fold in folds]
    assert max(sizes) - min(sizes) <= 1


def test_the_seed_says_which_are_held_out():
    past = examples_with([5] * 20)
    assert all(map(np.array_equal, held_out(past, 1), held_out(past, 1)))
    assert not all(map(np.array_equal, held_out(past, 1), held_out(past, 2)))


@pytest.mark.parametrize("counts", [[1] * 50, [2] * 13, [5, 5, 5, 1, 1]])
def test_too_few_to_judge_by(counts):
    judging = sum(n for n in counts if n >= 2)
    judging -= -(-judging // FOLDS)
    assert judging < FEWEST
    with pytest.raises(InputError, match=rf"of which {judging} could be held out"):
        held_out(examples_with(counts), 0)


def test_just_enough_to_judge_by():
    assert sum(len(fold) for fold in held_out(examples_with([2] * 14), 0)[1:]) == 21


@pytest.mark.parametrize(
    ("gains", "before", "after", "helps"),
    [
        ([0.1, 0.2, 0.1, 0.2], [0, 1, 0, 1], [1, 1, 0, 1], True),
        ([0.1, 0.2, 0.1, 0.2], [0, 1, 0, 1], [0, 1, 0, 1], True),
        ([0.1, 0.2, 0.1, 0.2], [0, 1, 0, 1], [0, 0, 0, 1], False),  # an answer was lost
        ([0.4, -0.4, 0.3, -0.2], [0, 0, 0, 0], [1, 1, 1, 1], False),  # may be chance
        ([-0.1, -0.2, -0.1, -0.2], [0, 0, 0, 0], [1, 1, 1, 1], False),
    ],
)
def test_when_it_helps(gains, before, after, helps):
    done = Adapted(None, case_share(before), case_share(after), t_interval(gains), 5, 1.0)
    assert done.helps is helps


def test_held_out_examples_that_are_all_right_have_an_interval_with_a_width():
    """Before, the terminal had `100.00 ± 0.00 % (n = 7)`."""
    all_right = case_share([1.0] * 7)
    words = str(Adapted(None, all_right, all_right, t_interval([0.1, 0.2]), 5, 1.0))
    assert "held-out examples: 100.00 (" in words
    assert "± 0.00" not in words


def test_between_the_two_sided_and_the_one_sided_bound():
    """Gains of mean m and standard error s with 1.645 s < m < 1.96 s: held to help."""
    spread = np.array([-1.0, 1.0] * 50)
    error = spread.std(ddof=1) / 10
    answers = case_share([1.0] * 100)
    for times, helps in ((1.6, False), (1.8, True), (2.0, True)):
        gain = t_interval((spread + times * error).tolist())
        assert Adapted(None, answers, answers, gain, 5, 1.0).helps is helps


# -- equal documents, and documents that the encoder has learned from ------------------------------


def space_with(rows: list[tuple[str, str]]) -> LabelSpace:
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.add(Example(label, text, id=str(i)) for i, (label, text) in enumerate(rows))
    return space


def plain(text: str) -> str:
    return " ".join(text.lower().split())


words = st.sampled_from(["pay", "bill", "cv", "work"])
written = st.tuples(words, words, words, st.sampled_from([" ", "  "])).map(
    lambda parts: parts[3].join(parts[:3])
)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abc"), written), min_size=20, max_size=60))
def test_an_example_that_is_held_out_is_not_learned_from_under_another_id(rows):
    with space_with([*rows, *((label, text.upper()) for label, text in rows)]) as space:
        encode = WordEncoder().encode
        examples = space_examples(space.view(), encode, None)
    past = examples.past
    pairs = [
        (k, encode([str(d)])[0].tobytes()) for k, d in zip(past.labels, past.documents, strict=True)
    ]
    assert len(set(pairs)) == len(pairs)  # the vector, too, tells equal examples
    assert examples.repeated == 2 * len(rows) - len(pairs)
    try:
        folds = held_out(examples, 0)
    except InputError:
        return
    for fold in folds:
        unseen = {plain(past.documents[row]) for row in fold}
        kept = {plain(d) for row, d in enumerate(past.documents) if row not in set(fold.tolist())}
        assert not unseen & kept


def test_nothing_is_judged_by_examples_that_the_encoder_has_learned_from_before():
    rows = [("a" if i % 2 else "b", f"pay {'bill ' * i}") for i in range(40)]
    earlier = learned_texts([text.upper() for _, text in rows[:10]])
    with space_with(rows) as space:
        examples = space_examples(space.view(), WordEncoder().encode, earlier)
    assert examples.judges.sum() == 30
    judged = {examples.past.documents[row] for fold in held_out(examples, 0) for row in fold}
    assert judged == {text.strip() for _, text in rows[10:]} or judged == {t for _, t in rows[10:]}
    assert np.isin(earlier.digests, examples.learned_from.digests).all()
    learned = short_digests(text_digest(text) for _, text in rows)
    assert np.isin(learned, examples.learned_from.digests).all()
