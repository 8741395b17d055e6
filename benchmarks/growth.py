"""Growth: begin with two classes, add the others one by one, never stop answering.

``python -m benchmarks.growth``: CLINC150 and BANKING77, 5 examples a class, the names as
descriptions. At each step: accuracy over the classes known so far, milliseconds of the change,
and whether any other prototype moved, to the bit; beside logistic regression re-trained each time.
"""

from __future__ import annotations

import time
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.command_line import command_line
from benchmarks.data_sets import Data, draw, load
from benchmarks.intervals import NEW_DATA, Sampling, mean_interval, sampling
from benchmarks.plots import growth_plot
from benchmarks.results import CACHE, log_line, save, table
from benchmarks.spaces import accuracy, name_of, predicted
from protolabel import Example, LabelSpace

SHOTS, QUERIES, DRAWS = 5, 20, 5


def grow(data: Data, seed: int) -> dict[str, list[float]]:
    """One order of classes: curves by number of classes known, from 2 to all."""
    rng = np.random.default_rng(100 + seed)
    order = rng.permutation(len(data.names))
    chosen = draw(data, SHOTS, seed)
    support = {c: chosen.support[data.y[chosen.support] == c] for c in order}
    queries = {c: chosen.queries[data.y[chosen.queries] == c][:QUERIES] for c in order}
    curves: dict[str, list[float]] = {
        k: []
        for k in (
            "classes",
            "prototypes",
            "refined",
            "logistic",
            "ms",
            "logistic ms",
            "refine ms",
            "moved",
        )
    }
    path = CACHE / f"growth-{data.name}-{seed}.space"
    for leftover in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
    with LabelSpace.create(path, background=False) as space:
        space.configure(threshold="none", kappa=1.0)
        for n, c in enumerate(order.tolist(), start=1):
            before = rows(space)
            examples = [
                Example(name_of(data, c), data.texts[i], embedding=data.embeddings[i])
                for i in support[c]
            ]
            start = time.perf_counter()
            space.describe(name_of(data, c), data.names[c])
            space.add(examples)
            took = (time.perf_counter() - start) * 1000
            after = rows(space)
            if n < 2:
                continue
            learned_classes = order[:n]
            asked = np.concatenate([queries[k] for k in learned_classes])
            truth = data.y[asked]
            curves["classes"].append(n)
            curves["ms"].append(took)
            curves["moved"].append(sum(after[k] != row for k, row in before.items()))
            curves["prototypes"].append(accuracy(predicted(space, data, asked), truth))
            if n not in STEPS and n != len(order):
                continue
            start = time.perf_counter()
            space.settle()
            curves["refine ms"].append((time.perf_counter() - start) * 1000)
            curves["refined"].append(accuracy(predicted(space, data, asked), truth))
            rows_of = np.concatenate([support[k] for k in learned_classes])
            start = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = LogisticRegression(max_iter=100).fit(
                    data.embeddings[rows_of], data.y[rows_of]
                )
            curves["logistic ms"].append((time.perf_counter() - start) * 1000)
            curves["logistic"].append(accuracy(model.predict(data.embeddings[asked]), truth))
    return curves


STEPS = (2, 5, 10, 20, 30, 40, 50, 60, 77, 90, 110, 130, 150)


def rows(space: LabelSpace) -> dict[str, bytes]:
    """Every prototype, as bytes."""
    snapshot = space.view().prototypes
    return {name: w.tobytes() for name, w in zip(snapshot.labels, snapshot.weights, strict=True)}


def main() -> None:
    """Run and write docs/results/growth.* and growth.svg."""
    command_line(__doc__).parse_args()
    start = time.perf_counter()
    values: dict[str, list[dict[str, list[float]]]] = {}
    body = [
        "# Growth: classes added one by one",
        "",
        "![growth](growth.svg)",
        "",
        "The label space holds the weight of a description (kappa) at 1 and declines nothing. By "
        "default it fits kappa in the background, and then all prototypes of classes with a "
        "description move; the changes that are counted here are those of the additions alone.",
        "",
    ]
    for name in ("banking77", "clinc150"):
        data = load(name)
        values[name] = []
        for seed in range(DRAWS):
            values[name].append(grow(data, seed))
            log_line(f"growth {name} draw {seed}")
        runs = values[name]
        moved = sum(sum(run["moved"]) for run in runs)
        times = np.concatenate([run["ms"] for run in runs])
        retrain = np.array([run["logistic ms"][-1] for run in runs])
        settled = np.array([run["refine ms"][-1] for run in runs])
        steps = [s for s in STEPS if s < len(data.names)] + [len(data.names)]
        how = Sampling(shared=sampling(data, SHOTS + QUERIES).shared)
        table_rows = [
            [
                str(n),
                _at(runs, "prototypes", runs[0]["classes"].index(n), how),
                _at(runs, "refined", i, how),
                _at(runs, "logistic", i, how),
            ]
            for i, n in enumerate(steps)
        ]
        body += [
            f"{name}, {SHOTS} examples a class and its name, {QUERIES} queries a class, "
            f"{DRAWS} draws and orders; per cent right over the classes known so far, {NEW_DATA}.",
            "",
            table(
                ["classes", "prototypes, at once", "refined", "logistic regression, re-trained"],
                table_rows,
            ),
            "",
            "Adding a class embeds its description and takes 5 examples, in two "
            "durable transactions: "
            f"median {np.median(times):.1f} ms, 95th percentile {np.quantile(times, 0.95):.1f} ms. "
            f"In {len(times)} additions, {moved:.0f} other prototypes changed in any bit. "
            "With all classes in, re-training logistic regression takes "
            f"{np.median(retrain):.0f} ms, and the refinement in the background "
            f"{np.median(settled):.0f} ms.",
            "",
        ]
    growth_plot(values)
    save("growth", "make bench-growth", "\n".join(body), values, time.perf_counter() - start)


def _at(runs: list[dict[str, list[float]]], key: str, index: int, how: Sampling) -> str:
    values = [run[key][index] for run in runs]
    mean, half = mean_interval(values, how)
    return f"{mean:.1f} ± {half:.1f}"


if __name__ == "__main__":
    main()
