"""The pictures: accuracy as classes are added, and labels needed. SVG, readable without colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib
import numpy as np

from benchmarks.intervals import mean_interval
from benchmarks.results import RESULTS

matplotlib.use("svg")
from matplotlib import pyplot as plt

plt.rcParams.update(
    {
        "svg.hashsalt": "protolabel",
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.alpha": 0.25,
        "figure.dpi": 110,
    }
)
STYLES = {
    "prototypes": ("#1f6fb2", "-", "o"),
    "refined": ("#c0392b", "-", "s"),
    "logistic": ("#555555", "--", "^"),
    "logistic regression": ("#555555", "--", "^"),
    "TF-IDF + linear": ("#b8860b", ":", "v"),
}
NAMES = {
    "prototypes": "prototypes, at once",
    "refined": "refined, in the background",
    "logistic": "logistic regression, re-trained each time",
}


def growth_plot(values: Mapping[str, list[dict[str, list[float]]]]) -> None:
    """Accuracy over the classes known so far, and milliseconds of a change, by classes known."""
    figure, axes = plt.subplots(
        2, len(values), figsize=(10, 6), height_ratios=(2, 1), sharex="col", squeeze=False
    )
    for column, (name, runs) in enumerate(values.items()):
        top, bottom = axes[0][column], axes[1][column]
        classes = np.array(runs[0]["classes"])
        steps = _steps(classes, len(runs[0]["refined"]))
        for key in ("prototypes", "refined", "logistic"):
            x = classes if key == "prototypes" else classes[steps]
            y = np.array([run[key] for run in runs])
            colour, line, mark = STYLES[key]
            top.plot(
                x,
                y.mean(axis=0),
                line,
                color=colour,
                label=NAMES[key],
                marker=None if key == "prototypes" else mark,
                markersize=4,
            )
            half = np.array([mean_interval(values)[1] for values in y.T])
            top.fill_between(
                x,
                y.mean(axis=0) - half,
                y.mean(axis=0) + half,
                color=colour,
                alpha=0.15,
                linewidth=0,
            )
        top.set_title(name.upper())
        top.set_ylim(55, 100)
        ms = np.median([run["ms"] for run in runs], axis=0)
        retrain = np.median([run["logistic ms"] for run in runs], axis=0)
        bottom.plot(classes, ms, color=STYLES["prototypes"][0])
        bottom.plot(
            classes[steps], retrain, "--", color=STYLES["logistic"][0], marker="^", markersize=4
        )
        bottom.set_yscale("log")
        bottom.set_xlabel("classes known")
    axes[0][0].set_ylabel("% right over the classes known")
    axes[1][0].set_ylabel("ms to add a class")
    axes[0][0].legend(loc="lower left", frameon=False)
    _keep(figure, "growth")


def _steps(classes: np.ndarray, count: int) -> list[int]:
    from benchmarks.growth import STEPS

    needed = [i for i, n in enumerate(classes.tolist()) if n in STEPS or i == len(classes) - 1]
    return needed[:count]


def labels_plot(
    values: Mapping[str, Mapping[str, Sequence[Mapping[str, dict[int, float]]]]],
    targets: Sequence[float],
    methods: Sequence[str],
    labels_for: Callable[[dict[int, float], float, int], float],
) -> None:
    """Median labels to reach each target, by number of classes; both axes logarithmic."""
    figure, axes = plt.subplots(1, len(targets), figsize=(12, 4.4), sharey=True)
    for axis, target in zip(axes, targets, strict=True):
        for method in methods:
            colour, line, mark = STYLES[method]
            for name, by_classes in values.items():
                points = []
                for n, runs in by_classes.items():
                    needed = sorted(labels_for(run[method], target, int(n)) for run in runs)
                    middle = needed[len(needed) // 2]
                    if np.isfinite(middle):
                        points.append((int(n), max(middle, 1.0)))
                if points:
                    axis.plot(
                        *zip(*points, strict=True),
                        line,
                        color=colour,
                        marker=mark,
                        markersize=5,
                        alpha=1.0 if name == "banking77" else 0.55,
                        label=f"{method}, {name}" if len(by_classes) > 1 else None,
                    )
        axis.set(xscale="log", yscale="log", xlabel="classes", title=f"to reach {target:.0f} %")
    axes[0].set_ylabel("labels that a person gives (1: none)")
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="lower center", ncol=4, frameon=False, fontsize=8)
    figure.subplots_adjust(bottom=0.24)
    _keep(figure, "labels_needed", tight=False)


def _keep(figure: plt.Figure, name: str, tight: bool = True) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    if tight:
        figure.tight_layout()
    figure.savefig(RESULTS / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)
