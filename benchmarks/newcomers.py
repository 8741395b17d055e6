"""How often a class that came late, with few examples, is turned away as *none of these*.

``python -m benchmarks.newcomers``: all classes of BANKING77 and CLINC150 with their names; of
them a fifth are strangers, which the label space does not have, a fifth newcomers with few
examples, and the others have many. Of each kind of query: how many are declined by the fitted
threshold, of how many the nearest class is right, and how many are answered rightly; by the refined
head, and by the prototypes alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import Data, Draw, draw, load
from benchmarks.intervals import interval_text
from benchmarks.results import save, table
from benchmarks.spaces import name_of, space_of
from protolabel import Document

SETS = ("banking77", "clinc150")
NEW_CLASSES = "mean ± 95 % interval (t) for other choices of newcomers and strangers"
CASES = ((10, 0), (10, 1), (10, 2), (10, 4), (20, 1))  # examples of the others, of newcomers
DRAWS, QUERIES = 5, 3000
KINDS = ("others", "newcomers", "strangers")


def main() -> None:
    """Run, print and save."""
    command_line(__doc__).parse_args()
    start = time.perf_counter()
    body = [
        "# Classes with few examples among classes with many\n",
        "In % of the queries of each kind: declined as *none of these*, nearest class right, and "
        "answered rightly. A fifth of the classes are newcomers with fewer examples; a fifth "
        f"are strangers, unknown to the label space. Each draw deals the classes anew; "
        f"{NEW_CLASSES}, over {DRAWS} draws of {QUERIES} queries; default threshold.\n",
    ]
    values: dict[str, object] = {}
    for name in SETS:
        data = load(name)
        rows = []
        for many, few in CASES:
            runs = [measured(data, many, few, seed) for seed in range(DRAWS)]
            values[f"{name} {many} {few}"] = runs
            for head in ("refined", "prototypes"):
                cells = [[run[f"{head}, {kind}"] for run in runs] for kind in KINDS]
                rows.append(
                    [str(many), str(few), head]
                    + [interval_text([c[0] for c in cell]) for cell in cells]
                    + [interval_text([c[i] for c in cell]) for i in (1, 2) for cell in cells[:2]]
                )
        headers = ["examples", "newcomers'", "head", "others declined", "newcomers declined",
                "strangers declined", "others' nearest right", "newcomers' nearest right",
                "others right", "newcomers right"]  # fmt: skip
        body += [f"{name}, {len(data.names)} classes\n", table(headers, rows), ""]
    save("newcomers", "make bench-newcomers", "\n".join(body), values, time.perf_counter() - start)


def measured(data: Data, many: int, few: int, seed: int) -> dict[str, tuple[float, ...]]:
    """By head and kind of query: (declined, nearest class right, answered rightly) in %."""
    drawn = draw(data, many, seed, QUERIES)
    n = len(data.names)
    order = np.random.default_rng(seed).permutation(n)
    strangers, newcomers = order[: n // 5], order[n // 5 : 2 * (n // 5)]
    known_data = data.only([c for c in range(n) if c not in set(strangers.tolist())])
    names = {c: name_of(known_data, known_data.names.index(data.names[c])) for c in range(n)
             if data.names[c] in known_data.names}  # fmt: skip
    support = _support(data, drawn, set(strangers.tolist()), set(newcomers.tolist()), few)
    rows = np.flatnonzero(np.isin(data.y, strangers, invert=True))
    place = {row: i for i, row in enumerate(rows.tolist())}
    with space_of(known_data, np.array([place[row] for row in support]), refine=True) as space:
        space.configure(threshold="auto")
        space.settle()
        views = {"refined": space.view(), "prototypes": space.view().unrefined()}
        answers = {
            head: list(view.label_many(documents(data, drawn), alternatives=2, evidence=0))
            for head, view in views.items()
        }
    truth = data.y[drawn.queries]
    kinds = {"strangers": np.isin(truth, strangers), "newcomers": np.isin(truth, newcomers)}
    kinds["others"] = ~(kinds["strangers"] | kinds["newcomers"])
    shares_by_kind = {}
    for head, answers_of_head in answers.items():
        nearest = [answer.alternatives[0].label for answer in answers_of_head]
        right = np.array(
            [label == names.get(c) for label, c in zip(nearest, truth.tolist(), strict=True)]
        )
        no = np.array([answer.label is None for answer in answers_of_head])
        for kind, of in kinds.items():
            shares = (no[of], right[of], (right & ~no)[of])
            shares_by_kind[f"{head}, {kind}"] = tuple(100 * float(share.mean()) for share in shares)
    return shares_by_kind


def documents(data: Data, drawn: Draw) -> Iterator[Document]:
    """The queries, with their embeddings."""
    for i in drawn.queries.tolist():
        yield Document(str(i), data.texts[i], embedding=data.embeddings[i])


def _support(
    data: Data, drawn: Draw, strangers: set[int], newcomers: set[int], few: int
) -> list[int]:
    """Rows of the examples: none of a stranger's, ``few`` of a newcomer's."""
    counts: dict[int, int] = {}
    kept = []
    for row in drawn.support.tolist():
        c = int(data.y[row])
        counts[c] = counts.get(c, 0) + 1
        if c not in strangers and (c not in newcomers or counts[c] <= few):
            kept.append(row)
    return kept


if __name__ == "__main__":
    main()
