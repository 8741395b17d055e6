"""Worlds for the open-world benchmark: known classes in a label space, others as strangers.

Each world is asked through the public API. Its answers come back as arrays, with the queries that
rivals are fitted to, so that every method has the same examples.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from benchmarks.data_sets import Data, embed, load, require_data, rows_of
from benchmarks.newsgroups import newsgroup_text
from benchmarks.spaces import name_of, ranked, space_of
from protolabel import LabelSpace
from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.scored_queries import ScoredQueries

MOST_OF_A_CLASS = {"newsgroups20": 100, "dbpedia_l2": 60}  # documents that are used
CONTRACT_FOLDER = "cuad_pdfs"


@dataclass(frozen=True, eq=False)
class Replies:
    """Answers for n documents, as arrays of n.

    scores: best; probabilities: of the best class if the document belongs to one; chances: that the
    best class is right; none: the chance of none of these; right: whether the best class is; taken:
    whether there is a label. sets, members: whether the label set holds the right label, and how
    many it holds.
    """

    scores: np.ndarray
    probabilities: np.ndarray
    chances: np.ndarray
    none: np.ndarray
    right: np.ndarray
    taken: np.ndarray
    sets: np.ndarray
    members: np.ndarray
    best: np.ndarray


def replies(
    space: LabelSpace, data: Data, rows: np.ndarray, *, names: Sequence[str], coverage: float = 0.9
) -> Replies:
    """The answers for documents of ``data``; ``names`` are their right classes, "" for none."""
    decisions = ranked(space.view(), data, rows, coverage)
    n = len(rows)
    nothing = np.full(n, np.nan)
    best = np.array([decisions.labels[int(c)] for c in decisions.columns[:, 0]])
    p = nothing if decisions.probabilities is None else decisions.probabilities[:, 0]
    none = nothing if decisions.none is None else decisions.none
    sets: Sequence[tuple[str | None, ...] | None] = decisions.sets or [None] * n
    return Replies(
        decisions.scores[:, 0].astype(float),
        p,
        p * (1.0 - none),
        none,
        np.array([b == n for b, n in zip(best, names, strict=True)]),
        np.array([key is not None for key in decisions.answer_keys]),
        np.array([s is not None and (n or None) in s for s, n in zip(sets, names, strict=True)]),
        np.array([np.nan if s is None else len(s) for s in sets]),
        best,
    )


@dataclass(frozen=True, eq=False)
class World:
    """A data set of which some classes are known: rows of support, of queries, of strangers."""

    data: Data
    classes: list[int]
    support: np.ndarray
    queries: np.ndarray
    strangers: np.ndarray

    def space(self, *, refine: bool = True) -> LabelSpace:
        """The label space, settled."""
        some = self.data.only(self.classes)
        place = np.flatnonzero(np.isin(self.data.y, self.classes))
        space = space_of(some, np.searchsorted(place, self.support), refine=refine)
        space.configure(threshold="auto")
        space.settle()
        return space

    def names(self, rows: np.ndarray) -> list[str]:
        """The name in the label space of each row's class; "" for a stranger."""
        some = self.data.only(self.classes)
        place = {c: name_of(some, k) for k, c in enumerate(self.classes)}
        return [place.get(int(c), "") for c in self.data.y[rows]]


def world(
    data: Data, way: int, shots: int, seed: int, queries: int = 2000, kept: int | None = None
) -> World:
    """Some classes by chance, and of each some documents as examples; the others are strangers."""
    rng = np.random.default_rng(seed)
    classes = np.flatnonzero(np.bincount(data.y[data.y >= 0]) > shots)
    chosen = sorted(rng.permutation(classes)[:way].tolist())
    order = rng.permutation(len(data.y))
    support = np.sort(np.concatenate([order[data.y[order] == c][:shots] for c in chosen]))
    rest = np.setdiff1d(order, support)
    inside = np.isin(data.y[rest], chosen)
    some = rng.permutation(rest[inside])[:queries], rng.permutation(rest[~inside])[:queries]
    return World(data, chosen, support, np.sort(some[0]), np.sort(some[1]))


