"""What changes and questions cost beyond the encoder, at 1,000 and 100,000 classes.

``python -m benchmarks.latency``: durable addition of a class of 5 embedded examples; one query,
exact, with evidence; opening the file; ``import protolabel``; one document by a cold command line.
Medians of many, the first call apart. What one change costs until the label space is calibrated
again stands in ``benchmarks.recalibration``, and the first answer after a change in
``benchmarks.answer_after_change``; ``--recalibration`` and ``--answers`` measure one of them alone.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.answer_after_change import answers, answers_part, run
from benchmarks.command_line import command_line
from benchmarks.recalibration import part, recalibrations
from benchmarks.results import RESULTS, log_line, save, table
from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.support import Support
from protolabel.arrays import unit
from protolabel.encoders import PrecomputedEncoder

DIM = 384


def milliseconds(action: Callable[[int], object], n: int) -> tuple[float, float, float]:
    """First call, median and 95th percentile of the others."""
    took = []
    for i in range(n + 1):
        start = time.perf_counter()
        action(i)
        took.append((time.perf_counter() - start) * 1000)
    return took[0], float(np.median(took[1:])), float(np.quantile(took[1:], 0.95))


def at_size(n_classes: int, folder: Path) -> dict[str, tuple[float, float, float]]:
    """Latencies of a label space of that many classes, 5 examples each."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((n_classes, DIM), dtype=np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    path = folder / f"{n_classes}.space"
    space = LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False)
    for at in range(0, n_classes, 5000):
        space.add(
            [
                Example(f"class {k}", embedding=_near(rng, centres[k]))
                for k in range(at, min(at + 5000, n_classes))
                for _ in range(5)
            ]
        )
    log_line(f"{n_classes} classes are there")
    vectors = rng.standard_normal((400, 5, DIM), dtype=np.float32)
    times = {
        "add a class of 5 examples": milliseconds(
            lambda i: space.add([Example(f"new {i}", embedding=v) for v in vectors[i]]), 200
        ),
        "one query, with evidence": milliseconds(
            lambda i: space.label(Document("q", embedding=centres[i])), 200
        ),
        "undo": milliseconds(lambda _: space.undo(), 50),
        "rename": milliseconds(lambda i: space.rename(f"class {i}", f"other {i}"), 50),
    }
    space.close()
    opening = milliseconds(lambda _: LabelSpace(path, background=False).close(), 5)
    times["open the file"] = opening
    path.unlink()
    return times


def _near(rng: np.random.Generator, centre: np.ndarray) -> np.ndarray:
    return centre + 0.03 * rng.standard_normal(DIM, dtype=np.float32)


def processes(folder: Path) -> dict[str, tuple[float, float, float]]:
    """Whole processes: import, and the command line from cold."""
    path = folder / "cold.space"
    with LabelSpace.create(path, background=False) as space:
        space.describe({"invoice": "a bill asking for payment", "resume": "a person's career"})
        space.add([Example("invoice", f"please pay invoice {i}") for i in range(5)])
        space.add([Example("resume", f"worked {i} years as an engineer") for i in range(5)])
        space.settle()
    cold = [
        sys.executable,
        "-m",
        "protolabel",
        "label",
        str(path),
        "--text",
        "amount due",
        "--json",
    ]
    return {
        "import protolabel": milliseconds(
            lambda _: run([sys.executable, "-c", "import protolabel"]), 15
        ),
        "from protolabel import LabelSpace": milliseconds(
            lambda _: run([sys.executable, "-c", "from protolabel import LabelSpace"]), 15
        ),
        "protolabel --help": milliseconds(
            lambda _: run([sys.executable, "-m", "protolabel", "--help"]), 15
        ),
        "python -c pass": milliseconds(lambda _: run([sys.executable, "-c", "pass"]), 15),
        "one document, cold command line": milliseconds(lambda _: run(cold), 15),
    }


def background() -> dict[str, tuple[float, float, float]]:
    """The fits after a change, on random classes; 0 where they are refused as too large."""
    times = {}
    for n_classes, shots in ((150, 10), (1000, 20), (5000, 20)):
        rng = np.random.default_rng(0)
        centres = unit(rng.standard_normal((n_classes, DIM), dtype=np.float32))
        y = np.repeat(np.arange(n_classes), shots)
        noise = rng.standard_normal((len(y), DIM), dtype=np.float32)
        x = unit(centres[y] + 0.08 * noise)
        described = np.ones(n_classes, dtype=np.bool_)
        support = Support.of(x, y, centres, described)
        name = f"{n_classes} x {shots}"
        times[f"refinement, {name}"] = milliseconds(lambda _, s=support: refine(s), 3)
        times[f"its calibration, {name}"] = milliseconds(lambda _, s=support: cross_fit(s), 1)
        log_line(f"{name}: {times}")
    return times


def main() -> None:
    """Run and write docs/results/latency.*."""
    parser = command_line(__doc__)
    alone = parser.add_mutually_exclusive_group()
    for name in ("recalibration", "answers"):
        alone.add_argument(f"--{name}", action="store_true", help="measure this part alone")
    options = parser.parse_args()
    start = time.perf_counter()
    stored: dict[str, Any] | None = None
    with tempfile.TemporaryDirectory() as folder:
        if options.recalibration or options.answers:
            stored = json.loads((RESULTS / "latency.json").read_text(encoding="utf-8"))
            times = stored["values"]
        else:
            times = {str(n): at_size(n, Path(folder)) for n in (1000, 100_000)}
            times["processes"] = processes(Path(folder))
            times["background"] = background()
        if not options.answers:
            times["recalibration"] = recalibrations(Path(folder))
        if not options.recalibration:
            times["answers"] = answers(Path(folder))
    rows = [
        [
            what,
            f"{int(size):,} classes" if size.isdigit() else "-",
            f"{first:.2f}",
            f"{p50:.2f}",
            f"{p95:.2f}",
        ]
        for size, by in times.items()
        if size not in ("recalibration", "answers")
        for what, (first, p50, p95) in by.items()
    ]
    body = (
        "# Latency beyond the encoder\n\nMilliseconds. Every change is a durable transaction "
        "(WAL, synchronous=FULL). d = 384. 200 calls, except undo and rename (50), new processes "
        "(15), fits (3) and opening a file (5; the first opening after changes writes derived "
        "state, and later ones map it).\n\n"
        + table(["what", "size", "first", "median", "95 %"], rows)
        + "\n\n"
        + answers_part(times["answers"])
        + "\n\n"
        + part(times["recalibration"])
    )
    save("latency", "make bench-latency", body, times, time.perf_counter() - start, stored)


if __name__ == "__main__":
    main()
