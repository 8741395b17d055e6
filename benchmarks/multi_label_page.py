"""The page about several labels a document, from the results of ``multi_label``."""

from __future__ import annotations

import numpy as np

from benchmarks.intervals import NEW_DATA, Sampling, interval_text
from benchmarks.multi_label_methods import (
    MEASURES,
    METHODS,
    SETFIT_SHOTS,
    Result,
)
from benchmarks.multi_label_sets import QUERIES
from benchmarks.results import table

SHOTS = (1, 5, 10, 20)


def page(
    results: dict[str, dict[str, dict[str, list[Result]]]],
    rivals: dict[str, dict[str, list[Result]]],
    draws: int,
) -> str:
    """The page in Markdown."""
    parts = [
        "# Several labels a document",
        f"{draws} draws; {NEW_DATA}. *CLINC150 pairs*: two queries of different intents, joined; "
        f"150 classes, examples from its training queries, {QUERIES} pairs of its test queries "
        "asked about in each draw. *GoEmotions*: 5,427 comments with one or several of 28 emotions "
        "(its published test split). The seed of the draw splits it into halves: examples come "
        "from one, queries from the other. This set is hard for every method: raters disagree, "
        "and each label has the same number of examples, although a third of the queries are "
        "neutral. The arithmetic and its constant were chosen on pairs of training and "
        "validation queries, and on the examples' half of GoEmotions "
        "([decision](../decisions/0048-several-labels.md)).",
        "The regressions have the same vectors, and the class names as further examples. "
        "Cross-validation over three parts of the examples chooses the cut with the best micro "
        "F1.",
    ]
    for name, some in results.items():
        for measure in MEASURES:
            head = [f"{name}: {measure}, %", *(f"{s} a label" for s in SHOTS)]
            parts.append(table(head, rows_for(some, measure)))
    parts.append(_chances(results))
    parts.append(_setfit(results, rivals))
    return "\n\n".join(parts)


def _chances(results: dict[str, dict[str, dict[str, list[Result]]]]) -> str:
    """Whether the probabilities of the labels that were answered are true."""
    rows = []
    for name, some in results.items():
        for shots in SHOTS:
            draws = [one for one in some[str(shots)]["protolabel"] if "stated" in one]
            if draws:
                mean = {k: float(np.mean([one[k] for one in draws])) for k in draws[0]}
                rows.append([name, str(shots), f"{mean['stated']:.1f}", f"{mean['right']:.1f}",
                             f"{mean['fit seconds']:.2f}"])  # fmt: skip
    text = (
        "Are the probabilities true? The table has the mean probability of all labels that were "
        "answered, and the share of them that are right. The probabilities are true for a "
        "stream that is like the examples. The stream of GoEmotions is not: among its examples, "
        "rare emotions are as frequent as common ones."
    )
    head = ["", "examples a label", "mean probability, %", "right, %", "seconds to fit"]
    return f"{text}\n\n{table(head, rows)}"


def _setfit(
    results: dict[str, dict[str, dict[str, list[Result]]]],
    rivals: dict[str, dict[str, list[Result]]],
) -> str:
    """SetFit beside the same draws."""
    if not any(draws for some in rivals.values() for draws in some.values()):
        return "SetFit's multi-label head was not run for this page."
    head = ["", *(f"{measure}, %" for measure in MEASURES), "training, s"]
    parts = [
        f"SetFit 1.2 trains the same MiniLM on {SETFIT_SHOTS} examples a label and the names (10 "
        "pairs of either kind an example), and fits its multi-label head, one logistic regression "
        "a class, on the vectors. It answers labels whose chance is one half. A lower cut would "
        "have to be chosen; the second line chooses it by the labels of the queries, so that no "
        "rule can do better. Seconds are of one core. The differences are paired, over the same "
        "draws.",
    ]
    for name, some in rivals.items():
        if not any(some.values()):
            parts.append(f"{name}: SetFit was not run to its end.")
            continue
        rows = []
        for title, draws in some.items():
            if not draws:
                continue
            seconds = f"{np.mean([one['seconds'] for one in draws]):.0f}"
            rows.append([title, *(_mean(draws, m) for m in MEASURES), seconds])
            for method in list(METHODS)[:2]:
                own = results[name][str(SETFIT_SHOTS)][method][: len(draws)]
                gains = [
                    interval_text([a[m] - b[m] for a, b in zip(own, draws, strict=True)])
                    for m in MEASURES
                ]
                rows.append([f"{method}, minus {title}", *gains, ""])
        parts += [f"{name}, {len(draws)} draws:", table(head, rows)]
    return "\n\n".join(parts)


def _mean(draws: list[Result], measure: str) -> str:
    return interval_text([one[measure] for one in draws], 1, Sampling(QUERIES))


def rows_for(results: dict[str, dict[str, list[Result]]], measure: str) -> list[list[str]]:
    """A table's rows: a method each, a column for each number of examples."""
    return [
        [method, *(interval_text([one[measure] for one in results[str(s)][method]], 1,
                                 Sampling(QUERIES)) for s in SHOTS)]
        for method in METHODS
    ]  # fmt: skip
