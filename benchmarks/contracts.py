"""How passages become a document's vector: real contracts, posts, articles, and made letters.

``python -m benchmarks.contracts [SET ...]``: the same rules with the same numbers on all sets. The
rules were chosen on the validation halves; the tables are of the other documents, and of all
contracts. What each rule has right is kept in ``.bench/contracts`` and not made again. Sets that
are not named stay as measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from benchmarks.command_line import command_line, one_of
from benchmarks.data_sets import Draw
from benchmarks.intervals import Sampling, interval_text
from benchmarks.long_document_differences import (
    DIFFERENCES,
    OURS,
    SPACE,
    differences_of,
    per_cent,
)
from benchmarks.long_document_page import (
    DRAWS,
    MEASURED,
    Values,
    described,
    earlier_page,
    page_head,
    rows_of_table,
)
from benchmarks.long_document_spaces import by_label_space, calibration_of, calibration_table
from benchmarks.long_documents import SETS, LongDocuments, load
from benchmarks.pooling_rules import (
    FIRST,
    FOCUS,
    IN_FOCUS,
    MEAN,
    OWN,
    RULES,
    attentive,
    in_focus,
    without_boilerplate,
)
from benchmarks.results import CACHE, kept_result, log_line, save
from protolabel.arithmetic.class_totals import ClassTotals, sums_by_class
from protolabel.arithmetic.comparison import compare, shown_better
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import Support

SHOTS = {
    "Contracts": (0, 1, 3),
    "Newsgroup posts": (1, 5, 10),
    "DBpedia articles": (1, 5, 10),
    "Letters": (1, 5),
}
NO_BOILERPLATE = "not built: mean, common passages less"
ATTENTIVE = "not built: passages near a class name more, and earlier ones"
BEST = "not built: mean, and the beginning nearest to each class"
BOTH = "not built: both of these"
CHOSEN = "the mean instead, where leave-one-out prefers it"
CALIBRATED = "Newsgroup posts"  # whose probabilities are compared with how often they are right


def draws(data: LongDocuments, shots: int, rows: np.ndarray) -> Iterator[Draw]:
    """Draws of examples a class among ``rows``; the rest of them are queries."""
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(rows)
        support = [i for c in range(len(data.names)) for i in order[data.y[order] == c][:shots]]
        yield Draw(np.array(support, np.int64), np.setdiff1d(rows, support))


def by_prototypes(
    data: LongDocuments,
    vectors: np.ndarray,
    one: Draw,
    kappa: float,
    queries: np.ndarray | None = None,
) -> np.ndarray:
    """Classes of the queries by prototypes with names (eq. 3): (m,).

    ``queries``: the vectors of documents as queries, where they have others: (n, d).
    """
    model = model_of(data, vectors, one, kappa)
    rows = (vectors if queries is None else queries)[one.queries]
    return np.asarray(model.scores(rows).argmax(axis=1))


def model_of(data: LongDocuments, vectors: np.ndarray, one: Draw, kappa: float) -> LinearModel:
    """The prototypes of a draw with names (eq. 3)."""
    k = len(data.names)
    y = data.y[one.support]
    totals = ClassTotals(
        np.bincount(y, minlength=k),
        sums_by_class(vectors[one.support], y, k),
        data.name_vectors.astype(np.float64),
        np.ones(k, bool),
    )
    return LinearModel.of_classes(totals, kappa, "cosine")


def with_best_beginning(
    data: LongDocuments, vectors: np.ndarray, one: Draw, kappa: float
) -> np.ndarray:
    """By prototypes, where the log-mean-exp over the beginnings' scores is added to the score."""
    model = model_of(data, vectors, one, kappa)
    first = data.passages[data.firsts]
    views = [np.where(data.split[:, None], view, first) for view in (*data.beginnings, first)]
    scores = np.stack([model.scores(view[one.queries]) for view in views])
    best = np.log(np.exp(20.0 * scores).mean(axis=0)) / 20.0
    return np.asarray((model.scores(vectors[one.queries]) + best).argmax(axis=1))


def chosen_rule(data: LongDocuments, vectors: dict[str, np.ndarray], one: Draw) -> str:
    """The rule that a label space would move to: the mean where it is better beyond chance."""
    described = np.ones(len(data.names), bool)
    old, new = (
        Support.of(vectors[name][one.support], data.y[one.support], data.name_vectors, described)
        for name in (OWN, MEAN)
    )
    return MEAN if shown_better(compare(old, new, (OWN, MEAN), own_kappa=True)) else OWN


Way = Callable[[Draw], np.ndarray]


def ways_of(data: LongDocuments, shots: int) -> dict[str, Way]:
    """How the queries of a draw get classes, by rule and weight of the name."""
    vectors = {name: rule(data) for name, rule in RULES.items()}
    focus = {name: in_focus(data, pooling) for name, pooling in IN_FOCUS.items()}
    ways: dict[str, Way] = {}
    for name, own in vectors.items():
        for kappa in (1.0, 3.0):
            ways[f"{name}; {kappa:g}"] = lambda d, v=own, k=kappa: by_prototypes(data, v, d, k)
    for name, queries in focus.items():
        for kappa in (1.0, 3.0):
            ways[f"{FOCUS.format(name)}; {kappa:g}"] = lambda d, n=name, q=queries, k=kappa: (
                by_prototypes(data, vectors[n], d, k, q)
            )
    for name in (FIRST, MEAN, OWN):
        ways[f"{name}; {SPACE}"] = lambda d, v=vectors[name]: by_label_space(data, v, d)
    ways[OURS] = lambda d: by_label_space(data, vectors[OWN], d, focus[OWN])
    return ways | ways_not_built(data, shots, vectors, focus)


