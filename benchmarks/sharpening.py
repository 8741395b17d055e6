"""What unlabelled documents teach: accuracy before and after ``sharpen``, beside strangers.

``python -m benchmarks.sharpening [--tables]``: BANKING77, CLINC150, newsgroups20 and HuffPost. A
third of the classes is unknown, chosen anew in each draw; the others are described by their names
and have 0, 1, 2, 5 or 10 examples. Half of the other documents pass by, with 0, 30 or 60 %
strangers among them; the other half of the known classes' documents are the queries. Everything
goes through the public API. The numbers in ``arithmetic/sharpening.py`` were chosen on the train
and validation classes of the first published folds of BANKING77 and CLINC150, with other draws.
Each draw is kept in ``.bench/sharpening`` and not made again.
"""

from __future__ import annotations

import json
import time

import numpy as np

from benchmarks.command_line import command_line, tables_option
from benchmarks.data_sets import Data, embed, require_data, rows_of
from benchmarks.intervals import Sampling, interval_text
from benchmarks.keep import keep
from benchmarks.newsgroups import POSTS
from benchmarks.open_worlds import any_data
from benchmarks.results import CACHE, log_line, save, table
from benchmarks.spaces import accuracy_by_head, space_of
from protolabel import Document

KEPT = CACHE / "sharpening"
SETS = ("banking77", "clinc150", "newsgroups20", "huffpost")
SHOTS, STRANGERS, DRAWS = (0, 1, 2, 5, 10), (0.0, 0.3, 0.6), 4
MOST_PASSING, MOST_QUERIES = 2000, 1500
PER_CLASS = 60  # documents of HuffPost that are used
METHODS = ("prototypes", "prototypes, sharpened", "refined", "refined, sharpened")


def data_of(name: str) -> Data:
    """A data set by name."""
    return huffpost() if name == "huffpost" else any_data(name)


def huffpost() -> Data:
    """HuffPost headlines, 60 a class, always the same."""
    rows = rows_of("bao_huffpost")
    labels = json.loads((require_data("bao_huffpost") / "labels.json").read_text("utf-8"))
    order = sorted({row["label"] for row in rows})
    names = [_words(labels, label) for label in order]
    index = {label: k for k, label in enumerate(order)}
    y = np.array([index[row["label"]] for row in rows])
    places = np.random.default_rng(0).permutation(len(rows))
    some = np.concatenate([places[y[places] == k][:PER_CLASS] for k in range(len(order))])
    texts = [rows[i]["text"] for i in some]
    vectors = embed(texts + names)
    n = len(texts)
    return Data("huffpost", texts, y[some], names, vectors[:n], vectors[n:])


def _words(labels: dict[str, object], label: str) -> str:
    value = labels.get(label, label)
    if isinstance(value, dict):
        value = value["name"]
    return str(value).replace("_", " ").lower()


