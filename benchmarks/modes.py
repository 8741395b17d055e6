"""One against several prototypes a class, where a class hides several kinds of documents.

``python -m benchmarks.modes [COLUMN ...]``: super-classes of four data sets at 5, 20 and 100
examples a class and at ``uneven`` numbers, 10 draws. Columns that are not named stay as measured.
What has a parameter gets the one that is best on the validation halves of all sets; test halves are
used once.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace

import numpy as np

from benchmarks.command_line import command_line, one_of
from benchmarks.data_sets import Data, draw, load
from benchmarks.intervals import NEW_DATA, Sampling, interval_text, mean_interval, sampling
from benchmarks.mode_candidates import CANDIDATES, Task, with_modes
from benchmarks.newsgroups import POSTS
from benchmarks.results import RESULTS, log_line, save, table
from benchmarks.super_classes import SETS, super_classes

SHOTS = (5, 20, 100)
DRAWS, INTENT_DRAWS, CHOICE_DRAWS = 10, 3, 1
MOST_QUERIES = 1000  # a draw
UNEVEN = (1, 2, 5, 20, 50)  # examples of a class, drawn for each
BUILT = "**refined and modes, as the label space takes them up**"
COLUMNS = ("5", "20", "uneven", "100")
FEW = ("one prototype", "refined", "refined and nearest example, one share")
INTENTS = ("banking77", "clinc150")  # one kind a class: modes must cost nothing

Values = dict[str, dict[str, dict[str, list[float]]]]


def task_of(data: Data, support: np.ndarray, queries: np.ndarray) -> Task:
    """One draw as vectors."""
    x, y = data.embeddings[support], data.y[support]
    return Task(x, y, data.name_embeddings, data.embeddings[queries])


def per_class(right: np.ndarray, truth: np.ndarray, classes: np.ndarray | None = None) -> float:
    """Per cent right, each class alike; of some classes only."""
    present = np.unique(truth) if classes is None else np.intersect1d(truth, classes)
    return 100.0 * float(np.mean([right[truth == k].mean() for k in present]))


def uneven(data: Data, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A draw of uneven numbers: support, queries, and the classes of one or two examples."""
    rng = np.random.default_rng(seed)
    counts = rng.permutation(np.resize(UNEVEN, len(data.names)))
    full = draw(data, max(UNEVEN), seed, MOST_QUERIES)
    labels = data.y[full.support]
    support = [full.support[labels == k][:n] for k, n in enumerate(counts.tolist())]
    return np.concatenate(support), full.queries, np.flatnonzero(counts <= 2)


def chosen_values(halves: dict[str, Data]) -> dict[str, float]:
    """The parameter of each candidate that is best on average over validation halves."""
    values = {name: options[0] for name, (_, options) in CANDIDATES.items()}
    for name, (candidate, options) in CANDIDATES.items():
        if len(options) < 2:
            continue
        means = {}
        for value in options:
            rights = []
            for data in halves.values():
                for shots in SHOTS:
                    for seed in range(CHOICE_DRAWS):
                        one = draw(data, shots, 100 + seed, MOST_QUERIES)
                        scores = candidate(task_of(data, one.support, one.queries), value)
                        truth = data.y[one.queries]
                        rights.append(per_class(scores.argmax(axis=1) == truth, truth))
            means[value] = float(np.mean(rights))
        values[name] = max(means, key=lambda value: means[value])
        log_line(f"{name}: {means}")
    return values


def study(
    data: Data, shots: int | str, chosen: dict[str, float], draws: int = DRAWS
) -> dict[str, list[float]]:
    """Per cent right by method, a draw each; ``share`` says how often modes were taken up."""
    values: dict[str, list[float]] = {}
    for seed in range(draws):
        small = None
        if isinstance(shots, str):
            support, queries, small = uneven(data, seed)
        else:
            one = draw(data, shots, seed, MOST_QUERIES)
            support, queries = one.support, one.queries
        truth = data.y[queries]
        task = task_of(data, support, queries)
        answers_of = {
            name: CANDIDATES[name][0](task, value).argmax(axis=1) for name, value in chosen.items()
        }
        scores, share = with_modes(task)
        answers_of[BUILT] = scores.argmax(axis=1)
        values.setdefault("taken up", []).append(100.0 * (share > 0))
        for name, labels in answers_of.items():
            right = labels == truth
            values.setdefault(name, []).append(per_class(right, truth))
            if small is not None:
                values.setdefault(f"{name}, few", []).append(per_class(right, truth, small))
    log_line(f"{data.name} {shots}: " + str({k: round(np.mean(v), 1) for k, v in values.items()}))
    return values


