"""A label space's examples to learn from: a past, what of it is held out, its episodes.

For ``adapt``. The label space is read at one version, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Floats, Mask, Positions
from protolabel.copies.descriptions import texts_in_descriptions
from protolabel.copies.equality import document_digests, text_digest
from protolabel.copies.learned_documents import LearnedDocuments
from protolabel.copies.near_copies import document_groups
from protolabel.episodes.sampler import Sampler, Stream, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.label_space.view import View
from protolabel.training.data.past import Past
from protolabel.words.quantity import quantity

FEWEST = 20  # held-out examples: fewer cannot tell a gain from chance
FOLDS = 4  # each example of a class of two or more is held out in one of them
MOST_WAY, MOST_SHOT = 64, 2  # classes of an episode, support of each: what a step costs


@dataclass(frozen=True, eq=False)
class SpaceExamples:
    """The different examples of a label space, and its descriptions.

    ``past``: one of the equal examples and near copies of each class. ``judges`` (n,): whether an
    example can tell if learning helps. One that another class holds too cannot, nor one that the
    encoder has learned from before, nor one that stands in the description of its class.
    ``repeated``: how many examples were left out because they repeat another of their class, or
    nearly. ``learned_from``: what an encoder has learned from that learns from them now, and what
    it had learned from before.
    """

    past: Past
    judges: Mask
    repeated: int
    learned_from: LearnedDocuments


def space_examples(
    view: View, encode: Callable[[Sequence[str]], Floats], earlier: LearnedDocuments | None
) -> SpaceExamples:
    """Return the examples and descriptions of a label space's live classes.

    Args:
        view: the label space at one version.
        encode: the encoder's, which tells texts apart: those of the same vector are equal.
        earlier: what the encoder has learned from before.

    Raises:
        InputError: an example is no text.
    """
    documents: list[str] = []
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
    vectors = encode(documents)
    digests = [document_digests(t, vector=v) for t, v in zip(documents, vectors, strict=True)]
    groups = document_groups(digests, documents, np.array(labels, np.int64)).tolist()
    first: dict[tuple[int, int], int] = {}
    for place, pair in enumerate(zip(labels, groups, strict=True)):
        first.setdefault(pair, place)
    firsts = list(first.values())
    group_of_row = np.array([group for _, group in first], np.int64)
    alone = np.bincount(group_of_row)[group_of_row] == 1
    text_digests = [text_digest(text) for text in documents]
    before = (earlier or LearnedDocuments.none()).include(([d] for d in text_digests), documents)
    learned_before = np.unique(np.array(groups)[before])
    learned = np.isin(group_of_row, learned_before)
    inside = texts_in_descriptions(documents, np.array(labels, np.int64), words)
    described = [text_digest(text) for text in words if text]
    whole = LearnedDocuments.of([*text_digests, *described], documents, np.array(labels, np.int64))
    return SpaceExamples(
        Past(documents, np.array(labels, np.int64), names, words).rows(firsts),
        alone & ~learned & ~np.isin(group_of_row, np.array(groups)[inside]),
        len(documents) - len(firsts),
        whole.joined(earlier),
    )


def held_out(examples: SpaceExamples, seed: int) -> list[Positions]:
    """Return the rows to hold out in turn: each class of two or more is dealt out to ``FOLDS``.

    Something is always left to answer by.

    Raises:
        InputError: a turn has too few to judge by.
    """
    past = examples.past
    rng = generator_of(seed, Stream.HELD_OUT)
    folds: list[list[int]] = [[] for _ in range(FOLDS)]
    turn = 0
    for k in rng.permutation(np.flatnonzero(past.counts >= 2)):
        for row in rng.permutation(np.flatnonzero((past.labels == k) & examples.judges)):
            folds[turn % FOLDS].append(int(row))
            turn += 1
    judging = sum(len(fold) for fold in folds[1:])
    if judging < FEWEST:
        raise InputError(
            f"{quantity(len(past.documents), 'different example')} "
            f"of {quantity(len(past.names), 'class')}, of which "
            f"{judging} could be held out to judge by",
            expected=f"{FEWEST} at least, of classes that have two or more, each under one class, "
            "none that the encoder has learned from before, and none in the description of its "
            "class",
            remedy="add examples first",
        )
    return [np.sort(np.array(fold, np.int64)) for fold in folds]


def episodes_of(past: Past, rows: Positions) -> Sampler:
    """Return a sampler of episodes like the label space: one query a class, up to two of support.

    Classes of a single example (or of two, one of them held out) take part in episodes of
    descriptions alone.

    Args:
        past: the examples.
        rows: those that are learned from.
    """
    labels = np.full(len(past.documents), len(past.names), np.int64)
    labels[rows] = past.labels[rows]
    counts = np.bincount(past.labels[rows], minlength=len(past.names))
    several = np.flatnonzero(counts >= 2)
    single = np.flatnonzero((counts >= 1) & past.described)
    described = past.described
    if len(several) >= 2 and len(several) >= len(single) / 2:
        top = int(min(MOST_SHOT, max(1, np.quantile(counts[several], 0.75) - 1)))
        all_described = bool(described[several].all())
        scenario = Scenario(
            min(MOST_WAY, len(several)), (1, top), 1, uneven=True, described=float(all_described)
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
