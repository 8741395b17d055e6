"""A label space in memory beside an estimator with the same examples: whether both answer alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import WORDS, WordEncoder

from protolabel import Document, Example, LabelSpace, PrototypicalClassifier

QUERIES = [" ".join(np.random.default_rng(9).choice(WORDS, 4)) for _ in range(3)] + [
    " ".join(words) for words in np.random.default_rng(8).choice(WORDS, (30, 4))
]
DESCRIPTIONS = {"a": "pay bill", "c": "secret", "e": "box box sign"}  # e has no example


def space_of(
    examples: Sequence[Example],
    metric: str = "cosine",
    encoder: WordEncoder | None = None,
    **settings: object,
) -> LabelSpace:
    space = LabelSpace.create(
        ":memory:",
        encoder=encoder or WordEncoder(),
        metric=metric,
        names_mean=False,
        background=False,
    )
    if settings:
        space.configure(**settings)
    space.describe(DESCRIPTIONS)
    space.add(examples)
    space.settle()
    return space


def answers(space: LabelSpace, queries: Sequence[str | Document]) -> list[tuple[str | None, dict]]:
    """Label and probabilities of each query."""
    stream = space.label_many(queries, alternatives=9, evidence=0)
    return [(a.label, {o.label: o.probability for o in a.alternatives}) for a in stream]


def agree(estimator: PrototypicalClassifier, space: LabelSpace, queries: Sequence[str]) -> None:
    predicted, shares = estimator.predict(queries), estimator.predict_proba(queries)
    for i, (label, probabilities) in enumerate(answers(space, queries)):
        assert predicted[i] == (label or "none of these")
        own = dict(zip(estimator.classes_.tolist(), shares[i].tolist(), strict=True))
        refuted = own.keys() - probabilities.keys()
        assert {own[name] for name in refuted} <= {0.0}
        for name, probability in probabilities.items():
            if probability is not None:
                assert own[name] == pytest.approx(probability, abs=2e-5)
