"""How often a class that came late, with few examples, is turned away as *none of these*.

``python -m benchmarks.newcomers``: all classes of BANKING77 and CLINC150 with their names; of
them a fifth are strangers, which the label space does not have, a fifth newcomers with few
examples, and the others have many. Of each kind of query: how many are declined by the fitted
threshold, which is lower for a class of few examples, and by one and the same threshold for all
(what it was fitted as), and how many are answered rightly.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.common import Data, Draw, draw, load, save, shown, table
from benchmarks.spaces import name_of, space_of
from protolabel import Document

SETS = ("banking77", "clinc150")
CASES = ((10, 0), (10, 1), (10, 2), (10, 4), (20, 1))  # examples of the others, of newcomers
DRAWS, QUERIES = 5, 3000
KINDS = ("others", "newcomers", "strangers")


def main() -> None:
    """Run, print and save."""
    start = time.perf_counter()
    body = [
        "# Classes that came late\n",
        "Declined as *none of these*, and answered rightly, in % of the queries of each kind. A "
        "fifth of the classes are newcomers with fewer examples; a fifth are strangers, unknown to "
        f"the label space. {DRAWS} draws, {QUERIES} queries each, refined scores, default "
        "threshold. *One*: one threshold for all classes, as it was fitted; *by size*: what the "
        "label space does, lower for a class of few examples.\n",
    ]
    values: dict[str, object] = {}
    for name in SETS:
        data = load(name)
        rows = []
        for many, few in CASES:
            runs = [measured(data, many, few, seed) for seed in range(DRAWS)]
            values[f"{name} {many} {few}"] = runs
            for rule in ("one", "by size"):
                cells = [[run[f"{rule}, {kind}"] for run in runs] for kind in KINDS]
                rows.append(
                    [str(many), str(few), rule]
                    + [shown([c[0] for c in cell]) for cell in cells]
                    + [shown([c[1] for c in cell]) for cell in cells[:2]]
                )
        head = ["examples", "newcomers'", "threshold", "others declined", "newcomers declined",
                "strangers declined", "others right", "newcomers right"]  # fmt: skip
        body += [f"{name}, {len(data.names)} classes\n", table(head, rows), ""]
    save("newcomers", "make bench-newcomers", "\n".join(body), values, time.perf_counter() - start)


def measured(data: Data, many: int, few: int, seed: int) -> dict[str, tuple[float, float]]:
    """By rule and kind of query: (declined, answered rightly) in %."""
    drawn = draw(data, many, seed, QUERIES)
    n = len(data.names)
    order = np.random.default_rng(seed).permutation(n)
    strangers, newcomers = order[: n // 5], order[n // 5 : 2 * (n // 5)]
    known = data.only([c for c in range(n) if c not in set(strangers.tolist())])
    names = {c: name_of(known, known.names.index(data.names[c])) for c in range(n)
             if data.names[c] in known.names}  # fmt: skip
    support = _support(data, drawn, set(strangers.tolist()), set(newcomers.tolist()), few)
    rows = np.flatnonzero(np.isin(data.y, strangers, invert=True))
    place = {row: i for i, row in enumerate(rows.tolist())}
    with space_of(known, np.array([place[row] for row in support]), refine=True) as space:
        space.configure(threshold="auto")
        space.settle()
        fitted = space.info()["calibration"]
        assert isinstance(fitted, dict)
        documents = (
            Document(str(i), data.texts[i], embedding=data.embeddings[i])
            for i in drawn.queries.tolist()
        )
        answers = list(space.label_many(documents, alternatives=2, evidence=0))
    truth = data.y[drawn.queries]
    nearest = [answer.alternatives[0] for answer in answers]
    right = np.array(
        [best.label == names.get(c) for best, c in zip(nearest, truth.tolist(), strict=True)]
    )
    declined = {
        "one": np.array([best.score < float(fitted["threshold"]) for best in nearest]),
        "by size": np.array([answer.label is None for answer in answers]),
    }
    kinds = {"strangers": np.isin(truth, strangers), "newcomers": np.isin(truth, newcomers)}
    kinds["others"] = ~(kinds["strangers"] | kinds["newcomers"])
    return {
        f"{rule}, {kind}": (100 * float(no[of].mean()), 100 * float((right & ~no)[of].mean()))
        for rule, no in declined.items()
        for kind, of in kinds.items()
    }


def _support(
    data: Data, drawn: Draw, strangers: set[int], newcomers: set[int], few: int
) -> list[int]:
    """Rows of the examples: none of a stranger's, ``few`` of a newcomer's."""
    seen: dict[int, int] = {}
    kept = []
    for row in drawn.support.tolist():
        c = int(data.y[row])
        seen[c] = seen.get(c, 0) + 1
        if c not in strangers and (c not in newcomers or seen[c] <= few):
            kept.append(row)
    return kept


if __name__ == "__main__":
    main()
