"""Which documents stand in the description of their own class.

A class answers by its description too, so such a document says nothing of how a new one would be
labelled, even where its class is made without it. ``sketches`` says what texts are compared by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Floats, Labels, Mask
from protolabel.copies.near_text_pairs import LONGEST, are_near_texts
from protolabel.copies.near_vectors import LIMIT
from protolabel.copies.sketches import Sketch, Table, sketch_of, template_number

MOST_DESCRIPTIONS = 10_000  # descriptions whose words are kept in memory
MOST_PARTS = 1000  # of a description, that are compared
_BETWEEN_PARTS = re.compile('[\\n\\r,;:.!?()\\[\\]"\u201c\u201d\u201e\u00ab\u00bb|\u3001\u3002]+')
_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2**64 by the golden ratio, odd

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class DescriptionWords:
    """What a description is compared by.

    Attributes:
        templates: the numbers of the templates of the whole text, and of its parts between
            punctuation marks and ends of lines.
        sketch: of the whole text; None for a short one.
    """

    templates: frozenset[int]
    sketch: Sketch | None


NO_WORDS = DescriptionWords(frozenset(), None)


@lru_cache(maxsize=MOST_DESCRIPTIONS)
def description_words(text: str | None) -> DescriptionWords:
    """Return what a description is compared by. ``text``: None of a class without one."""
    if text is None:
        return NO_WORDS
    parts = [text, *_BETWEEN_PARTS.split(text)[:MOST_PARTS]]
    templates = frozenset(template_number(part) for part in dict.fromkeys(parts))
    return DescriptionWords(templates - {0}, sketch_of(text))


def texts_in_descriptions(
    texts: Sequence[str | None], labels: Labels, descriptions: Sequence[str | None]
) -> Mask:
    """Return which texts stand in the description of their own class (:func:`in_descriptions`).

    Args:
        texts: n; None of a document without one.
        labels: (n,), their classes in ``[0, K)``.
        descriptions: K; None of a class without one.

    Returns:
        (n,) bool.
    """
    words = [description_words(text) for text in descriptions]
    has_words = np.array([bool(one.templates) for one in words], np.bool_)
    templates, sketches = np.zeros(len(texts), np.uint64), list[Sketch | None]([None] * len(texts))
    for row in np.flatnonzero(has_words[labels]).tolist() if has_words.any() else ():
        if (text := texts[row]) is not None:
            templates[row], sketches[row] = template_number(text), sketch_of(text)
    return in_descriptions(templates, sketches, labels, words)


def in_descriptions(
    templates: Hashes,
    sketches: Sequence[Sketch | None],
    labels: Labels,
    descriptions: Sequence[DescriptionWords],
) -> Mask:
    """Return which documents stand in the description of their own class.

    A document does that if its words in order, all numbers being alike, are the whole description
    or a part of it between punctuation marks. Longer ones, of 12 different words or more, also do
    if they are near copies of the description, or if it has nearly all of their words and pairs of
    words, however long it is.

    Args:
        templates: (n,), as ``sketches.template_number`` returns them.
        sketches: n, of the same documents.
        labels: (n,), their classes in ``[0, K)``.
        descriptions: K, of the classes.

    Returns:
        (n,) bool.
    """
    owners = [k for k, words in enumerate(descriptions) for _ in words.templates]
    numbers = [number for words in descriptions for number in words.templates]
    described = _with_labels(np.array(numbers, np.uint64), np.array(owners, np.int64))
    inside: Mask = np.isin(_with_labels(templates, labels), described) & (templates != 0)
    has_sketch = np.array([words.sketch is not None for words in descriptions], np.bool_)
    rows: list[int] = []
    if has_sketch.any():
        candidates = np.flatnonzero(has_sketch[labels] & ~inside).tolist()
        rows = [i for i in candidates if sketches[i] is not None]
    if rows:
        classes, place = np.unique(labels[rows], return_inverse=True)
        of_rows = [one for one in (sketches[i] for i in rows) if one is not None]
        of_classes = [one for k in classes.tolist() if (one := descriptions[k].sketch) is not None]
        inside[rows] = _are_inside(of_rows, of_classes, np.asarray(place, np.int64).reshape(-1))
    return inside


def _are_inside(documents: list[Sketch], descriptions: list[Sketch], place: Labels) -> Mask:
    """Return which documents nearly stand in the description at their place. *Shape:* ``(m,)``."""
    every = [*documents, *descriptions]
    words, pairs = Table.of([one.words for one in every]), Table.of([one.pairs for one in every])
    document, description = np.arange(len(documents)), len(documents) + place
    is_longer = words.sizes[document] > words.sizes[description]
    possible = ~is_longer | (words.sizes[document] <= LONGEST * words.sizes[description])
    short = np.where(is_longer, description, document)[possible]
    long = np.where(is_longer, document, description)[possible]
    inside = np.zeros(len(documents), np.bool_)
    inside[possible] = are_near_texts(
        words, pairs, np.ones(len(pairs.hashes), np.bool_), short, long
    )
    return inside


def are_description_vectors(
    embeddings: Floats, labels: Labels, descriptions: Floats, described: Mask
) -> Mask:
    """Return which vectors are that of the description of their class, but for rounding.

    *Shape:* ``(n, d)``, ``(n,)``, ``(K, d)``, ``(K,)`` -> ``(n,)``.
    """
    own = descriptions[labels].astype(np.float64)
    distances = np.linalg.norm(embeddings - own, axis=1)
    near: Mask = distances <= LIMIT * np.linalg.norm(own, axis=1)
    return near & described[labels]


def _with_labels(templates: Hashes, labels: Labels) -> Hashes:
    """Return numbers that a template shares within a class alone. *Shape:* ``(n,)`` each."""
    return templates + (labels.astype(np.uint64) + np.uint64(1)) * _STEP
