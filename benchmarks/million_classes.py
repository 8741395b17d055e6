"""Time, memory and file size at 1,000, 100,000 and 1,000,000 classes, beside usearch and faiss.

``python -m benchmarks.million_classes``: label spaces of one embedded example a class. The vectors
are real embeddings, each disturbed, so that every class has some thirty near ones. The rivals get
the same vectors and the same queries, in an environment of their own
(``benchmarks.million_rivals``).

What takes long is kept in ``.bench/million``: label spaces, their first openings, the vectors, and
the rivals' indexes. ``--prepare`` makes these and measures nothing else, so that a later run
measures the rest in some minutes; ``--kept`` leaves out indexes that were not built.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import both
from benchmarks.keep import keep
from benchmarks.memory import own_memory
from benchmarks.results import CACHE, log_line, save, table
from protolabel import Document, Example, LabelSpace
from protolabel.arrays import unit
from protolabel.encoders import PrecomputedEncoder

PLACE = CACHE / "million"
SIZES = (1000, 100_000, 1_000_000)
DIM, BATCH, CALLS, NOISE = 384, 5000, 50, 0.7
RIVAL = CACHE / "rival" / "bin" / "python"


def real_vectors() -> np.ndarray:
    """All embeddings of BANKING77 and CLINC150, once each: ``(m, 384)``."""
    path = PLACE / "real.npy"
    if not path.exists():
        data = both()
        fresh = path.with_suffix(".part.npy")
        np.save(fresh, np.unique(np.concatenate([data.embeddings, data.name_embeddings]), axis=0))
        fresh.rename(path)
    return np.load(path)


def disturbed(real: np.ndarray, rng: np.random.Generator, n: int) -> np.ndarray:
    """Unit vectors near real ones: at a cosine of about 0.8. *Shape:* ``(n, 384)``."""
    noise = rng.standard_normal((n, DIM), dtype=np.float32)
    return unit(real[rng.integers(0, len(real), n)] + NOISE / DIM**0.5 * noise)


def class_vectors(real: np.ndarray, n: int) -> np.ndarray:
    """The vector of each class; those of a smaller size come first in a larger one."""
    rng = np.random.default_rng(0)
    parts = [disturbed(real, rng, min(BATCH, n - at)) for at in range(0, n, BATCH)]
    return np.concatenate(parts)


def built(real: np.ndarray, n: int) -> tuple[Path, float]:
    """The file of a label space of n classes, and the seconds that adding them took."""
    path, clock = PLACE / f"{n}.space", PLACE / f"{n}.json"
    if not clock.exists():
        path.unlink(missing_ok=True)
        started = time.monotonic()
        with LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False) as space:
            vectors = class_vectors(real, n)
            for at in range(0, n, BATCH):
                part = vectors[at : at + BATCH]
                space.add([Example(f"class {at + i}", embedding=v) for i, v in enumerate(part)])
        keep(clock, json.dumps(time.monotonic() - started))
    return path, json.loads(clock.read_text())


def milliseconds(action: Callable[[int], object], calls: int = CALLS) -> dict[str, float]:
    """Of the first call, and of the others: the median, and the median of processor time."""
    walls, cpus = [], []
    for i in range(calls + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        action(i)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return {
        "first": walls[0],
        "median": float(np.median(walls[1:])),
        "cpu": float(np.median(cpus[1:])),
    }


def opened(path: Path, queries: np.ndarray) -> dict[str, object]:
    """What a process of its own measures of a file: run as ``--open FILE``."""
    before = own_memory()
    started = time.perf_counter()
    space = LabelSpace(path, background=False)
    values: dict[str, object] = {"open": time.perf_counter() - started, "cpu": time.process_time()}
    documents = [Document("q", embedding=vector) for vector in queries]
    few = {"evidence": 3, "alternatives": 5}
    values["query"] = milliseconds(lambda i: space.label(documents[i], **few))
    values["memory"] = own_memory() - before
    tag = f"{os.getpid()} {time.time()}"
    rng = np.random.default_rng()
    new = unit(rng.standard_normal((CALLS + 1, 5, DIM), dtype=np.float32))
    values["add"] = milliseconds(
        lambda i: space.add([Example(f"new {tag} {i}", embedding=vector) for vector in new[i]])
    )
    values["undo"] = milliseconds(lambda i: space.undo(), 10)
    for _ in range(CALLS + 1 - 11):
        space.undo()
    values["load"] = os.getloadavg()[1]
    values["reason"] = space.label(documents[0]).reason
    space.close()
    return values


def in_a_process(path: Path, queries: Path, *more: str) -> dict[str, object]:
    """What ``opened`` says, from a fresh process."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.million_classes",
        "--open",
        str(path),
        str(queries),
    ]
    done = subprocess.run([*command, *more], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def first_opening(real: np.ndarray, n: int) -> tuple[Path, Path]:
    """The label space and the file of its first opening, both made where they are not there yet."""
    path, _ = built(real, n)
    kept = PLACE / f"{n}.first.json"
    if not kept.exists():
        for suffix in ("-prototypes", "-names"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        np.save(PLACE / "queries.npy", disturbed(real, np.random.default_rng(1), CALLS + 1))
        keep(kept, json.dumps(in_a_process(path, PLACE / "queries.npy")))
        log_line(f"{n}: first opening {kept.read_text(encoding='utf-8')}")
    return path, kept


def at_size(real: np.ndarray, n: int) -> dict[str, object]:
    """Everything at one size."""
    path, kept = first_opening(real, n)
    queries = PLACE / "queries.npy"
    values: dict[str, object] = {
        "build": built(real, n)[1],
        "first opening": json.loads(kept.read_text(encoding="utf-8")),
        "opening": in_a_process(path, queries),
        "every class scored": in_a_process(path, queries, "--plain"),
    }
    files = [Path(f"{path}{suffix}") for suffix in ("", "-prototypes", "-names")]
    values["bytes"] = [file.stat().st_size if file.exists() else 0 for file in files]
    log_line(f"{n}: {values}")
    return values


def rivals(real: np.ndarray, n: int, work: str) -> dict[str, dict[str, float]]:
    """What the rivals do with the same vectors; their indexes are kept, since some take long."""
    if not RIVAL.exists():
        return {}
    vectors = PLACE / f"{n}.npy"
    if not vectors.exists():
        fresh = vectors.with_suffix(".part.npy")
        np.save(fresh, class_vectors(real, n))
        fresh.rename(vectors)
    command = [str(RIVAL), "-m", "benchmarks.million_rivals", str(vectors)]
    done = subprocess.run(
        [*command, str(PLACE / "queries.npy"), str(PLACE / "rivals"), work],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Run and write docs/results/million_classes.*, or measure one file."""
    parser = command_line(__doc__)
    parser.add_argument("--prepare", action="store_true", help="make what is kept, measure nothing")
    parser.add_argument("--kept", action="store_true", help="leave out indexes that are not built")
    parser.add_argument("--without-rivals", action="store_true")
    parser.add_argument(
        "--open", nargs=2, type=Path, metavar=("SPACE", "QUERIES"), help="measure one file, as JSON"
    )
    parser.add_argument("--plain", action="store_true", help="with --open: score every class")
    options = parser.parse_args()
    if options.plain and not options.open:
        parser.error("--plain goes with --open")
    if options.open:
        if options.plain:
            from protolabel.arithmetic import snapshot

            snapshot.SCANNED = 10**9
        path, queries = options.open
        print(json.dumps(opened(path, np.load(queries))))
        return
    PLACE.mkdir(parents=True, exist_ok=True)
    real = real_vectors()
    beside = () if options.without_rivals else SIZES
    if options.prepare:
        for n in SIZES:
            first_opening(real, n)
        for n in beside:
            rivals(real, n, "--prepare")
        return
    values = {str(n): at_size(real, n) for n in SIZES}
    work = "--kept" if options.kept else "--all"
    others = {str(n): rivals(real, n, work) for n in beside}
    save("million_classes", "make bench-classes", page(values, others),
         {"sizes": values, "rivals": others}, None)  # fmt: skip


def page(values: dict, others: dict) -> str:
    """The tables."""
    rows = []
    for n, size in values.items():
        first, later, plain = (size[k] for k in ("first opening", "opening", "every class scored"))
        rows.append([
            f"{int(n):,}", f"{first['open']:.2f}", f"{first['cpu']:.2f}", f"{later['open']:.2f}",
            f"{later['query']['median']:.2f}", f"{later['query']['cpu']:.2f}",
            f"{plain['query']['median']:.2f}", f"{later['query']['first']:.0f}",
            f"{later['add']['median']:.2f}", f"{later['add']['cpu']:.2f}",
            f"{later['add']['first']:.0f}",
            f"{later['undo']['median']:.2f}", f"{later['memory'] / 2**20:,.0f}",
            " + ".join(f"{b / 2**20:,.0f}" for b in size["bytes"]),
            f"{later['load']:.0f}",
        ])  # fmt: skip
    head = ["classes", "first opening, s", "its processor time, s", "opening, s",
            "query, ms", "its processor time, ms", "every class scored, ms",
            "first query, ms", "add a class of 5, ms",
            "its processor time, ms", "first add, ms", "undo, ms", "memory, MB",
            "file + prototypes + names, MB", "load"]  # fmt: skip
    rival_head = ["classes", "index", "exact", "build, processor time, s", "query, ms",
                  "its processor time, ms", "recall of 5, %", "memory, MB", "file, MB"]  # fmt: skip
    rival_rows = [
        [f"{int(n):,}", name, "yes" if v["exact"] else "no", f"{v['build_cpu']:.1f}",
         f"{v['query']:.2f}", f"{v['query_cpu']:.2f}",
         f"{100 * v['recall']:.1f}", f"{v['memory'] / 2**20:,.0f}", f"{v['bytes'] / 2**20:,.0f}"]
        for n, by in others.items() for name, v in by.items()
    ]  # fmt: skip
    return (
        "# A million classes\n\n"
        "One example a class, 384 dimensions, cosine. The vectors are real embeddings of short "
        f"queries, each disturbed (cosine about 0.8 to its origin). {CALLS} calls each, medians; "
        "a query is a vector, and its answer has 5 alternatives and evidence. Changes are durable "
        "transactions. Memory is what the process holds of its own; mapped files come besides, and "
        "the system may drop their pages. The first opening sums up the rows and writes the files "
        "of derived state; later ones map them and compare their checksums. *Load* is how many "
        "processes wanted a processor meanwhile, on average of five minutes: if that is more "
        "than there are cores, all times except processor times are longer by that factor. A "
        "first opening is measured once and kept; its load was "
        + ", ".join(f"{size['first opening']['load']:.0f}" for size in values.values())
        + ".\n\n"
        + table(head, rows)
        + "\n\nOf more than 100,000 classes no calibration, no refined weights and no kappa are "
        "fitted. An answer says: *"
        + str(values[max(values, key=int)]["opening"]["reason"])
        + "*.\n\n## Rivals on the same vectors and queries\n\nThey hold vectors alone: no "
        "examples, names, changes, undo or durability. 5 nearest, 2 threads. "
        "Their indexes are built once and kept, too.\n\n"
        + (table(rival_head, rival_rows) if rival_rows else "Not measured on this machine.")
    )


if __name__ == "__main__":
    main()
