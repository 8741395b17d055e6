"""What transfers: all classes at once, another data set, and descriptions, after training.

``python -m benchmarks.transfer``: takes the encoders that ``benchmarks.few_shot_text`` trained on
the train classes of the published folds of BANKING77 and CLINC150. Each labels all classes of
both data sets through a label space, with a name and 0, 1 or 5 examples a class; the encoder as it
was stands beside it on the same draws, one draw a fold. Accuracy is also told apart for classes
that the encoder was trained on and classes that it was not.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import Data, draw, fold, load
from benchmarks.few_shot_text import PLACE
from benchmarks.intervals import mean_interval
from benchmarks.keep import keep
from benchmarks.results import CACHE, log_line, save, table
from benchmarks.spaces import predicted, space_of
from protolabel.encoders import Encoder, load_encoder

QUERIES = 4000
SHOTS = (0, 1, 5)
NAMES = {"BANKING77": "banking77", "CLINC150": "clinc150"}


def embedded(data: Data, encoder: Encoder) -> Data:
    """The same data in another encoder's vectors."""
    vectors = encoder.encode(data.texts + data.names)
    n = len(data.texts)
    return replace(data, embeddings=vectors[:n], name_embeddings=vectors[n:])


def measured(data: Data, encoder: Encoder, seed: int, base: set[int]) -> dict[str, float]:
    """Accuracy by examples a class and head; at five, of base and of novel classes too."""
    figures = {}
    for shots in SHOTS:
        drawn = draw(data, shots, seed, QUERIES)
        truth = data.y[drawn.queries]
        for refine in (False, True) if shots else (False,):
            with space_of(data, drawn.support, refine=refine, encoder=encoder) as space:
                space.settle()
                right = predicted(space, data, drawn.queries) == truth
            head = "refined" if refine else "prototypes"
            figures[f"{shots} {head}"] = 100 * float(right.mean())
            if shots == 5 and base:
                in_base = np.isin(truth, sorted(base))
                figures[f"5 {head}, base"] = 100 * float(right[in_base].mean())
                figures[f"5 {head}, novel"] = 100 * float(right[~in_base].mean())
    return figures


def main() -> None:
    """Measure what is lacking, and write."""
    command_line(__doc__).parse_args()
    started = time.monotonic()
    place = CACHE / "transfer"
    place.mkdir(parents=True, exist_ok=True)
    whole = {key: load(key) for key in NAMES.values()}
    first = load_encoder()
    assert isinstance(first, Encoder)
    for path in sorted(PLACE.glob("*/encoder")):
        name, _, number = path.parent.name.rpartition("-")
        if name not in NAMES:
            continue
        trained = load_encoder(path)
        assert isinstance(trained, Encoder)
        for target, data in whole.items():
            kept = place / f"{name}-{number}-{target}.json"
            if kept.is_file():
                continue
            base = set(fold(target, number)["train"]) if NAMES[name] == target else set()
            record = {
                "before": measured(data, first, int(number), base),
                "after": measured(embedded(data, trained), trained, int(number), base),
            }
            keep(kept, json.dumps(record, indent=1))
            log_line(f"{kept.stem}: {record}")
    report(place, time.monotonic() - started)


def report(place: Path, seconds: float) -> None:
    """Write docs/results/transfer."""
    heads = ["0 prototypes", "1 prototypes", "1 refined", "5 prototypes", "5 refined"]
    parts = [f"5 {h}, {p}" for h in ("prototypes", "refined") for p in ("base", "novel")]
    rows, split, values = [], [], {}
    for name in NAMES:
        for target in NAMES.values():
            paths = sorted(place.glob(f"{name}-*-{target}.json"))
            records = [json.loads(p.read_text(encoding="utf-8")) for p in paths]
            if not records:
                continue
            values[f"{name} to {target}"] = records
            for when in ("before", "after"):
                rows.append([name, target, when, *_cells(records, when, heads)])
            gains = [_gain(records, h) for h in heads]
            rows.append([name, target, "gain", *gains])
            if NAMES[name] == target:
                for when in ("before", "after"):
                    split.append([name, when, *_cells(records, when, parts)])
    body = (
        "# What training on base classes does for all classes, and for another data set\n\n"
        "Accuracy in %, all classes at once, class names as descriptions. Mean ± 95 % interval (t) "
        f"over the published folds, each with a draw of its own and {QUERIES} queries. "
        "The headings "
        "give examples a class and the head. Gains are paired.\n\n"
        f"{table(['trained on', 'used on', '', *heads], rows)}\n\n"
        "At 5 examples, classes that the encoder was trained on (base) and the others:\n\n"
        f"{table(['set', '', *parts], split)}"
    )
    save("transfer", "make bench-transfer", body, values, seconds)


def _cells(records: list[dict[str, dict[str, float]]], when: str, keys: list[str]) -> list[str]:
    figures = []
    for key in keys:
        mean, half = mean_interval([r[when][key] for r in records])
        figures.append(f"{mean:.1f} ± {half:.1f}")
    return figures


def _gain(records: list[dict[str, dict[str, float]]], key: str) -> str:
    mean, half = mean_interval([r["after"][key] - r["before"][key] for r in records])
    return f"{mean:+.1f} ± {half:.1f}"


if __name__ == "__main__":
    main()
