"""Answers by level: accuracy against coverage where classes stand under others, beside hiclass.

``make bench-hierarchy``: CLINC150, 150 intents under its ten domains with the out-of-scope queries
as strangers, and dbpedia_l2, 70 classes under nine. Label spaces of 1, 5 and 10 examples a class
with the class names as descriptions, 10 draws; every rule and rival has the same vectors. Which
rule is built in was chosen on validation queries (``--validation``); test queries are read once.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.hierarchy_figures import COVERAGES, LEAST, by_rules, figures, promised
from benchmarks.hierarchy_methods import nested_space, rival, scored, top_down
from benchmarks.hierarchy_sets import Set, clinc, dbpedia, support_of
from benchmarks.intervals import NEW_DATA, Sampling, interval_text, mean_interval
from benchmarks.results import log_line, save, table
from protolabel.arithmetic.calibration import Calibration

SHOTS, DRAWS = (1, 5, 10), 10

Figures = dict[str, dict[str, list[float]]]


def run(one: Set, part: str, draws: int) -> dict[str, Figures]:
    """All figures: by examples a class, method and figure, a value a draw."""
    queries, far = one.parts[part], one.parts[f"{part} strangers"]
    results: dict[str, Figures] = {}
    for shots in SHOTS:
        methods: Figures = {}
        for seed in range(draws):
            support = support_of(one, shots, seed)
            with nested_space(one, support) as space:
                ours, strangers = scored(space, one, queries), scored(space, one, far)
                fitted = space.view().calibration
                warm = fitted.temperature if isinstance(fitted, Calibration) else 0.05
                rows = {"sums of classes": figures(one, ours, queries, strangers)}
                if isinstance(fitted, Calibration):
                    rows["answers"] = by_rules(one, ours, queries, strangers)
                    rows["answers"] |= promised(one, space, queries, far)
            for name, other in (
                ("top-down, prototypes", top_down(one, support, queries, min(warm, 0.1))),
                ("hiclass, a regression a parent", rival(one, support, queries)),
            ):
                rows[name] = figures(one, other, queries, other)
            for name, values in rows.items():
                for key, value in values.items():
                    methods.setdefault(name, {}).setdefault(key, []).append(value)
        results[str(shots)] = methods
        right = methods["sums of classes"]["class, 100%"]
        log_line(f"{one.data.name} {part} {shots}: {mean_interval(right)[0]:.1f}")
    return results


def tables(one: Set, part: str, results: dict[str, Figures]) -> list[str]:
    """The page's part about one set."""
    counts = np.bincount(one.data.y[one.parts["train"]], minlength=len(one.above))
    body = []
    for level in ("class", "parent"):
        rows = []
        for shots, methods in results.items():
            how = Sampling(len(one.parts[part]), float(np.minimum(int(shots) / counts, 1.0).mean()))
            for name, values in methods.items():
                if name == "answers":
                    continue
                cells = [interval_text(values[f"{level}, {c:.0%}"], how=how) for c in COVERAGES]
                gap = f"{mean_interval(values[f'gap of the {level}'])[0]:.1f}"
                rows.append([shots, name, *cells, gap])
        headers = ["examples", "method", *(f"{c:.0%}" for c in COVERAGES), "gap"]
        body += [
            f"**{one.data.name}: accuracy of the {level}, by coverage**",
            "",
            table(headers, rows),
            "",
        ]
    rows = []
    for shots, methods in results.items():
        answers = methods.get("answers")
        if answers is None:
            rows.append([shots, "no calibration: the nearest class answers", *["-"] * 4])
            continue
        keys = ["without levels"]
        keys += [
            f"{rule}, {least}"
            for rule in ("threshold, then level", "chance at each level")
            for least in LEAST
        ]
        for key in keys:
            cells = [
                f"{mean_interval(answers[f'{key}: {what}'])[0]:.1f}"
                if f"{key}: {what}" in answers
                else "-"
                for what in ("class", "parent", "right", "strangers")
            ]
            rows.append([shots, key, *cells])
        right = 100.0 - np.array(answers["target: wrong"])
        rows.append([shots, "target errors 5%", *(
            f"{mean_interval(answers[f'target: {what}'])[0]:.1f}" for what in ("class", "parent")
        ), f"{mean_interval(right.tolist())[0]:.1f}",
            f"{mean_interval(answers['target: strangers'])[0]:.1f}"])  # fmt: skip
    body += [
        f"**{one.data.name}: answers**", "",
        table(["examples", "rule", "answered with a class", "with a parent", "right",
               "strangers answered"], rows), "",
    ]  # fmt: skip
    return body


def main() -> None:
    """Run and write docs/results/hierarchy.*; with ``--validation`` print validation alone."""
    parser = command_line(__doc__)
    parser.add_argument("--validation", action="store_true", help="print validation, write no page")
    part = "val" if parser.parse_args().validation else "test"
    start = time.perf_counter()
    sets = [clinc(), dbpedia()]
    results = {one.data.name: run(one, part, 3 if part == "val" else DRAWS) for one in sets}
    body = [line for one in sets for line in tables(one, part, results[one.data.name])]
    if part == "val":
        print("\n".join(body))
        return
    save("hierarchy", "make bench-hierarchy", "\n".join([*HEAD, *body]), results,
         time.perf_counter() - start)  # fmt: skip


HEAD = [
    "# Answers by level",
    "",
    "Two sets have classes under others. In CLINC150, 150 intents stand under ten domains, and its "
    "out-of-scope queries are the strangers. In DBpedia, 70 % of the level-2 classes of 40 "
    "documents or more stand under level 1, and the other classes are the strangers. Figures are "
    f"the {NEW_DATA}, over {DRAWS} draws.",
    "",
    "*Sums of classes* is the method of label spaces: the probability of a parent is the sum "
    "over the classes under it. *Top-down, prototypes* gives each parent a prototype of all "
    "that stands under it, chooses a parent, and then chooses among its children. hiclass 5.0.8 "
    "fits a logistic regression for each parent, on the same vectors, with the names as "
    "examples. *Coverage* is the share of the queries that is answered; the surest are answered "
    "first, by the method's own probability of the level. *Gap* is the mean probability minus "
    "the accuracy, in points: how far the probabilities are off. At one example a class a label "
    "space has no calibration; the table then uses a temperature of 0.05.",
    "",
    "*Answers* has the share of the queries that the label space answers with a class, or with "
    "a parent if the class is too unsure. It also has the share of these answers that is right "
    "(a parent is right if the class of the query stands under it), and the share of strangers "
    "that is answered. In *threshold, then level*, the threshold decides whether there is an "
    "answer, and the chance at each level decides how deep it goes; label spaces use *0.5*. "
    "*Chance at each level* declines if no level reaches the chance. The row *target* has the "
    "answers under the target `errors 5%`; its errors are counted in a stream with 20 % "
    "strangers.",
    "",
]


if __name__ == "__main__":
    main()
