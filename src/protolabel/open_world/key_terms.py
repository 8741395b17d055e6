"""The words that tell a group of documents from the others, and a name made of them.

c-TF-IDF, whose counting is scikit-learn's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from protolabel.import_lock import one_import
from protolabel.open_world.function_words import function_words

MOST_TERMS = 6
MOST_CHARACTERS = 4000  # of a document
MOST_WORDS = 20_000  # in the vocabulary
IN_A_NAME = 2
WORD = r"(?u)\b[^\W\d_]{2,}(?:['-][^\W\d_]+)*\b"


def key_terms(groups: Sequence[Sequence[str]], beside: Sequence[str] = ()) -> list[list[str]]:
    """Return the terms of each group of texts, most telling first.

    The weight of a term in a group is its share of the group's words times the logarithm of 1 plus
    the mean number of words a group has over the number of times that the term occurs.

    Args:
        groups: the texts of each.
        beside: texts of no group.

    Source:
        Grootendorst 2022, "BERTopic", equation 2.
    """
    with one_import():
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    joined = ["\n".join(text[:MOST_CHARACTERS] for text in texts) for texts in groups]
    joined.append("\n".join(text[:MOST_CHARACTERS] for text in beside))
    words_of_texts = re.findall(WORD, " ".join(joined).lower())
    others = function_words(words_of_texts, ENGLISH_STOP_WORDS)
    counter = CountVectorizer(
        stop_words=sorted(ENGLISH_STOP_WORDS | others), ngram_range=(1, 2), max_features=MOST_WORDS,
        token_pattern=WORD,
    )  # fmt: skip
    try:
        counts = counter.fit_transform(joined).astype(np.float64)
    except ValueError:  # no word in any text
        return [[] for _ in groups]
    words = counter.get_feature_names_out()
    totals = np.asarray(counts.sum(axis=0)).reshape(-1)
    rarity = np.log1p(counts.sum() / counts.shape[0] / totals)
    terms = []
    for row in range(len(groups)):
        in_group = counts[row]
        weights = in_group.data / max(in_group.data.sum(), 1.0) * rarity[in_group.indices]
        best = in_group.indices[np.argsort(-weights, kind="stable")[: 6 * MOST_TERMS]]
        terms.append(_distinct([str(words[i]) for i in best]))
    return terms


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