def clinc_world(data: Data, sets: np.ndarray, shots: int, seed: int) -> World:
    """All 150 intents with examples of the training set; strangers are the out-of-scope queries."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(np.flatnonzero(sets == "train"))
    classes = list(range(len(data.names)))
    support = np.sort(np.concatenate([order[data.y[order] == c][:shots] for c in classes]))
    return World(
        data, classes, support, np.flatnonzero(sets == "test"), np.flatnonzero(sets == "oos_test")
    )


# -- data ---------------------------------------------------------------------------------------


@cache
def clinc_oos() -> tuple[Data, np.ndarray]:
    """CLINC150 with its out-of-scope queries (y = -1), and the set of each document."""
    rows = rows_of("clinc150_oos")
    base = load("clinc150")
    order = sorted({row["label"] for row in rows} - {"oos"})
    index = {label: k for k, label in enumerate(order)} | {"oos": -1}
    texts = [row["text"] for row in rows]
    y = np.array([index[row["label"]] for row in rows])
    data = replace(base, name="clinc150_oos", texts=texts, y=y, embeddings=embed(texts))
    return data, np.array([row["set"] for row in rows])


@cache
def any_data(name: str) -> Data:
    """A data set by name, of two of them ``MOST_OF_A_CLASS`` documents a class; always the same."""
    if name in ("banking77", "clinc150"):
        return load(name)
    if name == "contracts":
        return contracts()
    folder = {"newsgroups20": "newsgroups20", "dbpedia_l2": "dbpedia_l2"}[name]
    rows = rows_of(folder)
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))
    labels = labels.get("l2", labels)
    order = sorted(labels)
    index = {label: k for k, label in enumerate(order)}
    rng = np.random.default_rng(0)
    y = np.array([index[row["label"]] for row in rows])
    places = rng.permutation(len(rows))
    large = [k for k in range(len(order)) if (y == k).sum() >= 20]
    some = np.concatenate([places[y[places] == k][: MOST_OF_A_CLASS[name]] for k in large])
    texts = [
        newsgroup_text(rows[i]["text"], "beginning") if name == "newsgroups20" else rows[i]["text"]
        for i in some
    ]
    names = [labels[order[k]].get("name_meta_sn") or labels[order[k]]["name"] for k in large]
    vectors = embed(texts + names)
    new = {k: i for i, k in enumerate(large)}
    return Data(
        name, texts, np.array([new[int(y[i])] for i in some]), names,
        vectors[: len(texts)], vectors[len(texts) :],
    )  # fmt: skip


def contracts() -> Data:
    """Contracts as PDF files, whole, by the reader and the passages of a label space."""
    from protolabel import read_documents

    folder = require_data(CONTRACT_FOLDER)
    kinds = sorted(p.name for p in folder.iterdir() if p.is_dir())
    texts, y = [], []
    for k, kind in enumerate(kinds):
        for document in read_documents([str(folder / kind)]):
            texts.append(document.text or "")
            y.append(k)
    names = [kind.replace("-", " ") + " agreement" for kind in kinds]
    vectors = embed(texts + names)
    return Data(
        "contracts", texts, np.array(y), names, vectors[: len(texts)], vectors[len(texts) :]
    )


# -- measures and rivals ------------------------------------------------------------------------


def auroc(near: np.ndarray, far: np.ndarray) -> float:
    """Per cent of pairs in which the known query scores higher; ties count half."""
    order = np.sort(far)
    below = np.searchsorted(order, near, "left") + np.searchsorted(order, near, "right")
    return 100.0 * float(below.mean()) / (2 * len(far))


def false_positives(near: np.ndarray, far: np.ndarray) -> float:
    """Per cent of strangers accepted where 95 % of known queries are."""
    return 100.0 * float((far >= np.quantile(near, 0.05)).mean())


def calibration_error(p: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error in per cent, in bins of the same width."""
    place = np.minimum((p * bins).astype(int), bins - 1)
    return 100.0 * sum(abs((right - p)[place == b].sum()) for b in range(bins)) / len(p)


def brier(p: np.ndarray, right: np.ndarray) -> float:
    """Mean squared difference of probability and outcome, in per cent."""
    return 100.0 * float(((right - p) ** 2).mean())


def rival_chances(space: LabelSpace, scores: np.ndarray, share: float) -> dict[str, np.ndarray]:
    """Platt and isotonic of the same simulated queries and strangers: chance of a right answer."""
    calibration = space.view().calibration
    assert isinstance(calibration, Calibration)
    queries = calibration.queries
    assert isinstance(queries, ScoredQueries)
    x = np.concatenate([queries.best_scores, queries.stranger_best_scores])
    right = np.concatenate([queries.right, np.zeros(len(queries.stranger_best_scores))])
    m, s = len(queries.best_scores), max(len(queries.stranger_best_scores), 1)
    weights = np.concatenate([np.full(m, (1 - share) / m), np.full(len(x) - m, share / s)])
    if len(set(right[weights > 0])) < 2:
        return {}
    weights *= len(x)
    platt = LogisticRegression(C=1e4).fit(10 * x[:, None], right, sample_weight=weights)
    steps = IsotonicRegression(out_of_bounds="clip", y_min=0, y_max=1)
    steps.fit(x, right, sample_weight=weights)
    return {
        "Platt": platt.predict_proba(10 * scores[:, None])[:, 1],
        "isotonic": steps.predict(scores),
    }
