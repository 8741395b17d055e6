"""What the label set of an answer holds, and in which order, by loops over the probabilities."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from protolabel import Document, Example, LabelSpace

WORDS = {
    "bill": "pay bill amount due transfer", "cv": "job apply engineer work team",
    "box": "ship parcel box courier track", "menu": "soup bread dinner lunch sweet",
}  # fmt: skip
SIZES = {"bill": 12, "cv": 7, "box": 5, "menu": 9}
OTHERS = "of we job work bill pay soup lunch box ship granite marble"
COVERAGES = (0.5, 0.8, 0.9, 0.95, 0.99)


def text_of(label: str, rng: random.Random, own: int) -> str:
    return " ".join(
        rng.choices(WORDS[label].split(), k=own) + rng.choices(OTHERS.split(), k=6 - own)
    )


@pytest.fixture(scope="module")
def space():
    rng = random.Random(0)
    with LabelSpace.create(encoder="hashing", names_mean=False, background=False) as space:
        space.add(
            [
                Example(k, text_of(k, rng, rng.choice((1, 2, 3))))
                for k in WORDS
                for _ in range(SIZES[k])
            ]
        )
        space.settle()
        yield space


def documents() -> list[Document]:
    rng = random.Random(1)
    texts = [text_of(label, rng, own) for label in WORDS for own in (0, 1, 2, 3, 5)]
    return [Document(f"d{n}", text) for n, text in enumerate(texts)]


def limit(values: list[float], coverage: float) -> float:
    """Return the value that a share of all values, and of one more, is not below."""
    below = math.floor((len(values) + 1) * (1 - coverage) + 1e-9)
    return sorted(values)[below - 1] if below else -math.inf


def limits(queries, names: list[str], coverage: float) -> dict[str, float]:
    """Return the least probability of each class: by its own queries, or if too few by all."""
    least = {}
    for column, name in enumerate(names):
        own = [p for p, k in zip(queries.own, queries.classes, strict=True) if k == column]
        least[name] = limit(own, coverage)
        if least[name] == -math.inf:
            least[name] = limit(list(queries.own), coverage)
    return least


def expected_set(view, answer, coverage: float, refused: frozenset[str] = frozenset()):
    fitted = view.rule.fitted
    least = limits(fitted.queries, list(view.head.labels), coverage)
    best = answer.alternatives[0]
    classes = sorted(answer.alternatives, key=lambda one: -one.probability)
    inside = [
        one.label
        for one in classes
        if one.label not in refused and (one is best or one.probability >= least[one.label])
    ]
    size = np.array([float(SIZES[best.label])])
    (score,) = fitted.comparable_scores(np.array([best.score]), size)
    highest = -limit([-s for s in fitted.queries.stranger_best_scores], coverage)
    return (*inside, None) if score <= highest else tuple(inside)


@pytest.mark.parametrize("coverage", COVERAGES)
def test_a_label_set_holds_what_its_probability_does_not_exclude_likeliest_first(space, coverage):
    view = space.view()
    answers = list(view.label_many(documents(), alternatives=4, coverage=coverage))
    for answer in answers:
        assert answer.label_set == expected_set(view, answer, coverage)


def test_sets_of_many_sizes_with_and_without_none_of_these_were_compared(space):
    answers = [
        answer
        for coverage in COVERAGES
        for answer in space.view().label_many(documents(), coverage=coverage)
    ]
    sizes = {len([name for name in answer.label_set if name is not None]) for answer in answers}
    assert sizes == {1, 2, 3, 4}
    assert {None in answer.label_set for answer in answers} == {True, False}


@pytest.mark.parametrize("coverage", COVERAGES)
def test_a_class_that_a_person_refused_for_a_document_is_not_in_its_set(space, coverage):
    for document in documents()[::3]:
        refused = space.label(document).alternatives[1].label
        space.refute(document, refused)
        space.settle()
        view = space.view()
        (answer,) = view.label_many([document], alternatives=4, coverage=coverage)
        space.undo()
        assert refused not in answer.label_set
        assert answer.label_set == expected_set(view, answer, coverage, frozenset({refused}))
