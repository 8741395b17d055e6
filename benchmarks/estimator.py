"""``PrototypicalClassifier`` beside scikit-learn's own classifiers on all sets of texts.

``python -m benchmarks.estimator [DRAWS]``: all classes of a set at once, 1, 5 and 10 examples a
class (contracts: 1 and 3); every classifier gets the same vectors of the default encoder. Of each
class at most 60 documents are used, and classes with fewer than 20 are left out, but for contracts.
Each draw is kept in ``.bench/estimator`` and not made again.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

from benchmarks.command_line import command_line
from benchmarks.data_sets import Data, draw
from benchmarks.intervals import NEW_DATA, interval_text, paired_text, sampling
from benchmarks.newsgroups import POSTS
from benchmarks.results import CACHE, kept_result, log_line, save, table
from benchmarks.text_sets import MOST, SETS, sample
from protolabel import PrototypicalClassifier

SHOTS = (1, 5, 10)
FEW_SHOTS = {"Contracts": (1, 3)}  # of sets with few documents a class
DRAWS = 10
OURS, RIVAL = "PrototypicalClassifier, names", "LogisticRegression, C = 30, names"
PLAIN = "LogisticRegression"
Outcome = dict[str, dict[str, float]]


def classifiers(shots: int, names: np.ndarray) -> Iterator[tuple[str, Any, bool]]:
    """Title, classifier, and whether it gets the names as one more example a class."""
    described = dict(enumerate(names))
    yield OURS, PrototypicalClassifier(descriptions=described), False
    plain = PrototypicalClassifier(descriptions=described, refine=False)
    yield "the same, refine=False", plain, False
    yield "PrototypicalClassifier, no names", PrototypicalClassifier(), False
    yield "NearestCentroid", NearestCentroid(), False
    yield PLAIN, LogisticRegression(max_iter=300), False
    yield f"{PLAIN}, names", LogisticRegression(max_iter=300), True
    yield "LogisticRegression, C = 30", LogisticRegression(C=30.0, max_iter=300), False
    yield RIVAL, LogisticRegression(C=30.0, max_iter=300), True
    k = min(5, shots)
    neighbours = KNeighborsClassifier(n_neighbors=k, weights="distance", metric="cosine")
    yield "k-NN (5, distance)", neighbours, False


def one_draw(data: Data, shots: int, seed: int) -> Outcome:
    """Accuracy, and documents on which it and ours differ, in per cent; seconds of fitting."""
    chosen = draw(data, shots, seed)
    x, y = data.embeddings[chosen.support], data.y[chosen.support]
    truth = data.y[chosen.queries]
    outcome: Outcome = {}
    ours = np.empty(0, np.bool_)
    for title, classifier, names in classifiers(shots, data.name_embeddings):
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # convergence: three hundred steps are the limit
            if names:
                rows = np.concatenate([x, data.name_embeddings])
                classifier.fit(rows, np.concatenate([y, np.arange(len(data.names))]))
            else:
                classifier.fit(x, y)
        seconds = time.perf_counter() - start
        right = classifier.predict(data.embeddings[chosen.queries]) == truth
        ours = right if title == OURS else ours
        outcome[title] = {
            "accuracy": 100.0 * float(right.mean()),
            "differs": 100.0 * float((right != ours).mean()),
            "seconds": seconds,
        }
    return outcome


Values = dict[str, dict[str, dict[str, dict[str, list[float]]]]]


def study(data: Data, shots: int, draws: int) -> dict[str, dict[str, list[float]]]:
    """The values of all draws, by classifier and measure."""
    name = SETS[data.name]
    outcomes = [
        kept_result(
            CACHE / "estimator" / f"{name}-{shots}-{seed}.json",
            partial(one_draw, data, shots, seed),
        )
        for seed in range(draws)
    ]
    return {
        title: {measure: [one[title][measure] for one in outcomes] for measure in first}
        for title, first in outcomes[0].items()
    }


def main() -> None:
    """Run what is not kept, and write docs/results/estimator.*, after each set what there is."""
    parser = command_line(__doc__)
    parser.add_argument("draws", metavar="DRAWS", nargs="?", type=int, default=DRAWS)
    draws = parser.parse_args().draws
    values: Values = {}
    cells: Cells = {}
    sizes: list[list[str]] = []
    for title in SETS:
        data = sample(title)
        sizes.append([title, str(len(data.names)), f"{len(data.y):,}"])
        values[title], cells[title] = {}, {}
        for shots in FEW_SHOTS.get(title, SHOTS):
            own = values[title][str(shots)] = study(data, shots, draws)
            cells[title][shots] = cells_of(own, data, shots)
            log_line(f"{title} {shots}: {cells[title][shots]}")
        save("estimator", "make bench-estimator", page(values, cells, sizes, draws), values, None)


Cells = dict[str, dict[int, dict[str, str]]]  # by set, examples a class, and row


def cells_of(own: dict[str, dict[str, list[float]]], data: Data, shots: int) -> dict[str, str]:
    """A column of a table: the accuracies, and what ours has more than two others."""
    how = sampling(data, shots)
    column = {name: interval_text(one["accuracy"], how=how) for name, one in own.items()}
    for rival in (RIVAL, PLAIN):
        more = np.subtract(own[OURS]["accuracy"], own[rival]["accuracy"]).tolist()
        column[f"first line minus {rival}"] = paired_text(more, own[rival]["differs"], how)
    return column


def page(values: Values, cells: Cells, sizes: list[list[str]], draws: int) -> str:
    """The tables in words: one a number of examples, and one of the time that fitting takes."""
    parts = [
        "# The estimator beside scikit-learn's classifiers",
        f"Per cent right, all classes of a set at once, {NEW_DATA}, over {draws} draws. At "
        f"most {MOST} documents of each class are used; those that are not drawn as examples are "
        "the queries. "
        "Every classifier gets the same vectors (all-MiniLM-L6-v2). *Names*: the class names "
        "alone, as descriptions, or as one more example of each class. The last two lines are "
        "paired: both classifiers answer the same documents from the same examples.",
        "Only those comments of GoEmotions are used that have exactly one emotion; [several "
        "labels](multi_label.md) has all of them. The sentences of FewRel are used without the "
        "places of the two names that stand in the relation. Contracts are the PDF files, with "
        f"1 and 3 examples, because most types have fewer than ten. {POSTS['stripped']}",
        table(["set", "classes", "documents"], sizes),
    ]
    for shots in sorted({s for by_shots in cells.values() for s in by_shots}):
        own = {title: by_shots[shots] for title, by_shots in cells.items() if shots in by_shots}
        rows = [
            [name, *(column[name] for column in own.values())] for name in next(iter(own.values()))
        ]
        title = "1 example" if shots == 1 else f"{shots} examples"
        parts += [f"## {title} a class", table(["classifier", *own], rows)]
    slowest: dict[str, float] = {}
    for by_shots in values.values():
        for outcomes in by_shots.values():
            for name, one in outcomes.items():
                slowest[name] = max(slowest.get(name, 0.0), float(np.median(one["seconds"])))
    parts += [
        "## Seconds of fitting",
        "The median over draws in the slowest of the cases above, beside other work. That of "
        "`PrototypicalClassifier` includes the calibration, which fits the linear step eight times "
        "more.",
        table(["classifier", "seconds"], [[n, f"{s:.2f}"] for n, s in slowest.items()]),
    ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