def ways_not_built(
    data: LongDocuments, shots: int, vectors: dict[str, np.ndarray], focus: dict[str, np.ndarray]
) -> dict[str, Way]:
    """The rules that protolabel does not have."""
    ways: dict[str, Way] = {}
    common, attention = without_boilerplate(data), attentive(data)
    for kappa in (1.0, 3.0):
        ways[f"{NO_BOILERPLATE}; {kappa:g}"] = lambda d, k=kappa: by_prototypes(data, common, d, k)
        ways[f"{ATTENTIVE}; {kappa:g}"] = lambda d, k=kappa: by_prototypes(data, attention, d, k)
        for name, own in ((BEST, vectors[MEAN]), (BOTH, attention)):
            ways[f"{name}; {kappa:g}"] = lambda d, v=own, k=kappa: with_best_beginning(
                data, v, d, k
            )
    for kappa in (1.0, 3.0) if shots else ():
        ways[f"{CHOSEN}; {kappa:g}"] = lambda d, k=kappa: by_prototypes(
            data, vectors[chosen_rule(data, vectors, d)], d, k
        )
        ways[f"{FOCUS.format(CHOSEN)}; {kappa:g}"] = lambda d, k=kappa: by_prototypes(
            data, vectors[chosen_rule(data, vectors, d)], d, k, focus[chosen_rule(data, vectors, d)]
        )
    return ways


def rights(data: LongDocuments, shots: int, chosen: list[Draw]) -> dict[str, list[np.ndarray]]:
    """Which queries of each draw are right, by rule and weight of the name; kept."""

    def rights_of(way: Way) -> list[list[int]]:
        return [(way(one) == data.y[one.queries]).astype(int).tolist() for one in chosen]

    folder = CACHE / "contracts" / f"{data.title.replace(' ', '-')}-{shots}"
    return {
        name: [
            np.array(own, bool)
            for own in kept_result(folder / f"{slug(name)}.json", partial(rights_of, way))
        ]
        for name, way in ways_of(data, shots).items()
    }


def slug(name: str) -> str:
    """A name as a file may have it."""
    return "-".join("".join(c if c.isalnum() else " " for c in name).split())


def main() -> None:
    """Run what is not kept and write docs/results/contracts.*, after each set what there is."""
    parser = command_line(__doc__)
    parser.add_argument("sets", metavar="SET", nargs="*", type=one_of(tuple(SETS)))
    sets = parser.parse_args().sets or list(SETS)
    sections, values = earlier_page()
    for title in sets:
        sections[title], own = study(title)
        values |= own
        parts = [page_head(), *(sections[name] for name in SETS if name in sections)]
        save("contracts", "make bench-contracts", "\n\n".join(parts), values, None)


def study(title: str) -> tuple[str, Values]:
    """The section of a set, and its values."""
    data = load(title)
    contracts = title == "Contracts"
    rows = np.arange(len(data.y)) if contracts else np.flatnonzero(~data.validation)
    part = ~data.validation if contracts else data.split
    cells: dict[str, list[str]] = {}
    differences: dict[str, list[str]] = {}
    values: Values = {title: {}, f"{title}, differences": {}}
    for shots in SHOTS[title]:
        chosen = list(draws(data, shots, rows))
        parts_of_queries = [part[one.queries] for one in chosen]
        how = sampling(data, rows, shots)
        right_by = rights(data, shots, chosen)
        record = values[title][str(shots)] = {}
        for name, right in right_by.items():
            of_part = [r[some] for r, some in zip(right, parts_of_queries, strict=True)]
            record[name] = {"all": per_cent(right), "in brackets": per_cent(of_part)}
            cell = f"{interval_text(per_cent(right), how=how)} ({np.mean(per_cent(of_part)):.1f})"
            cells.setdefault(name, ["–"] * SHOTS[title].index(shots)).append(cell)
        more = differences_of(right_by, parts_of_queries, how)
        values[f"{title}, differences"][str(shots)] = {n: one.values for n, one in more.items()}
        for name, one in more.items():
            differences.setdefault(name, []).append(one.text)
        log_line("; ".join(f"{n} {c[-1]}" for n, c in (cells | differences).items()))
    parts = [f"## {title}", described(data, rows), rows_of_table(cells, SHOTS[title])]
    parts += [DIFFERENCES, rows_of_table(differences, SHOTS[title], "minus")]
    if title == CALIBRATED:
        errors = {
            shots: kept_result(
                CACHE / "contracts" / f"calibration-{shots}.json",
                partial(calibration_of, data, list(draws(data, shots, rows))),
            )
            for shots in SHOTS[title][1:]
        }
        values["Calibration"] = {str(shots): dict(one) for shots, one in errors.items()}
        parts += calibration_table(errors)
    parts.append(f"{MEASURED} {time.strftime('%Y-%m-%d')}.")
    return "\n\n".join(parts), values


def sampling(data: LongDocuments, rows: np.ndarray, shots: int) -> Sampling:
    """How the draws come about, for the interval."""
    counts = np.bincount(data.y[rows], minlength=len(data.names))
    n = int(np.maximum(counts - shots, 0).sum())
    shared = float(np.minimum(shots / np.maximum(counts, 1), 1.0).mean())
    return Sampling(n, shared)


if __name__ == "__main__":
    main()
