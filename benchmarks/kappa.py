"""Does the label space's own kappa land near the best one?

``python -m benchmarks.kappa``: classes of the published fold 01 that are not its test classes
(train + valid: 50 of BANKING77, 100 of CLINC150), 5 draws, the names as descriptions; accuracy at
the estimated kappa beside a grid, at every number of examples. Nothing here sees a test class.
"""

from __future__ import annotations

import math
import time

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import draw, fold, load
from benchmarks.intervals import NEW_DATA, interval_text, mean_interval, sampling
from benchmarks.results import log_line, save, table
from benchmarks.spaces import accuracy, predicted, space_of
from protolabel.arithmetic.kappa import estimate_kappa
from protolabel.arithmetic.support import Support

GRID = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)
SHOTS = (1, 2, 3, 5, 10, 20)
DRAWS, QUERIES = 5, 3000


def main() -> None:
    """Run and write docs/results/kappa.*."""
    command_line(__doc__).parse_args()
    start = time.perf_counter()
    body = [
        "# The label space's own kappa",
        "",
        "Accuracy in % at the estimated kappa, at the one in force, and on a grid, "
        f"{NEW_DATA}, over {DRAWS} draws. `loss` is the best of the grid minus the "
        "kappa in force. A "
        "label space adopts an estimate only if it differs from the kappa in force (1 at first) "
        "by more than half. At one example a class nothing can be estimated (nan).",
        "",
    ]
    values: dict[str, dict[str, dict[str, list[float]]]] = {}
    for name in ("banking77", "clinc150"):
        parts = fold(name)
        data = load(name).only(sorted(parts["train"] + parts["valid"]))
        rows = []
        values[name] = {}
        for shots in SHOTS:
            keys = [*map(str, GRID), "own", "kappa", "estimate", "at estimate"]
            figures: dict[str, list[float]] = {key: [] for key in keys}
            for seed in range(DRAWS):
                chosen = draw(data, shots, seed, QUERIES)
                truth = data.y[chosen.queries]
                with space_of(data, chosen.support) as space:
                    space.settle()
                    figures["kappa"].append(space.settings.kappa)
                    figures["own"].append(accuracy(predicted(space, data, chosen.queries), truth))
                    raw = estimate_kappa(
                        Support.of(
                            data.embeddings[chosen.support],
                            data.y[chosen.support],
                            data.name_embeddings,
                            np.ones(len(data.names), bool),
                        )
                    )
                    figures["estimate"].append(math.nan if raw is None else raw)
                    space.configure(kappa=1.0 if raw is None else raw)
                    figures["at estimate"].append(
                        accuracy(predicted(space, data, chosen.queries), truth)
                    )
                    for kappa in GRID:
                        space.configure(kappa=kappa)
                        guess = predicted(space, data, chosen.queries)
                        figures[str(kappa)].append(accuracy(guess, truth))
            values[name][str(shots)] = figures
            how = sampling(data, shots)
            best = max(GRID, key=lambda k: mean_interval(figures[str(k)])[0])
            loss = mean_interval(figures[str(best)])[0] - mean_interval(figures["own"])[0]
            rows.append(
                [
                    str(shots),
                    interval_text(figures["estimate"], 2),
                    interval_text(figures["at estimate"], how=how),
                    interval_text(figures["kappa"], 2),
                    interval_text(figures["own"], how=how),
                    f"{loss:.2f}",
                    *(f"{mean_interval(figures[str(k)])[0]:.1f}" for k in GRID),
                ]
            )
            log_line(f"{name} {shots}: {rows[-1]}")
        body += [
            f"{name}, {len(data.names)} classes, {QUERIES} queries a draw",
            "",
            table(
                ["examples", "estimate", "at it", "in force", "accuracy", "loss", *map(str, GRID)],
                rows,
            ),
            "",
        ]
    save("kappa", "make bench-kappa", "\n".join(body), values, time.perf_counter() - start)


if __name__ == "__main__":
    main()
