"""A label space's own examples to learn from: a past, what of it is held out, its episodes.

For ``adapt``. The label space is read at one version, and nothing is changed or encoded.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from protolabel.episodes.sampler import Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.label_space.view import View
from protolabel.training.data.past import Past

HELD_OUT = 4  # the stream of a seed that says which examples are held out
FEWEST = 20  # held-out examples: fewer cannot tell a gain from chance
FOLDS = 4  # each example of a class of two or more is held out in one of them
MOST_WAY, MOST_SHOT = 64, 2  # classes of an episode, support of each: what a step costs


def past_of_view(view: View) -> Past:
    """The examples and descriptions of a label space's live classes. Raises InputError where an
    example is no text.
    """
    documents: list[str | bytes] = []
    labels: list[int] = []
    names: list[str] = []
    words: list[str | None] = []
    for info in view.classes():
        if info.retired:
            continue
        _, rows = view.show(info.name)
        for row in rows:
            if row.text is None:
                raise InputError(
                    f"example {row.id!r} of {info.name!r} has no text",
                    expected="texts, which the encoder can learn from",
                    remedy="adapt is for label spaces of texts",
                )
            documents.append(row.text)
            labels.append(len(names))
        names.append(info.name)
        words.append(info.description if info.description_from != "none" else None)
    return Past(documents, np.array(labels, np.int64), names, words)


def held_out(past: Past, seed: int) -> list[npt.NDArray[np.int64]]:
    """Rows to hold out in turn: of each class of two or more, its examples dealt out to ``FOLDS``.

    Something is always left to answer by. Raises InputError where a turn has too few to judge by.
    """
    rng = generator_of(seed, HELD_OUT)
    folds: list[list[int]] = [[] for _ in range(FOLDS)]
    turn = 0
    for k in rng.permutation(np.flatnonzero(past.counts >= 2)):
        for row in rng.permutation(np.flatnonzero(past.labels == k)):
            folds[turn % FOLDS].append(int(row))
            turn += 1
    judging = sum(len(fold) for fold in folds[1:])
    if judging < FEWEST:
        raise InputError(
            f"{len(past.documents)} examples of {len(past.names)} classes, of which "
            f"{judging} could be held out to judge by",
            expected=f"{FEWEST} at least, of classes that have two or more",
            remedy="add examples first",
        )
    return [np.sort(np.array(fold, np.int64)) for fold in folds]


def episodes_of(past: Past, kept: npt.NDArray[np.int64]) -> Sampler:
    """Episodes like the label space: one query a class, and of support what is left, up to two.

    Classes of a single example (or of two, one of them held out) take part in episodes of
    descriptions alone.
    """
    labels = np.full(len(past.documents), len(past.names), np.int64)
    labels[kept] = past.labels[kept]
    counts = np.bincount(past.labels[kept], minlength=len(past.names))
    several = np.flatnonzero(counts >= 2)
    single = np.flatnonzero((counts >= 1) & past.described)
    described = past.described
    if len(several) >= 2 and len(several) >= len(single) / 2:
        top = int(min(MOST_SHOT, max(1, np.quantile(counts[several], 0.75) - 1)))
        both = bool(described[several].all())
        scenario = Scenario(
            min(MOST_WAY, len(several)), (1, top), 1, uneven=True, described=float(both)
        )
        return Sampler(labels, scenario, classes=several, names=past.names, described=described)
    if len(single) < 2:
        raise InputError(
            "fewer than two classes with two examples, or with one and a description",
            expected="something to learn from",
            remedy="add examples, or describe the classes",
        )
    scenario = Scenario(min(MOST_WAY, len(single)), 1, 1, described_only=1.0)
    return Sampler(labels, scenario, classes=single, names=past.names, described=described)
