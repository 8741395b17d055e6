"""Encoders and precisions side by side: BANKING77, CLINC150 with strangers, contracts.

``python -m benchmarks.encoders``: prototypes with class names (kappa 1; 3 on contracts), the same
draws for all. Vectors come from :mod:`benchmarks.encoder_vectors`, which keeps them. A line that
cannot be measured here (an encoder that is not installed, a precision that the processor lacks)
stays as it was measured elsewhere, and so do all others with ``--only LINE ...``; the page says
where each comes from.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.encoder_vectors import DEFAULT_SETS, WORDS, texts_of, vectors_of
from benchmarks.intervals import NEW_DATA, Sampling, interval_text, mean_interval
from benchmarks.labels_needed import needed
from benchmarks.open_worlds import auroc, false_positives
from benchmarks.results import RESULTS, log_line, machine, save, table
from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.scores import LinearModel
from protolabel.errors import EncoderError

DRAWS = 10
EVERY = ("BANKING77, all documents", "CLINC150, all documents")  # for precisions alone
SHOTS = {"BANKING77": (0, 1, 2, 5, 10), "CLINC150": (0, 1, 2, 5, 10), "Contracts": (0, 1, 3)}
SHOTS |= dict.fromkeys(EVERY, (0, 1, 2, 5, 10))
MORE = {"BANKING77": (3, 7, 14, 20), "CLINC150": (3, 7, 14)}  # for labels needed alone
TARGETS = (70.0, 75.0, 80.0, 85.0, 90.0)
KAPPA = dict.fromkeys(SHOTS, 1.0) | {"Contracts": 3.0}
MINILM, MPNET = "all-MiniLM-L6-v2", "all-mpnet-base-v2"
BASE = f"{MINILM}@f32"
Values = dict[str, dict[str, dict[str, dict[str, list[float]]]]]  # line, set, shots, measure


@dataclass(frozen=True)
class Line:
    """A line of the tables: the encoder of examples and names, and that of queries."""

    title: str
    examples: str
    queries: str
    sets: tuple[str, ...] = DEFAULT_SETS


LINES = [
    Line("MiniLM, f32", BASE, BASE, DEFAULT_SETS + EVERY),
    Line("MiniLM, bf16", f"{MINILM}@bf16", f"{MINILM}@bf16", DEFAULT_SETS + EVERY),
    Line("MiniLM, i8", f"{MINILM}@i8", f"{MINILM}@i8", DEFAULT_SETS + EVERY),
    Line("examples f32, queries i8", BASE, f"{MINILM}@i8", DEFAULT_SETS + EVERY),
    Line("examples i8, queries bf16", f"{MINILM}@i8", f"{MINILM}@bf16", DEFAULT_SETS + EVERY),
    Line("mpnet, f32", f"{MPNET}@f32", f"{MPNET}@f32"),
    Line("mpnet, bf16", f"{MPNET}@bf16", f"{MPNET}@bf16"),
    Line("static, from MiniLM", "static", "static"),
]


def draws(y: np.ndarray, k: int, shots: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of examples and of queries; strangers (-1) are queries."""
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(len(y))
        support = np.concatenate(
            [np.zeros(0, np.int64), *(order[y[order] == c][:shots] for c in range(k))]
        )
        yield support, np.setdiff1d(order, support)


def measured(line: Line, title: str) -> dict[str, dict[str, list[float]]]:
    """Per cent right of each draw by examples a class, and of strangers AUROC and FPR."""
    data = texts_of(title)
    own, names = vectors_of(line.examples, title)
    others, _ = vectors_of(line.queries, title)
    k = len(data.names)
    values: dict[str, dict[str, list[float]]] = {}
    for shots in (*SHOTS[title], *MORE.get(title, ())):
        cells = values.setdefault(str(shots), {"right": [], "AUROC": [], "FPR": []})
        for support, rest in draws(data.y, k, shots):
            totals = ClassTotals.of_examples(own[support], data.y[support], names, np.ones(k, bool))
            scores = LinearModel.of_classes(totals, KAPPA[title], "cosine").scores(others[rest])
            truth = data.y[rest]
            right = scores.argmax(axis=1) == truth
            cells["right"].append(100.0 * float(right[truth >= 0].mean()))
            if (truth < 0).any():
                near, far = (scores[mask].max(axis=1) for mask in (truth >= 0, truth < 0))
                cells["AUROC"].append(auroc(near, far))
                cells["FPR"].append(false_positives(near, far))
    log_line(f"{line.title} {title}: {[round(np.mean(c['right']), 2) for c in values.values()]}")
    return values


