"""Chances, targets and label sets where some documents belong to no class.

``python -m benchmarks.open_world [PART ...]``: strangers (out-of-scope queries of CLINC150),
calibration, growth, targets, contracts, known (a share of the classes known, all training data);
``--tables`` only writes what is there. Each draw is kept in ``.bench/open_world``, not made again.
Nothing is chosen here: the share of strangers is the one that a row names, and all else is fitted
to the examples.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.command_line import command_line, one_of, tables_option
from benchmarks.intervals import mean_interval, ratio_text
from benchmarks.newsgroups import POSTS
from benchmarks.open_world_draws import (
    TARGETS,
    Result,
    calibration_draw,
    contracts_draw,
    known_draw,
    strangers_of_clinc,
    target_draw,
)
from benchmarks.results import CACHE, kept_result, save, table

KEPT = CACHE / "open_world"
DRAWS, TARGET_DRAWS, CONTRACT_DRAWS, KNOWN_DRAWS = 10, 50, 20, 3
SETS = (
    ("banking77", 3), ("banking77", 10), ("clinc150", 5), ("clinc150", 10), ("newsgroups20", 5),
    ("newsgroups20", 10), ("dbpedia_l2", 5), ("dbpedia_l2", 10),
)  # fmt: skip
METHODS = ("chance", "today", "plain softmax", "Platt", "isotonic")
SHARES = (0.0, 0.1, 0.3)
PUBLISHED = {  # accuracy / macro-F1 at 25, 50, 75 % of the classes
    "banking77": {
        "ADB (TEXTOIR)": ("79.3 / 71.6", "79.6 / 81.3", "81.4 / 86.1"),
        "frozen USE-DAN, class radius": ("85.7 / 78.9", "83.8 / 84.9", "84.4 / 88.4"),
    },
    "clinc150": {
        "ADB (TEXTOIR)": ("88.3 / 78.2", "86.5 / 85.2", "87.0 / 88.9"),
        "frozen USE-DAN, class radius": ("91.8 / 85.9", "88.8 / 89.2", "88.5 / 92.2"),
    },
}
Draws = Callable[[str, int, Callable[[int], Result]], list[Result]]


def draws_of(tables: bool, name: str, count: int, make: Callable[[int], Result]) -> list[Result]:
    """The draws of one cell: those that are there, and the others made now, but for ``tables``."""
    results = [
        kept_result(KEPT / f"{name}-{seed}.json", None if tables else partial(make, seed))
        for seed in range(count)
    ]
    return [result for result in results if result is not None]


def cell(results: list[Result], key: str, digits: int = 1) -> str:
    """Mean and interval over draws of what each result has under a key."""
    values = [r[key] for r in results if key in r and np.isfinite(r[key])]
    if not values:
        return "-"
    mean, half = mean_interval(values)
    return f"{mean:.{digits}f} ± {half:.{digits}f}" if len(values) > 1 else f"{mean:.{digits}f}"


def pair(results: list[Result], first: str, second: str) -> str:
    """Two cells with a stroke between them."""
    one, two = cell(results, first), cell(results, second)
    return "-" if one == "-" else f"{one} / {two}"


def strangers_part(draws: Draws) -> str:
    """Tables of CLINC150 and its out-of-scope queries."""
    results = {
        s: draws(f"strangers-{s}", DRAWS, partial(strangers_of_clinc, s)) for s in (1, 5, 10)
    }
    rows, cuts = [], []
    for name in ("refined score", "best cosine to a prototype", "softmax of it", "chance"):
        cells = [pair(r, f"{name}: AUROC", f"{name}: FPR95") for r in results.values()]
        rows.append([name, *cells])
    for s, some in results.items():
        default = [
            cell(some, key)
            for key in (
                "strangers declined",
                "in-scope declined",
                "in-scope accuracy",
                "answered rightly",
            )
        ]
        cuts.append([str(s), "default", *default])
        for target in ("strangers 90%", "turned away 5%"):
            keys = (f"{target}: strangers declined", f"{target}: in-scope declined")
            cuts.append([str(s), target, *(cell(some, key) for key in keys), "", ""])
    counts = ", ".join(str(len(r)) for r in results.values())
    headers = ["examples", "threshold", "strangers declined", "in-scope declined"]
    return "\n".join([
        "## Out-of-scope queries of CLINC150", "",
        "150 classes with their names, examples from the training set, 4,500 test queries and the "
        f"1,000 out-of-scope test queries; {counts} draws. AUROC / false positives at 95 % recall, "
        "in %. Earlier releases used the best refined score.", "",
        table(["score", "1 example", "5 examples", "10 examples"], rows), "",
        "The effect of the thresholds that the label space chose from its own examples, in %:", "",
        table([*headers, "nearest class right", "answered rightly"], cuts),
    ])  # fmt: skip


def _calibration_rows(results: list[Result], head: str, first: list[str]) -> list[list[str]]:
    return [
        [*first, method]
        + [
            pair(results, f"{head} {s:g} {method}: ECE", f"{head} {s:g} {method}: Brier")
            for s in SHARES
        ]
        for method in METHODS
    ]


def calibration_part(draws: Draws) -> str:
    """Tables of calibration error, Brier score and coverage of label sets."""
    text = [
        "## Calibration, strangers counted in", "",
        "Half of the classes are known to the label space; the others are strangers, as 0, 10 or "
        "30 % of the stream, and the setting `strangers` says so. Calibration error in ten bins / "
        "Brier score of the chance that the nearest class is right, in %. *Today*: the probability "
        "that allows for no strangers. *Plain softmax*: temperature 1. *Platt*, *isotonic*: right "
        "answers on the best score, fitted to the same simulated queries and strangers. With one "
        "example a class there is no probability.",
    ]  # fmt: skip
    for head in ("refined", "prototypes"):
        rows, sets = [], []
        for name, shots in SETS:
            make = partial(calibration_draw, name, None, shots)
            results = draws(f"calibration-{name}-{shots}", DRAWS, make)
            if not results:
                continue
            rows += _calibration_rows(results, head, [name, str(shots), str(len(results))])
            cells = [
                f"{cell(results, f'{head} sets {c:g}: coverage')} "
                f"({cell(results, f'{head} sets {c:g}: size')})"
                for c in (0.8, 0.9, 0.95)
            ]
            sets.append([name, str(shots), *cells])
        headers = ["data", "examples", "draws", "method", "0 % strangers", "10 %", "30 %"]
        text += ["", f"### {head.capitalize()}", "", table(headers, rows), "",
                 "Label sets: documents of the known classes whose set holds the right one, in % "
                 "(members of a set, *none of these* counted in):", "",
                 table(["data", "examples", "80 %", "90 %", "95 %"], sets)]  # fmt: skip
    return "\n".join(text)


def growth_part(draws: Draws) -> str:
    """The table of CLINC150 as its classes become known."""
    rows = []
    for way in (10, 30, 75, 140):
        results = draws(f"growth-{way}", DRAWS, partial(calibration_draw, "clinc150", way, 5))
        rows += _calibration_rows(results, "refined", [str(way)]) if results else []
    if not rows:
        return ""
    headers = ["classes", "method", "0 % strangers", "10 %", "30 %"]
    what = "CLINC150, 5 examples a class, refined; classes that are not there yet are strangers."
    return "\n".join(["## As classes arrive", "", what, "", table(headers, rows)])


def targets_part(draws: Draws) -> str:
    """The table of targets and what they came to."""
    rows = []
    for name in ("banking77", "clinc150"):
        for shots in (5, 10):
            make = partial(target_draw, name, shots)
            results = draws(f"targets-{name}-{shots}", TARGET_DRAWS, make)
            for target in TARGETS if results else ():
                limit = float(target.rsplit(" ", 1)[1].rstrip("%"))
                values = [r[f"{target}: realised"] for r in results if f"{target}: realised" in r]
                worse = [v < limit if target.startswith("str") else v > limit for v in values]
                promised = sum(r[f"{target}: promised"] for r in results)
                rows.append([name, str(shots), target, f"{promised:.0f} of {len(results)}",
                             cell(results, f"{target}: realised"),
                             f"{sum(worse)} of {len(values)}" if values else "-",
                             cell(results, f"{target}: answered")])  # fmt: skip
    headers = ["data", "examples", "target", "promised", "realised, %", "missed", "answered, %"]
    return "\n".join([
        "## Target risk against realised risk", "",
        "Half of the classes known, near strangers 20 % of the stream, refined; draws of classes "
        "and examples. *Missed*: draws in which new documents show more risk than the target; at "
        "95 % confidence one in twenty may be. *Answered*: of the documents of known classes.", "",
        table(headers, rows),
    ])  # fmt: skip


def contracts_part(draws: Draws) -> str:
    """Tables of the contracts."""
    rows, cover = [], []
    for share in ("default", "estimated", "true"):
        make = partial(contracts_draw, share=share)
        some = draws(f"contracts-{share}", CONTRACT_DRAWS, make)
        kinds = [("chances", f"chance, strangers {share}")]
        kinds += [("probabilities", "today's probability")] if share == "default" else []
        for kind, words in kinds if some else []:
            high = [r for r in some if r[f"{kind}: n"]]
            total = max(sum(r[f"{kind}: n"] for r in high), 1)
            says = sum(r[f"{kind}: says"] * r[f"{kind}: n"] for r in high) / total
            right = sum(r[f"{kind}: right"] * r[f"{kind}: n"] for r in high) / total
            rows.append(
                [
                    words,
                    cell(some, "estimate"),
                    cell(some, "strangers"),
                    cell(some, f"{kind}: ECE"),
                    cell(some, f"{kind}: Brier"),
                    f"{total / len(some):.1f}",
                    f"{says:.0f}",
                    f"{right:.0f}",
                    ratio_text(
                        [r[f"{kind}: n"] for r in high],
                        [r[f"{kind}: says"] - r[f"{kind}: right"] for r in high],
                    ),
                ]
            )
            if share == "default":
                cells = [cell(some, f"{kind}: right at {c}") for c in (10, 20, 40)]
                cover.append([words, *cells])
    headers = ["number", "strangers, estimated", "true", "calibration error", "Brier",
               "answers above 70 %", "they say", "right", "more than right"]  # fmt: skip
    return "\n".join([
        "## Contracts", "",
        "Six types known, three examples each, names as descriptions; all other contracts are the "
        f"stream. {len(some)} draws, in %. *Answers above 70 %*: how many there are in a draw. "
        "*More than right*: by how many points these answers say more than is right, over all of "
        "them, with the 95 % interval (t) of a ratio over draws. Draws share their documents.", "",
        table(headers, rows), "",
        "Right among the surest answers, by share of the stream that is answered, in %:", "",
        table(["ordered by", "10 %", "20 %", "40 %"], cover),
    ])  # fmt: skip


def known_part(draws: Draws) -> str:
    """Tables beside published figures."""
    text = [
        "## A share of the classes known, all training data", "",
        "Accuracy / macro-F1 over the known classes and *none of these*, in %. BANKING77: 40 "
        "documents of each class are test documents here, the others training data; CLINC150: its "
        "own sets with the 1,000 out-of-scope test queries. The published methods train or tune "
        "on the training data; here the encoder stays as it is.",
    ]  # fmt: skip
    for name, published in PUBLISHED.items():
        results = {
            share: draws(f"known-{name}-{share}", KNOWN_DRAWS, partial(known_draw, name, share))
            for share in (0.25, 0.5, 0.75)
        }
        if not any(results.values()):
            continue
        rows = []
        for cut in ("default threshold", "likeliest, strangers 20 %",
                    "likeliest, strangers estimated"):  # fmt: skip
            cells = [pair(r, f"{cut}: accuracy", f"{cut}: F1") for r in results.values()]
            rows.append([cut, *cells])
        rows += [[f"{who}, published", *figures] for who, figures in published.items()]
        shares = [pair(r, "estimate", "strangers") for r in results.values()]
        rows.append(["strangers, estimated / true", *shares])
        text += ["", name, "", table(["", "25 % known", "50 %", "75 %"], rows)]
    return "\n".join(text)


PARTS: dict[str, Callable[[Draws], str]] = {
    "strangers": strangers_part,
    "calibration": calibration_part,
    "targets": targets_part,
    "contracts": contracts_part,
    "growth": growth_part,
    "known": known_part,
}


def main() -> None:
    """Make the parts that are asked for, or all, and write the page of all that are there."""
    parser = command_line(__doc__)
    tables_option(parser, KEPT)
    parser.add_argument("parts", metavar="PART", nargs="*", type=one_of(PARTS))
    options = parser.parse_args()
    draws = partial(draws_of, options.tables)
    bodies = [body for name in options.parts or PARTS if (body := PARTS[name](draws))]
    intro = (
        "# Documents of no class\n\nWhat `chance`, `none_probability`, targets and label sets are "
        "worth. Mean ± 95 % interval (t) over draws of examples and classes; a single draw has no "
        f"interval. {POSTS['beginning']} [How they work](../open-world.md).")  # fmt: skip
    values = defaultdict(list)
    for path in sorted(KEPT.glob("*.json")):
        values[path.stem.rsplit("-", 1)[0]].append(json.loads(path.read_text(encoding="utf-8")))
    save("open_world", "make bench-open", "\n\n".join([intro, *bodies]), dict(values), None)


if __name__ == "__main__":
    main()
