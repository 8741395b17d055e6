"""Which classes are taken for which, for the report: heat map, most frequent pairs, CSV files.

The counts are the evaluation's; nothing is counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.arrays import Doubles
from protolabel.columns.csv_lines import BOM, csv_line
from protolabel.evaluation.confusion import Pair
from protolabel.evaluation.results import Table
from protolabel.words.certainty import per_cents
from protolabel.words.text import excerpt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PAIRS = 30  # in the table of the page
MOST_DRAWN = 25  # classes of the heat map
MOST_CHARACTERS = 30  # of a class in the heat map
MOST_COLUMNS = 1000  # of the matrix as a file
MOST_NUMBERS = 12  # classes of a heat map with numbers in its cells


def confused_pairs(table: Table) -> list[Pair]:
    """Return the pairs of different classes, the most frequent first."""
    return sorted((p for p in table.pairs if p.truth != p.answer), key=lambda pair: -pair.count)


def classes_of(table: Table) -> list[str]:
    """Return the classes of all pairs, sorted."""
    return sorted({name for pair in table.pairs for name in (pair.truth, pair.answer)})


def drawn_classes(table: Table) -> list[str]:
    """Return all classes, or those with the most mistakes where these are too many to draw.

    Classes without a mistake fill what is left.
    """
    names = classes_of(table)
    if len(names) <= MOST_DRAWN:
        return names
    classes: dict[str, None] = {}
    for pair in confused_pairs(table):
        if len(classes | {pair.truth: None, pair.answer: None}) <= MOST_DRAWN:
            classes |= {pair.truth: None, pair.answer: None}
    names_left = [name for name in names if name not in classes]
    return sorted([*classes, *names_left[: MOST_DRAWN - len(classes)]])


def matrix_of(table: Table, names: list[str]) -> Doubles:
    """Return the answers by class, (k, k): rows are the true classes, columns the answers."""
    place = {name: i for i, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    for pair in table.pairs:
        if pair.truth in place and pair.answer in place:
            matrix[place[pair.truth], place[pair.answer]] = pair.count
    return matrix


def confusion_values(table: Table) -> dict[str, Any]:
    """Return what the page shows: the caption of the heat map, and the most frequent pairs."""
    names, pairs = classes_of(table), confused_pairs(table)
    totals = _totals(table)
    rows = [
        (p.truth, p.answer, f"{p.count:,}", f"{per_cents(p.count / totals[p.truth])} %")
        for p in pairs[:MOST_PAIRS]
    ]
    caption = "Rows are the true classes, columns the answers; a row sums to 100 %"
    if len(names) > MOST_DRAWN:
        caption += (
            f". Of {len(names)} classes, those with the most mistakes are drawn; confusion.csv has "
            "all, and what a row lacks to 100 % are answers of classes that are not drawn"
        )
    left_out = max(0, len(pairs) - MOST_PAIRS)
    return {"caption": caption, "pairs": rows, "left_out": left_out}


def heat_map_height(table: Table) -> float:
    """Return the height of the heat map in inches: its cells are about squares."""
    names = drawn_classes(table)
    longest = min(MOST_CHARACTERS, max(map(len, names)))
    return 1.0 + 0.19 * len(names) + 0.07 * longest


def heat_map(table: Table) -> Callable[[Axes], None]:
    """Return what draws the matrix in per cent of each true class."""
    names = drawn_classes(table)
    matrix, totals = matrix_of(table, names), _totals(table)
    sums = np.array([max(1, totals[name]) for name in names])
    shares = matrix / sums[:, None]

    def draw(axis: Axes) -> None:
        figure = axis.figure
        places = np.arange(len(names) + 1) - 0.5
        image = axis.pcolormesh(places, places, 100 * shares, cmap="Blues", vmin=0, vmax=100)
        axis.invert_yaxis()
        labels = [excerpt(name, MOST_CHARACTERS) for name in names]
        size = 9 if len(names) <= MOST_NUMBERS else 7
        axis.set_xticks(range(len(names)), labels, rotation=90, fontsize=size)
        axis.set_yticks(range(len(names)), labels, fontsize=size)
        axis.grid(visible=False)
        axis.set_xlabel("answer", fontsize=size)
        axis.set_ylabel("true class", fontsize=size)
        bar = figure.colorbar(image, ax=axis, shrink=0.6)
        assert bar.solids is not None
        bar.solids.set_rasterized(False)  # a page shows no embedded images
        bar.set_label("% of the true class", fontsize=size)
        bar.ax.tick_params(labelsize=size)
        for (row, column), share in np.ndenumerate(shares):
            if len(names) <= MOST_NUMBERS and matrix[row, column]:
                colour = "white" if share > 0.6 else "black"
                axis.text(
                    column,
                    row,
                    per_cents(share),
                    ha="center",
                    va="center",
                    fontsize=8,
                    color=colour,
                )

    return draw


def confusion_files(table: Table) -> dict[str, bytes]:
    """Return CSV files by name: the matrix of counts, and the pairs with a count."""
    totals, names = _totals(table), classes_of(table)
    pairs = [("class", "answer", "answers", "share of the class")]
    pairs += [
        (p.truth, p.answer, str(p.count), f"{p.count / totals[p.truth]:.4f}") for p in table.pairs
    ]
    files = {"confusion_pairs.csv": _csv(pairs)}
    if len(names) <= MOST_COLUMNS:
        cells = matrix_of(table, names).astype(np.int64).tolist()
        rows = [(name, *map(str, row)) for name, row in zip(names, cells, strict=True)]
        files["confusion.csv"] = _csv([("class", *names), *rows])
    return files


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    return (BOM + "".join(map(csv_line, rows))).encode()


def _totals(table: Table) -> Counter[str]:
    """Return the answers about each true class."""
    totals: Counter[str] = Counter()
    for pair in table.pairs:
        totals[pair.truth] += pair.count
    return totals
