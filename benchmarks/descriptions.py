"""What a description alone is worth among classes with examples: accuracy of both kinds of classes.

``python -m benchmarks.descriptions [--encoder NAME] [--page]``: the classes of the first published
folds of BANKING77 and CLINC150, with their names as descriptions. Some of them, which each draw
deals anew, have no example; the others have 1, 3 or 10. Of the documents of either kind of classes:
of how many the nearest class is right; and how many of the others' documents go to a class without
examples. By the refined head, and by the prototypes alone.

Runs are kept by encoder in docs/results/descriptions.json: another encoder adds to it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import Data, draw, encoder_of, fold, load
from benchmarks.intervals import interval_text
from benchmarks.results import RESULTS, log_line, machine, save, table
from benchmarks.spaces import predicted, space_of
from protolabel.encoders.cache import CachedEncoder

DEFAULT = "all-MiniLM-L6-v2"
SETS = ("banking77", "clinc150")
PARTS = {"train and validation classes": ("train", "valid"), "test classes": ("test",)}
DRAWS, DRAWS_OF_ONE, QUERIES = 5, 10, 3000
MEASURES = ("all", "with", "without", "taken")


@dataclass(frozen=True)
class Case:
    """Examples of a class that has any, and the share of the classes without; 0 for one alone."""

    shots: int
    share: float

    @property
    def words(self) -> str:
        """The share in words."""
        return f"{self.share:.0%}" if self.share else "one"

    @property
    def draws(self) -> int:
        """How many draws: of one class alone, a draw has few documents."""
        return DRAWS if self.share else DRAWS_OF_ONE


CASES = (Case(1, 0.25), Case(3, 0.25), Case(10, 0.25), Case(10, 0.0), Case(3, 0.6))
Draws = list[dict[str, float]]


def parts(encoder: CachedEncoder) -> Iterator[tuple[str, Data]]:
    """Each part of a data set, with its title."""
    for name in SETS:
        data, folds = load(name, encoder), fold(name)
        for words, those in PARTS.items():
            some = data.only(sorted(c for part in those for c in folds[part]))
            yield f"{name}, {len(some.names)} {words}", some


def measured(data: Data, encoder: CachedEncoder, case: Case, seed: int) -> dict[str, float]:
    """A draw: by head and measure, in per cent of the documents."""
    n = len(data.names)
    without = np.zeros(n, np.bool_)
    without[np.random.default_rng(seed).permutation(n)[: max(1, round(case.share * n))]] = True
    drawn = draw(data, case.shots, seed, QUERIES)
    support = drawn.support[~without[data.y[drawn.support]]]
    truth = data.y[drawn.queries]
    bare = without[truth]
    values = {}
    with space_of(data, support, refine=True, encoder=encoder) as space:
        space.settle()
        view = space.view().unremembered()
        for head, one in (("prototypes", view.unrefined()), ("refined", view)):
            classes = predicted(one, data, drawn.queries)
            right = classes == truth
            shares = (right, right[~bare], right[bare], without[classes[~bare]])
            for measure, share in zip(MEASURES, shares, strict=True):
                values[f"{head}, {measure}"] = 100 * float(share.mean())
    return values


def study(name: str) -> dict[str, Any]:
    """All draws of an encoder, by part and case, and on what they were measured."""
    start, encoder = time.perf_counter(), encoder_of(name)
    draws: dict[str, dict[str, Draws]] = {}
    for title, data in parts(encoder):
        for case in CASES:
            runs = [measured(data, encoder, case, seed) for seed in range(case.draws)]
            draws.setdefault(title, {})[f"{case.shots}/{case.words}"] = runs
            log_line(f"{name}, {title}: {case.shots} examples, {case.words} without")
    return {
        "date": time.strftime("%Y-%m-%d"), "machine": machine(),
        "seconds": time.perf_counter() - start, "draws": draws,
    }  # fmt: skip


def body_of(runs: dict[str, Any]) -> str:
    """The page."""
    body = [
        "# What a description alone is worth among classes with examples",
        "Some classes have examples and a description, the others a description alone: their name. "
        "Nearest class right in % of the documents: of all, of those whose class has examples, and "
        "of those whose class has none. *Taken*: documents of classes with examples whose nearest "
        "class is one without. Mean ± 95 % interval (t) for other choices of the classes without "
        f"examples and of the examples, over {DRAWS} draws of {QUERIES:,} documents; where one "
        f"class alone has no example, {DRAWS_OF_ONE} draws. The place of such a class among "
        "refined weights was [chosen](../experiments/answering.md) on the train and validation "
        "classes. The test classes had no part in it.",
    ]
    heads = ["examples", "classes without", "head", "all", "with examples", "without", "taken"]
    for name, run in runs.items():
        body.append(f"## {name}")
        for title, by_case in run["draws"].items():
            rows = [
                [*case.split("/"), head,
                 *(interval_text([one[f"{head}, {m}"] for one in draws]) for m in MEASURES)]
                for case, draws in by_case.items() for head in ("prototypes", "refined")
            ]  # fmt: skip
            body += [f"**{title}**", table(heads, rows)]
        body.append(f"{run['date']}, {run['machine']}, {run['seconds']:.0f} s.")
    return "\n\n".join(body)


def main() -> None:
    """Run, and add to docs/results/descriptions.*."""
    parser = command_line(__doc__)
    parser.add_argument("--encoder", default=DEFAULT, metavar="NAME", help="as load_encoder has it")
    parser.add_argument("--page", action="store_true", help="write the page again, from the JSON")
    options = parser.parse_args()
    kept = RESULTS / "descriptions.json"
    record = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None
    runs: dict[str, Any] = record["values"] if record else {}
    if not options.page:
        runs[options.encoder] = study(options.encoder)
    earlier = record if options.page else None
    save("descriptions", "make bench-descriptions", body_of(runs), runs, None, earlier)


if __name__ == "__main__":
    main()
