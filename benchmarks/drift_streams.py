"""The streams of ``benchmarks.drift``: documents with the answers of a label space, and changes.

Each is drawn with replacement from documents that are no examples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans

from benchmarks.data_sets import Data, fold, load
from benchmarks.spaces import space_of
from protolabel.copies.sketches import template_digest
from protolabel.label_space.answer_path.view_answers import view_answers
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.types import Encoded

SHOTS, AFTER = 10, 10_000  # examples a class; documents from a change on
STRANGERS = 0.05  # of the stream at first: documents of classes that the label space does not have


@dataclass(frozen=True, eq=False)
class World:
    """Documents with the answers of a label space: key of the class (-1: none), best score."""

    data: Data
    classes: list[int]
    pool: np.ndarray  # rows of documents of known classes that are no examples
    foreign: np.ndarray  # rows of documents of other classes
    keys: np.ndarray
    scores: np.ndarray
    contents: np.ndarray  # one number for texts that differ in numbers alone


def world(name: str, part: str, seed: int) -> World:
    """All classes of a part but five own, those five foreign."""
    data = load(name)
    rng = np.random.default_rng(seed)
    classes = rng.permutation(sorted(fold(name)[part]))
    own, foreign = sorted(classes[5:].tolist()), classes[:5]
    rows = np.flatnonzero(np.isin(data.y, own))
    order = rng.permutation(rows)
    support = np.concatenate([order[data.y[order] == c][:SHOTS] for c in own])
    some = data.only(own)
    with space_of(some, np.searchsorted(rows, np.sort(support)), refine=True) as space:
        space.configure(threshold="auto")
        space.settle()
        texts = DocumentTexts.of(data.texts)
        answers = view_answers(space.view(), Encoded.whole(data.embeddings), texts, "")
        keys = np.array([-1 if key is None else key for key in answers.keys])
        scores = np.array([answers.sureness(i)[1] for i in range(len(data.y))])
    pool = np.setdiff1d(rows, support)
    templates = [template_digest(text) or str(i).encode() for i, text in enumerate(data.texts)]
    numbers = {template: number for number, template in enumerate(dict.fromkeys(templates))}
    contents = np.array([numbers[template] for template in templates])
    strange = np.flatnonzero(np.isin(data.y, foreign))
    return World(data, own, pool, strange, keys, scores, contents)


def quiet(one: World, n: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of a stream without a change: classes even, a share of foreign documents."""
    return draw(one, n, rng, np.ones(len(one.classes)))


def draw(
    one: World, n: int, rng: np.random.Generator, weights: np.ndarray, strangers: float = STRANGERS
) -> np.ndarray:
    """Rows of a stream whose known classes have these weights."""
    classes = rng.choice(one.classes, n, p=weights / weights.sum())
    members = {c: one.pool[one.data.y[one.pool] == c] for c in one.classes}
    rows = np.array([rng.choice(members[c]) for c in classes.tolist()])
    foreign = rng.random(n) < strangers
    rows[foreign] = rng.choice(one.foreign[: len(one.foreign) // 2], int(foreign.sum()))
    return rows


def bursts(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same stream; each hundredth document comes thirty times within its hour."""
    n = len(rows)
    copies = [np.repeat(row, 30 if rng.random() < 0.01 else 1) for row in rows.tolist()]
    return np.concatenate(copies)[:n]


def arriving(one: World, rng: np.random.Generator, share: float) -> np.ndarray:
    """A class that the label space does not have arrives at a share of the stream."""
    foreign = one.data.y[one.foreign[-1]]
    rows = quiet(one, AFTER, rng)
    new = rng.random(AFTER) < share
    members = one.foreign[one.data.y[one.foreign] == foreign]
    rows[new] = rng.choice(members, int(new.sum()))
    return rows


def doubling(one: World, rng: np.random.Generator) -> np.ndarray:
    """The share of one class doubles."""
    weights = np.ones(len(one.classes))
    weights[int(rng.integers(len(weights)))] = 2.0
    return draw(one, AFTER, rng, weights)


def narrowing(one: World, rng: np.random.Generator) -> np.ndarray:
    """Half of the documents of one class, a side of a cut through them, come no more."""
    c = int(rng.choice(one.classes))
    members = one.pool[one.data.y[one.pool] == c]
    sides = KMeans(2, n_init=3, random_state=0).fit_predict(one.data.embeddings[members])
    return replaced(one, rng, c, members[sides == 0])


def replacing(one: World, rng: np.random.Generator) -> np.ndarray:
    """The documents of one class give way to those of the nearest class that is not known."""
    data = one.data
    means = np.stack([data.embeddings[data.y == k].mean(axis=0) for k in range(len(data.names))])
    unknown = np.setdiff1d(np.unique(data.y), one.classes)
    c = int(rng.choice(one.classes))
    near = int(unknown[(means[unknown] @ means[c]).argmax()])
    return replaced(one, rng, c, np.flatnonzero(data.y == near))


def replaced(one: World, rng: np.random.Generator, c: int, members: np.ndarray) -> np.ndarray:
    """A quiet stream in which one class has other documents."""
    rows = quiet(one, AFTER, rng)
    own = one.data.y[rows] == c
    rows[own] = rng.choice(members, int(own.sum()))
    return rows


CHANGES: dict[str, Callable[[World, np.random.Generator], np.ndarray]] = {
    "a new class at 2 % of the stream": lambda one, rng: arriving(one, rng, 0.02),
    "a new class at 5 %": lambda one, rng: arriving(one, rng, 0.05),
    "a new class at 10 %": lambda one, rng: arriving(one, rng, 0.10),
    "the share of a class doubles": doubling,
    "half of the kinds of a class vanish": narrowing,
    "a class gives way to a near one": replacing,
}
