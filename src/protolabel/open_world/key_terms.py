"""The words that tell a group of documents from the others, and a name made of them.

c-TF-IDF, whose counting is scikit-learn's, of the words that are more common in the group than
elsewhere: headers and phrases of all documents tell nothing apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from protolabel.arrays import Doubles, Mask
from protolabel.open_world.function_words import function_words
from protolabel.system.import_lock import one_import

MOST_TERMS = 6
MOST_CHARACTERS = 4000  # of a document
MOST_WORDS = 20_000  # in the vocabulary
IN_A_NAME = 2
APART = 2.0  # times as many documents of a group have a term of it as of the others, at least
WORD = r"(?u)\b[^\W\d_]{2,}(?:['-][^\W\d_]+)*\b"


def key_terms(groups: Sequence[Sequence[str]], beside: Sequence[str] = ()) -> list[list[str]]:
    """Return the terms of each group of texts, most telling first.

    The weight of a term in a group is its share of the group's words times the logarithm of 1 plus
    the mean number of words a group has over the number of times that the term occurs. Terms that
    are about as common in the other texts count only where a group has no others.

    Args:
        groups: the texts of each.
        beside: texts of no group, such as examples of classes.

    Source:
        Grootendorst 2022, "BERTopic", equation 2.
    """
    with one_import():
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    every = [*groups, beside]
    texts = [text[:MOST_CHARACTERS] for one in every for text in one]
    owners = np.repeat(np.arange(len(every)), [len(one) for one in every])
    words_of_texts = re.findall(WORD, " ".join(texts).lower())
    others = function_words(words_of_texts, ENGLISH_STOP_WORDS)
    counter = CountVectorizer(
        stop_words=sorted(ENGLISH_STOP_WORDS | others), ngram_range=(1, 2), max_features=MOST_WORDS,
        token_pattern=WORD,
    )  # fmt: skip
    try:
        by_text = counter.fit_transform(texts).astype(np.float64)
    except ValueError:  # no word in any text
        return [[] for _ in groups]
    words = counter.get_feature_names_out()
    totals = _sums(by_text)
    rarity = np.log1p(totals.sum() / len(every) / totals)
    terms = []
    for group in range(len(groups)):
        in_group = owners == group
        counts = _sums(by_text[in_group])
        present = np.flatnonzero(counts)
        is_apart = _are_apart(by_text > 0, in_group)[present]
        places = present[is_apart] if is_apart.any() else present
        weights = counts[places] / max(counts.sum(), 1.0) * rarity[places]
        best = places[np.argsort(-weights, kind="stable")[: 6 * MOST_TERMS]]
        terms.append(_distinct([str(words[i]) for i in best]))
    return terms


def _sums(matrix: Any) -> Doubles:
    """Return the sum of each column of a sparse matrix."""
    return np.asarray(matrix.sum(axis=0), np.float64).reshape(-1)


def _are_apart(has_term: Any, in_group: Mask) -> Mask:
    """Return which terms tell the documents of a group from the others, by their shares."""
    share = _sums(has_term[in_group]) / max(int(in_group.sum()), 1)
    elsewhere = _sums(has_term[~in_group]) / max(int((~in_group).sum()), 1)
    return np.asarray(share >= APART * elsewhere)


def _distinct(ranked: Sequence[str]) -> list[str]:
    """Leave out terms whose words are all in a better term, and the other way round."""
    distinct: list[str] = []
    for term in ranked:
        words = set(term.split())
        if not any(words <= set(c.split()) or set(c.split()) <= words for c in distinct):
            distinct.append(term)
    return distinct[:MOST_TERMS]


def proposed_name(terms: Sequence[str]) -> str:
    """Return a name for a class of these terms; empty where there are none."""
    return " ".join(terms[:IN_A_NAME])


def description_of(terms: Sequence[str]) -> str:
    """Return a description for a class of these terms; empty where there are none."""
    return f"documents about {', '.join(terms)}" if terms else ""
