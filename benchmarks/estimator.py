"""``PrototypicalClassifier`` beside scikit-learn's own classifiers on five sets of texts.

``python -m benchmarks.estimator``: all classes of a set at once, 1, 5 and 10 examples a class, 3
draws; every classifier gets the same vectors of the default encoder. Of each class at most 60
documents are used, and classes with fewer than 20 are left out.
"""

from __future__ import annotations

import json
import re
import time
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

from benchmarks.common import (
    NEW_DATA,
    Data,
    draw,
    embed,
    interval_text,
    log_line,
    require_data,
    rows_of,
    sampling,
    save,
    table,
)
from protolabel import PrototypicalClassifier

SHOTS = (1, 5, 10)
DRAWS = 3
MOST, FEWEST = 60, 20  # documents of a class
SETS = {
    "BANKING77": "protaugment_banking77",
    "HuffPost": "bao_huffpost",
    "20 Newsgroups": "newsgroups20",
    "DBpedia, level 2": "dbpedia_l2",
    "CLINC150": "protaugment_clinc150",
}


def stripped(post: str) -> str:
    """A newsgroup post without headers, quotations and signature."""
    body = post.partition("\n\n")[2]
    body = re.split(r"^-- ?$", body, flags=re.MULTILINE)[0]
    return "\n".join(line for line in body.splitlines() if not re.match(r"\s*[>|:]", line)).strip()


def names_of(folder: str) -> Mapping[str, Mapping[str, str]]:
    """The entry of each label in labels.json."""
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))
    return labels.get("l2", labels)


def sample(title: str) -> Data:
    """A part of a data set, with the embeddings of its texts and class names."""
    folder = SETS[title]
    names = names_of(folder)
    rows = rows_of(folder)
    texts = [stripped(r["text"]) if folder == "newsgroups20" else r["text"] for r in rows]
    by_label: dict[str, list[str]] = {}
    for i in np.random.default_rng(0).permutation(len(rows)).tolist():
        if len(texts[i].split()) > 2:
            by_label.setdefault(str(rows[i]["label"]), []).append(texts[i])
    order = sorted(label for label, own in by_label.items() if len(own) >= FEWEST)
    chosen = [text for label in order for text in by_label[label][:MOST]]
    y = np.repeat(np.arange(len(order)), [len(by_label[label][:MOST]) for label in order])
    words = [names[label]["name"].lower().replace("_", " ") for label in order]
    vectors = embed(chosen + words)
    return Data(title, chosen, y, words, vectors[: len(chosen)], vectors[len(chosen) :])


def classifiers(shots: int, names: np.ndarray) -> Iterator[tuple[str, Any, bool]]:
    """Title, classifier, and whether it gets the names as one more example a class."""
    described = dict(enumerate(names))
    yield "PrototypicalClassifier, names", PrototypicalClassifier(descriptions=described), False
    plain = PrototypicalClassifier(descriptions=described, refine=False)
    yield "the same, refine=False", plain, False
    yield "PrototypicalClassifier, no names", PrototypicalClassifier(), False
    yield "NearestCentroid", NearestCentroid(), False
    yield "LogisticRegression", LogisticRegression(max_iter=300), False
    yield "LogisticRegression, C = 30", LogisticRegression(C=30.0, max_iter=300), False
    yield "LogisticRegression, C = 30, names", LogisticRegression(C=30.0, max_iter=300), True
    k = min(5, shots)
    neighbours = KNeighborsClassifier(n_neighbors=k, weights="distance", metric="cosine")
    yield "k-NN (5, distance)", neighbours, False


def one_draw(data: Data, shots: int, seed: int) -> dict[str, tuple[float, float]]:
    """Accuracy in per cent and seconds of fitting, by classifier."""
    chosen = draw(data, shots, seed)
    x, y = data.embeddings[chosen.support], data.y[chosen.support]
    outcome: dict[str, tuple[float, float]] = {}
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
        score = classifier.score(data.embeddings[chosen.queries], data.y[chosen.queries])
        outcome[title] = 100.0 * float(score), seconds
    return outcome


Values = dict[str, dict[str, dict[str, list[float]]]]


def main() -> None:
    """Run and write docs/results/estimator.*, after each set what there is."""
    start = time.perf_counter()
    values: Values = {}
    cells: dict[str, dict[str, list[str]]] = {}
    sizes: dict[str, str] = {}
    for title in SETS:
        data = sample(title)
        sizes[title] = f"{len(data.names)} classes, {len(data.y):,} documents."
        values[title], cells[title] = {}, {}
        for shots in SHOTS:
            draws = [one_draw(data, shots, seed) for seed in range(DRAWS)]
            own = values[title].setdefault(str(shots), {})
            for name in draws[0]:
                own[name] = [outcome[name][0] for outcome in draws]
                own[f"{name}, seconds"] = [outcome[name][1] for outcome in draws]
                cell = interval_text(own[name], how=sampling(data, shots))
                cells[title].setdefault(name, []).append(cell)
            log_line(
                f"{title} {shots}: " + ", ".join(f"{n} {c[-1]}" for n, c in cells[title].items())
            )
        seconds = time.perf_counter() - start
        save("estimator", "make bench-estimator", page(values, cells, sizes), values, seconds)


def page(values: Values, cells: dict[str, dict[str, list[str]]], sizes: dict[str, str]) -> str:
    """The tables in words: one a set, and one of the time that fitting takes."""
    parts = [
        "# The estimator beside scikit-learn's classifiers",
        f"Per cent right by examples a class, all classes of a set at once, {NEW_DATA}, over "
        f"{DRAWS} draws. Of each class at most {MOST} documents are used; queries are all of them "
        "that were not drawn. Every classifier gets the same vectors (all-MiniLM-L6-v2). *Names*: "
        "the class names alone, as descriptions, or as one more example of each class.",
    ]
    head = ["classifier", *map(str, SHOTS)]
    for title, own in cells.items():
        rows = [[name, *row] for name, row in own.items()]
        parts += [f"## {title}", sizes[title], table(head, rows)]
    slowest: dict[str, float] = {}
    for by_shots in values.values():
        for outcomes in by_shots.values():
            for name, numbers in outcomes.items():
                if name.endswith(", seconds"):
                    classifier = name.removesuffix(", seconds")
                    median = float(np.median(numbers))
                    slowest[classifier] = max(slowest.get(classifier, 0.0), median)
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
