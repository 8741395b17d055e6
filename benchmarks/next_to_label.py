"""Labels needed for 80 and 85 % when the tool says what to label next, beside chance and rivals.

``python -m benchmarks.next_to_label [--tables]``: BANKING77 and CLINC150, names as descriptions, no
example at first; 50 labels a round among 2,000 documents, accuracy on 2,000 others. The rule was
chosen on the training and validation classes of BANKING77 (docs/decisions/0041-next-to-label.md),
so that the test classes of each set stand beside all of them. Each draw is kept in
``.bench/next_to_label``.
"""

from __future__ import annotations

from functools import cache, partial
from itertools import product

import numpy as np
from sklearn.cluster import KMeans

from benchmarks.command_line import command_line, tables_option
from benchmarks.data_sets import Data, fold, load
from benchmarks.intervals import interval_text, mean_interval
from benchmarks.open_worlds import replies
from benchmarks.results import CACHE, kept_result, save, table
from benchmarks.spaces import name_of, ranked, space_of
from protolabel import Document, Example, LabelSpace
from protolabel.open_world.next_to_label import next_to_label

KEPT = CACHE / "next_to_label"
DRAWS, CHOICE, QUERIES, BATCH, MOST = 10, 2000, 2000, 50, 1000
TARGETS = (80.0, 85.0)
SETS = {
    "clinc150-all": "CLINC150, all 150 classes",
    "banking77-all": "BANKING77, all 77 classes",
    "clinc150-test": "CLINC150, 50 test classes",
    "banking77-test": "BANKING77, 27 test classes",
}
METHODS = {
    "next": "protolabel next",
    "random": "by chance",
    "lead": "smallest lead (margin sampling)",
    "centres": "k-means centres",
}


@cache
def data_of(key: str) -> Data:
    """A data set, or its test classes alone."""
    name, part = key.split("-")
    data = load(name)
    return data if part == "all" else data.only(sorted(fold(name)["test"]))


def one_draw(key: str, method: str, seed: int) -> list[float]:
    """Accuracy with no label, and after each round, until 85 % or ``MOST`` labels are reached."""
    data = data_of(key)
    order = np.random.default_rng(seed).permutation(len(data.y))
    pool, queries = order[:CHOICE], order[CHOICE:][:QUERIES]
    names = [name_of(data, int(c)) for c in data.y[queries]]
    rng = np.random.default_rng(1000 + seed)
    curve: list[float] = []
    with space_of(data, pool[:0], refine=True) as space:
        while True:
            space.settle()
            curve.append(100 * float(replies(space, data, queries, names=names).right.mean()))
            if curve[-1] >= TARGETS[-1] or BATCH * len(curve) > MOST:
                return curve
            some = chosen(method, space, data, pool, rng)
            space.add(
                Example(name_of(data, int(data.y[i])), data.texts[i], embedding=data.embeddings[i])
                for i in some.tolist()
            )
            pool = np.setdiff1d(pool, some)


def chosen(
    method: str, space: LabelSpace, data: Data, pool: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The rows of the documents to label next."""
    if method == "random":
        return rng.permutation(pool)[:BATCH]
    if method == "lead":
        return pool[np.argsort(leads(space, data, pool), kind="stable")[:BATCH]]
    if method == "centres":
        vectors = data.embeddings[pool]
        means = KMeans(BATCH, n_init=1, random_state=int(rng.integers(2**31))).fit(vectors)
        return pool[np.unique(means.transform(vectors).argmin(axis=0))]
    documents = [
        Document(str(i), data.texts[i], embedding=data.embeddings[i]) for i in pool.tolist()
    ]
    return np.array([int(one.id) for one in next_to_label(space, documents, count=BATCH).chosen])


def leads(space: LabelSpace, data: Data, pool: np.ndarray) -> np.ndarray:
    """Probability of the likeliest class less that of the next; of scores where there is none."""
    decisions = ranked(space.view(), data, pool)
    two = decisions.scores if decisions.probabilities is None else decisions.probabilities
    return two[:, 0] - two[:, 1]


def labels_for(curve: list[float], target: float) -> float:
    """Labels at which a curve first reaches a target, between two rounds on a line."""
    above = np.flatnonzero(np.array(curve) >= target)
    if not len(above):
        return float("inf")
    k = int(above[0])
    if k == 0:
        return 0.0
    return BATCH * (k - 1 + (target - curve[k - 1]) / (curve[k] - curve[k - 1]))


HEAD = f"""# What to label next

Classes are described by their names and have no example. {BATCH} labels a round are chosen among
{CHOICE:,} documents; accuracy (nearest class, refined weights) is measured on {QUERIES:,} others.
The rule of `protolabel next` was chosen on the 50 training and validation classes of BANKING77
([decision 41](../decisions/0041-next-to-label.md)); it was not chosen on test classes.

Labels needed; mean ± 95 % interval (t) over draws of documents, interpolated between two
rounds. *Less than chance*: the mean of the draws' ratios. A draw ends at 85 %, or at {MOST:,}
labels.

"""


def cell(values: list[float]) -> str:
    """Mean and interval, of those that reach the target; how many do where not all do."""
    some = [v for v in values if np.isfinite(v)]
    if len(some) < len(values):
        return f"reached in {len(some)} of {len(values)}"
    return interval_text(some, 0)


def saving(values: list[float], chance: list[float]) -> str:
    """Labels saved beside chance, in per cent; nothing where a draw does not reach the target."""
    if not np.isfinite(values + chance).all():
        return "-"
    pairs = [(v, c) for v, c in zip(values, chance, strict=False) if c > 0]
    if not pairs:
        return "-"
    return interval_text([100 * (1 - v / c) for v, c in pairs], 0) + " %"


def plan() -> list[tuple[tuple[str, str], int]]:
    """Sets, methods and draws: all classes beside chance and margin sampling first."""
    runs = [(cell, seed) for seed in range(DRAWS) for cell in product(SETS, METHODS)]
    return sorted(runs, key=lambda run: run[0][1] == "centres" or "test" in run[0][0])


def main() -> None:
    """Make what is lacking, and write the tables."""
    parser = command_line(__doc__)
    tables_option(parser, KEPT)
    options = parser.parse_args()
    values: dict[str, dict[str, list[list[float]]]] = {
        key: {m: [] for m in METHODS} for key in SETS
    }
    for (key, method), seed in plan():
        make = None if options.tables else partial(one_draw, key, method, seed)
        curve = kept_result(KEPT / f"{key}-{method}-{seed}.json", make)
        if curve is not None:
            values[key][method].append(curve)
    parts = []
    for key, title in SETS.items():
        rows = []
        needed = {
            m: {t: [labels_for(curve, t) for curve in values[key][m]] for t in TARGETS}
            for m in METHODS
        }
        for method, words in METHODS.items():
            if not values[key][method]:
                continue
            start = mean_interval([curve[0] for curve in values[key][method]])[0]
            cells = [f"{start:.1f} %"]
            for target in TARGETS:
                cells.append(cell(needed[method][target]))
                cells.append(
                    "" if method == "random"
                    else saving(needed[method][target], needed["random"][target])
                )  # fmt: skip
            rows.append([words, str(len(values[key][method])), *cells])
        columns = ["method", "draws", "no label"]
        for target in TARGETS:
            columns += [f"labels for {target:.0f} %", "less than chance"]
        parts.append(f"## {title}\n\n" + table(columns, rows))
    save("next_to_label", "make bench-next", HEAD + "\n\n".join(parts), values, None)


if __name__ == "__main__":
    main()