def main() -> None:
    """Run and write docs/results/modes.*, after each set what there is."""
    parser = command_line(__doc__)
    parser.add_argument("columns", metavar="COLUMN", nargs="*", type=one_of(COLUMNS))
    columns = tuple(parser.parse_args().columns) or COLUMNS
    start = time.perf_counter()
    before = json.loads((RESULTS / "modes.json").read_text()) if columns != COLUMNS else None
    sets = {title: super_classes(title) for title in SETS}
    chosen = chosen_values({title: one.half(0).data for title, one in sets.items()})
    tests = {title: one.half(1).data for title, one in sets.items()}
    tests |= {name: replace(load(name), name=name) for name in INTENTS}
    kinds = {
        title: np.unique(np.stack([one.data.y, one.hidden]), axis=1).shape[1]
        for title, one in sets.items()
    }
    values: Values = before["values"] if before else {title: {} for title in tests}
    earlier = before["seconds"] if before else 0
    few = {name: chosen[name] for name in FEW}
    for column in columns:
        for title, data in tests.items():
            if title in INTENTS + SETS[3:] and column == "100":
                continue  # an hour more
            whole = title in SETS and column != "uneven"
            draws = DRAWS if title in SETS else INTENT_DRAWS
            shots = column if column == "uneven" else int(column)
            values[title][column] = study(data, shots, chosen if whole else few, draws)
        body = page(values, tests, kinds, chosen)
        save("modes", "make bench-modes", body, values, earlier + time.perf_counter() - start)


def page(
    values: Values, tests: dict[str, Data], kinds: dict[str, int], chosen: dict[str, float]
) -> str:
    """The page, without its foot."""
    picked = ", ".join(
        f"{name} {chosen[name]:g}" for name, (_, options) in CANDIDATES.items() if len(options) > 1
    )
    parts = [
        "# Several prototypes in one class",
        "Each class holds several kinds of documents, and no method knows which. Per cent right, "
        f"each class alike, by examples a class: {NEW_DATA}, over {DRAWS} draws "
        f"({INTENT_DRAWS} for the last two sets). Each draw has at most {MOST_QUERIES:,} queries "
        "from the test half of the documents. Parameters are those that are best on the validation "
        f"halves of all sets: {picked}. All methods get the same vectors, and all but k-NN the "
        f"class names. {POSTS['stripped']}",
        "*Uneven*: classes of 1, 2, 5, 20 and 50 examples side by side; *few* are those of one or "
        "two. *Taken up*: in how many of the draws the label space took up modes itself. The "
        "intervals of gains are of differences within a draw. They speak of new examples, and of "
        "the documents that were asked about. At 100 examples the last three sets were left out.",
    ]
    for title, by_shots in values.items():
        data = tests[title]
        kind = f", {kinds[title]} kinds of documents in them" if title in kinds else ""
        parts.append(f"## {title}\n\n{len(data.names)} classes{kind}, {len(data.y):,} documents.")
        present = [column for column in ("5", "20", "100", "uneven") if column in by_shots]
        columns = present + ["uneven, few"] * ("uneven" in by_shots)
        names = [name for name in by_shots["5"] if name != "taken up"]
        rows = [
            [name, *(_cell(by_shots, name, column, data) for column in columns)] for name in names
        ]
        took = [f"{np.mean(by_shots[column]['taken up']):.0f} %" for column in present]
        if BUILT in names:
            rows.append(
                ["gain of the last over refined, draw by draw"]
                + [_gain(by_shots, column) for column in columns]
            )
        rows.append(["taken up", *took] + [""] * (len(columns) - len(took)))
        parts.append(table(["method", *columns], rows))
    return "\n\n".join(parts)


def _gain(by_shots: dict[str, dict[str, list[float]]], column: str) -> str:
    few = ", few" * column.endswith("few")
    own = by_shots[column.split(",")[0]]
    gains = np.subtract(own[f"{BUILT}{few}"], own[f"refined{few}"])
    mean, half = mean_interval(gains.tolist())
    return f"{mean:+.1f} ± {half:.1f}"


def _cell(by_shots: dict[str, dict[str, list[float]]], name: str, column: str, data: Data) -> str:
    few = column.endswith("few")
    own = by_shots[column.split(",")[0]].get(f"{name}, few" if few else name)
    if own is None:
        return "-"
    if column.startswith("uneven"):
        counts = np.bincount(data.y)
        how = Sampling(MOST_QUERIES, float((max(UNEVEN) / counts).mean()))
    else:
        how = sampling(data, int(column), MOST_QUERIES)
    return interval_text(own, how=how)


if __name__ == "__main__":
    main()