def one_draw(data: Data, shots: int, share: float, seed: int) -> dict[str, float]:
    """Accuracy on queries before and after documents have passed by."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(len(data.names))
    classes_inside = np.sort(classes[len(classes) // 3 :])
    order = rng.permutation(len(data.y))
    support = [order[data.y[order] == c][:shots] for c in classes_inside]
    rest = np.setdiff1d(order, np.concatenate(support).astype(np.int64))
    inside = rng.permutation(rest[np.isin(data.y[rest], classes_inside)])
    strangers = rng.permutation(rest[~np.isin(data.y[rest], classes_inside)])
    passing, queries = inside[: len(inside) // 2], inside[len(inside) // 2 :]
    queries = queries[:MOST_QUERIES]
    most = min(MOST_PASSING, int(len(passing) / (1 - share)))
    if share:
        most = min(most, int(len(strangers) / share))
    others, most = strangers[: round(most * share)], round(most * (1 - share))
    passing = rng.permutation(np.concatenate([passing[:most], others]))
    data_inside = data.only(classes_inside.tolist())
    place = np.flatnonzero(np.isin(data.y, classes_inside))
    own = np.searchsorted(place, np.sort(np.concatenate(support).astype(np.int64)))
    query_rows = np.searchsorted(place, queries)
    truth = data_inside.y[query_rows]
    with space_of(data_inside, own, refine=True) as space:
        values = accuracy_by_head(space, data_inside, query_rows, truth)
        stream = (
            Document(str(i), data.texts[i], embedding=data.embeddings[i]) for i in passing.tolist()
        )
        list(space.label_many(stream, alternatives=1, evidence=0))
        space.sharpen()
        after = accuracy_by_head(space, data_inside, query_rows, truth)
        values |= {f"{head}, sharpened": share for head, share in after.items()}
        values["kappa, sharpened"] = space.settings.kappa
        version = space.version
        space.sharpen()
        values["second pass"] = float(space.version != version)
    return values | {"queries": float(len(query_rows)), "passing": float(len(passing))}


def study(name: str, tables: bool) -> dict[str, list[dict[str, float]]]:
    """All draws of a data set; those that are kept are not made again, and none for ``tables``."""
    KEPT.mkdir(parents=True, exist_ok=True)
    values: dict[str, list[dict[str, float]]] = {}
    data = None
    for shots in SHOTS:
        for share in STRANGERS:
            for seed in range(DRAWS):
                path = KEPT / f"{name}-{shots}-{share}-{seed}.json"
                if not path.exists():
                    if tables:
                        continue
                    data = data or data_of(name)
                    keep(path, json.dumps(one_draw(data, shots, share, 100 + seed)))
                values.setdefault(f"{shots}/{share}", []).append(json.loads(path.read_text()))
            if some := values.get(f"{shots}/{share}"):
                log_line(f"{name} {shots} {share}: {_means(some)}")
    return values


def _means(draws: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(float(np.mean([d[key] for d in draws])), 2) for key in draws[0]}


def body_of(values: dict[str, dict[str, list[dict[str, float]]]]) -> str:
    """The page, without its foot."""
    body = [
        "# What unlabelled documents teach", "",
        "Accuracy in % on other documents, before and after "
        "[`protolabel sharpen`](../living-labels.md#learn-from-remembered-documents), by examples "
        "a class. Two thirds of the classes are known, described by their names alone; the others "
        "are strangers. Mean ± 95 % interval (t) for new examples and new documents; the "
        "difference is paired, over draws. The settings were chosen on the train and validation "
        "classes of the first folds of BANKING77 and CLINC150; newsgroups20 and HuffPost had no "
        f"part in it. {POSTS['beginning']}", "",
    ]  # fmt: skip
    for name, by_case in values.items():
        for share in STRANGERS:
            rows = []
            cases = {s: by_case.get(f"{s}/{share}") for s in SHOTS}
            for method in METHODS:
                rows.append([method, *(_cell(draws, method) for draws in cases.values())])
            for kind in ("prototypes", "refined"):
                gain = [_gain(draws, kind) for draws in cases.values()]
                rows.append([f"difference, {kind}", *gain])
            some = next((d for d in cases.values() if d), None)
            if some is None:
                continue
            passing = round(float(np.mean([d["passing"] for d in some])))
            body += [
                f"**{name}**, {share:.0%} strangers among about {passing:,} passing documents, "
                f"{len(some)} draws:", "",
                table(["method", *map(str, SHOTS)], rows), "",
            ]  # fmt: skip
    again = [
        d["second pass"] for by_case in values.values() for draws in by_case.values() for d in draws
    ]
    body.append(
        f"A second pass over the same documents changed something in {sum(again):.0f} of "
        f"{len(again)} draws."
    )
    return "\n".join(body)


def _cell(draws: list[dict[str, float]] | None, method: str) -> str:
    if not draws:
        return "-"
    how = Sampling(int(np.mean([d["queries"] for d in draws])))
    return interval_text([d[method] for d in draws], how=how)


def _gain(draws: list[dict[str, float]] | None, kind: str) -> str:
    if not draws:
        return "-"
    return interval_text([d[f"{kind}, sharpened"] - d[kind] for d in draws])


def main() -> None:
    """Run what is not kept, and write the page."""
    parser = command_line(__doc__)
    tables_option(parser, KEPT)
    options = parser.parse_args()
    start = time.perf_counter()
    values = {name: study(name, options.tables) for name in SETS}
    save(
        "sharpening", "make bench-sharpening", body_of(values), values, time.perf_counter() - start
    )


if __name__ == "__main__":
    main()