def main() -> None:
    """Run and write docs/results/encoders.*."""
    parser = command_line(__doc__)
    parser.add_argument("--only", nargs="+", choices=[line.title for line in LINES])
    options = parser.parse_args()
    start = time.perf_counter()
    record = json.loads((RESULTS / "encoders.json").read_text(encoding="utf-8"))["values"]
    where, lines = record["where"], record["lines"]
    here = f"{machine()}, {time.strftime('%Y-%m-%d')}"
    for line in LINES:
        if options.only and line.title not in options.only:
            continue
        try:
            lines[line.title] = {title: measured(line, title) for title in line.sets}
        except EncoderError as error:
            log_line(f"{line.title} left as it was: {error}")
        else:
            where[line.title] = here
    lines = {line.title: lines[line.title] for line in LINES if line.title in lines}
    body = f"{body_of(lines)}\n\n{origins(where, lines)}"
    save("encoders", "make bench-encoders", body, {"where": where, "lines": lines},
         time.perf_counter() - start)  # fmt: skip


def origins(where: dict[str, str], lines: Values) -> str:
    """Which lines were measured where."""
    places: dict[str, list[str]] = {}
    for title in lines:
        places.setdefault(where[title], []).append(title)
    each = "\n".join(f"- {'; '.join(titles)}: {place}" for place, titles in places.items())
    missing = [line.title for line in LINES if line.title not in lines]
    left = f"\n\nNever measured: {'; '.join(missing)}." if missing else ""
    return f"## Where the lines come from\n\n{each}{left}"


def body_of(values: Values) -> str:
    """The page, without its foot."""
    parts = [
        "# Encoders and precisions side by side",
        f"Per cent right, all classes at once, by examples a class: {NEW_DATA}, over {DRAWS} "
        "draws, the same for every line. Prototypes with class names, which count as one example, "
        "and as three on contracts. In brackets the difference to the first line over the same "
        "draws, with the standard error of its mean.",
    ]
    for title, shots in SHOTS.items():
        base = values["MiniLM, f32"].get(title)
        if base is None:  # not measured since there is this set
            continue
        data = texts_of(title)
        n = int((data.y >= 0).sum())
        words = f", the first {WORDS:,} words of each" if title == "Contracts" else ""
        parts += [f"## {title}", f"{len(data.names)} classes, {n:,} documents{words}."]
        rows = []
        for name, sets in values.items():
            if title not in sets:
                continue
            cells = [cell(sets[title][str(s)]["right"], base[str(s)]["right"], data.y, s)
                     for s in shots]  # fmt: skip
            rows.append([name, *cells])
        parts.append(table(["encoder", *map(str, shots)], rows))
    parts += [
        "## Strangers",
        "600 out-of-scope queries of CLINC150 against the 150 classes, by the highest score: "
        "area under the ROC curve, and in brackets the share of strangers that are let in where "
        "95 % of the others are.",
    ]
    rows = []
    for name, sets in values.items():
        row = [name]
        for n in (1, 5, 10):
            one = sets["CLINC150"][str(n)]
            row.append(f"{np.mean(one['AUROC']):.2f} ({np.mean(one['FPR']):.1f})")
        rows.append(row)
    parts.append(table(["encoder", "1", "5", "10"], rows))
    return "\n\n".join([*parts, labels_needed(values)])


def labels_needed(values: Values) -> str:
    """How many labels each encoder needs for a target accuracy: tables, of lines with a curve."""
    parts = [
        "## Labels needed",
        "Labels (classes x examples) until that many per cent are right: the median over the "
        "draws (lowest to highest), read from the curve where it first reaches the target, between "
        "measured points in the logarithm of the labels. 0: by the names alone. `-`: not reached "
        "in every second draw with "
        + ", ".join(f"{max(some)} examples a class ({title})" for title, some in MORE.items())
        + ".",
    ]
    for title, more in MORE.items():
        n_classes, rows = len(texts_of(title).names), []
        for name, sets in values.items():
            if not all(str(shots) in sets[title] for shots in more):
                continue
            curves = [
                {int(shots): one["right"][i] for shots, one in sets[title].items()}
                for i in range(DRAWS)
            ]
            rows.append([name, *(needed(curves, target, n_classes) for target in TARGETS)])
        parts.append(table([title, *(f"{target:.0f} %" for target in TARGETS)], rows))
    return "\n\n".join(parts)


def cell(right: list[float], base: list[float], y: np.ndarray, shots: int) -> str:
    """A cell: the mean with its interval, and the paired difference to the base."""
    counts = np.bincount(y[y >= 0])
    how = Sampling(int((counts - np.minimum(shots, counts)).sum()),
                   float(np.minimum(shots / counts, 1.0).mean()))  # fmt: skip
    text = interval_text(right, how=how)
    if right is base:
        return text
    gaps = np.subtract(right, base)
    mean = mean_interval(gaps.tolist())[0]
    return f"{text} ({mean:+.2f} ± {gaps.std(ddof=1) / np.sqrt(len(gaps)):.2f})"


if __name__ == "__main__":
    main()
