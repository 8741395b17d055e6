"""How many labels must a person give to reach 70, 80, 85 %, as the number of classes grows?

``python -m benchmarks.labels_needed``: 2, 5, 10, 30, 77 classes of BANKING77 and CLINC150, 150 of
CLINC150, and the 227 of both together; 5 draws of classes and documents. Labels = classes x
examples a class; a curve is read where it first reaches the target and stays interpolated in the
logarithm of the labels. Prototypes with names; with refinement; logistic regression on the same
embeddings; TF-IDF with a linear model.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import Data, both, draw, load
from benchmarks.plots import labels_plot
from benchmarks.results import log_line, save, table
from benchmarks.spaces import accuracy, predicted, rivals, space_of, tfidf

SHOTS = (0, 1, 2, 3, 5, 8, 12, 20, 35)
TARGETS = (70.0, 80.0, 85.0)
DRAWS, QUERIES = 5, 1500
METHODS = ("prototypes", "refined", "logistic regression", "TF-IDF + linear")
Curve = dict[int, float]


def curves(data: Data, seed: int) -> dict[str, Curve]:
    """Accuracy by examples a class, for each method, on one draw."""
    labels: dict[str, Curve] = {m: {} for m in METHODS}
    for shots in SHOTS:
        chosen = draw(data, shots, seed, QUERIES)
        truth = data.y[chosen.queries]
        for method in METHODS:
            if shots == 0 and method not in METHODS[:1]:
                continue
            if max(labels[method].values(), default=0.0) >= TARGETS[-1]:
                continue  # every target is reached: more labels say nothing new
            if method in METHODS[:2]:
                with space_of(data, chosen.support, refine=method == "refined") as space:
                    space.settle()
                    guess = predicted(space, data, chosen.queries)
            elif method == "logistic regression":
                guess = rivals(shots)["LogisticRegression"](data, chosen.support)(chosen.queries)
            else:
                guess = tfidf(data, chosen.support)(chosen.queries)
            labels[method][shots] = accuracy(guess, truth)
    labels["refined"].setdefault(0, labels["prototypes"].get(0, 0.0))
    return labels


def labels_for(curve: Curve, target: float, n_classes: int) -> float:
    """Labels at which a curve reaches the target; inf if it does not within what was measured."""
    before = 0
    for shots in sorted(curve):
        if curve[shots] >= target:
            if before == shots or shots <= 1:
                return float(shots * n_classes)
            low, high = curve[before], curve[shots]
            share = (target - low) / max(high - low, 1e-9)
            a, b = np.log(max(before, 0.5)), np.log(shots)
            return float(np.exp(a + share * (b - a)) * n_classes)
        before = shots
    return float("inf")


def main() -> None:
    """Run and write docs/results/labels_needed.* and labels_needed.svg."""
    command_line(__doc__).parse_args()
    start = time.perf_counter()
    values: dict[str, dict[str, list[dict[str, Curve]]]] = {}
    banking, clinc, together = load("banking77"), load("clinc150"), both()
    plan = [
        (d, n)
        for d, most in ((banking, 77), (clinc, 150))
        for n in (2, 5, 10, 30, 77, 150)
        if n <= most
    ] + [(together, 227)]
    for data, n in plan:
        runs = []
        for seed in range(DRAWS):
            rng = np.random.default_rng(1000 + seed)
            classes = np.sort(rng.permutation(len(data.names))[:n]).tolist()
            runs.append(curves(data.only(classes), seed))
        values.setdefault(data.name, {})[str(n)] = runs
        log_line(f"labels needed: {data.name} {n}")
    body = [
        "# Labels needed as classes grow",
        "",
        "![labels needed](labels_needed.svg)",
        "",
        f"Labels needed to reach the target accuracy: median over {DRAWS} draws "
        "(lowest to highest), "
        f"up to {SHOTS[-1]} examples a class. `-`: not reached in any draw. 0: by the names alone. "
        f"{QUERIES} queries a draw.",
        "",
    ]
    for name, by_classes in values.items():
        for target in TARGETS:
            rows = [
                [n] + [needed([r[m] for r in runs], target, int(n)) for m in METHODS]
                for n, runs in by_classes.items()
            ]
            body += [f"{name}, {target:.0f} %", "", table(["classes", *METHODS], rows), ""]
    labels_plot(values, TARGETS, METHODS, labels_for)
    save("labels_needed", "make bench-labels", "\n".join(body), values, time.perf_counter() - start)


def needed(curves: list[Curve], target: float, n: int) -> str:
    """The median over draws, with the lowest and the highest."""
    labels = sorted(labels_for(curve, target, n) for curve in curves)
    if not np.isfinite(labels[len(labels) // 2]):
        reached = sum(np.isfinite(x) for x in labels)
        return f"- ({reached} of {len(labels)} draws)" if reached else "-"
    high = f"{labels[-1]:.0f}" if np.isfinite(labels[-1]) else "more"
    return f"{labels[len(labels) // 2]:.0f} ({labels[0]:.0f} to {high})"


if __name__ == "__main__":
    main()
