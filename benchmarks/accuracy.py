"""Accuracy with all classes at once: BANKING77 and CLINC150 at 0, 1, 2, 5, 10 examples a class.

``python -m benchmarks.accuracy``: 5 draws, all other documents as queries, prototypes and
refinement through the public API beside scikit-learn on the same embeddings, in one run; then
BANKING77 at 8 a class, 10 draws, against logistic regression (the protocol of MTEB).
"""

from __future__ import annotations

import json
import time
from typing import Any

from benchmarks.command_line import command_line
from benchmarks.data_sets import Data, draw, load
from benchmarks.intervals import NEW_DATA, interval_text, sampling
from benchmarks.results import RESULTS, foot_of, log_line, save, table
from benchmarks.spaces import accuracy, predicted, rivals, space_of

SHOTS = (0, 1, 2, 5, 10)
FIRST_STUDY = {  # accuracy in % with kappa 1, before this package; by the names alone at 0
    "banking77": {0: 61.8, 1: 69.5, 2: 71.7, 5: 77.8, 10: 80.3},
    "clinc150": {0: 69.2, 1: 79.4, 2: 83.4, 5: 88.1, 10: 90.5},
}
OURS = ("prototypes, names", "refined, names", "prototypes, kappa 1", "prototypes, no names")


def one_draw(data: Data, shots: int, seed: int) -> dict[str, float]:
    """Accuracy of every method on one draw."""
    chosen = draw(data, shots, seed)
    truth = data.y[chosen.queries]
    accuracies: dict[str, float] = {}
    settings: dict[str, dict[str, Any]] = {
        "prototypes, names": {},
        "refined, names": {"refine": True},
        "prototypes, kappa 1": {"kappa": 1.0},
        "prototypes, no names": {"described": False, "names": False},
    }
    for name, options in settings.items():
        if shots == 0 and (name == "prototypes, no names"):
            continue
        with space_of(data, chosen.support, **options) as space:
            space.settle()
            accuracies[name] = accuracy(predicted(space, data, chosen.queries), truth)
    if shots:
        for name, fit in rivals(shots).items():
            accuracies[name] = accuracy(fit(data, chosen.support)(chosen.queries), truth)
    return accuracies


def study(data: Data, shots: int, draws: int) -> dict[str, list[float]]:
    """All draws, by method."""
    values: dict[str, list[float]] = {}
    for seed in range(draws):
        for name, value in one_draw(data, shots, seed).items():
            values.setdefault(name, []).append(value)
    log_line(
        f"{data.name} {shots}: " + ", ".join(f"{k} {interval_text(v)}" for k, v in values.items())
    )
    return values


def main() -> None:
    """Run, or render again what was run: ``--render``."""
    parser = command_line(__doc__)
    parser.add_argument("--render", action="store_true", help="write the page of the last run")
    options = parser.parse_args()
    start = time.perf_counter()
    if options.render:
        record = json.loads((RESULTS / "accuracy.json").read_text(encoding="utf-8"))
        (RESULTS / "accuracy.md").write_text(
            f"{body_of(record['values'])}\n\n{foot_of(record)}\n", encoding="utf-8"
        )
        return
    values: dict[str, dict[str, dict[str, list[float]]]] = {}
    for name in FIRST_STUDY:
        data = load(name)
        values[name] = {str(shots): study(data, shots, 5) for shots in SHOTS}
    values["banking77 at 8"] = {"8": study(load("banking77"), 8, 10)}
    seconds = time.perf_counter() - start
    save("accuracy", "make bench-accuracy", body_of(values), values, seconds)


def body_of(values: dict[str, dict[str, dict[str, list[float]]]]) -> str:
    """The page, without its foot."""
    body = ["# Accuracy, all classes at once", ""]
    for name in FIRST_STUDY:
        data, by_shots = load(name), values[name]
        rows = [
            [method]
            + [
                interval_text(by_shots[str(s)][method], how=sampling(data, s))
                if method in by_shots[str(s)]
                else "-"
                for s in SHOTS
            ]
            for method in by_shots["5"]
        ]
        rows.append(["first study, kappa 1", *(str(FIRST_STUDY[name][s]) for s in SHOTS)])
        body += [
            f"{name}: {len(data.names)} classes, {len(data.y)} documents. Accuracy in "
            "% by examples a "
            f"class, {NEW_DATA}, over 5 draws. Queries are all documents not drawn.",
            "",
            table(["method", *map(str, SHOTS)], rows),
            "",
        ]
    how = sampling(load("banking77"), 8)
    eight = values["banking77 at 8"]["8"]
    rows = [[method, interval_text(accuracies, how=how)] for method, accuracies in eight.items()]
    body += ["BANKING77 at 8 examples a class, 10 draws:", "", table(["method", "accuracy"], rows)]
    return "\n".join(body)


if __name__ == "__main__":
    main()
