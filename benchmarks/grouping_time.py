"""How long discovery takes to group many vectors, and in how much memory.

``python -m benchmarks.grouping_time N`` groups N vectors that lie in a file, those of CLINC150 with
noise, and prints what it took as JSON. Called by ``benchmarks.discovery``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time

import numpy as np

from benchmarks.common import table
from benchmarks.discovery_draws import figures
from benchmarks.memory import peak_memory
from benchmarks.open_worlds import any_data
from protolabel.arithmetic.spread import spread_of
from protolabel.arithmetic.support import Support
from protolabel.open_world.discovery import LEAST
from protolabel.open_world.grouping import grouped


def timed(n: int) -> dict[str, float]:
    """Seconds and memory of grouping n vectors, in a process of its own."""
    out = subprocess.run(
        [sys.executable, "-m", "benchmarks.grouping_time", str(n)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return dict(json.loads(out.stdout.splitlines()[-1]))


def group_many(n: int) -> None:
    """Group n vectors that lie in a file, those of CLINC150 with noise, and print what it took."""
    data, rng = any_data("clinc150"), np.random.default_rng(0)
    rows = np.concatenate([np.flatnonzero(data.y == c)[:10] for c in range(150)])
    nothing = np.zeros((150, data.embeddings.shape[1]), np.float32), np.zeros(150, np.bool_)
    spread = spread_of(Support.of(data.embeddings[rows], data.y[rows], *nothing))
    assert spread is not None
    y = np.empty(0, np.int64)
    with tempfile.TemporaryFile() as file:
        for _ in range(0, n, 10_000):
            places = rng.integers(0, len(data.y), 10_000)
            some = data.embeddings[places]
            some = some + 0.02 * rng.normal(size=some.shape).astype(np.float32)
            some /= np.linalg.norm(some, axis=1, keepdims=True)
            file.write(some.astype("<f4").tobytes())
            y = np.concatenate([y, data.y[places]])
        file.flush()
        before = peak_memory()
        vectors = np.memmap(file, "<f4", "r", shape=(n, data.embeddings.shape[1]))
        start, cpu = time.perf_counter(), time.process_time()
        labels, _ = grouped(vectors, spread, LEAST)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    worth = figures(labels, y, np.arange(150))
    took = {"seconds": seconds, "CPU seconds": cpu, "MB": peak_memory(), "MB before": before}
    print(json.dumps(took | worth))


def time_part(sizes: dict[int, dict[str, float]]) -> str:
    """How long many vectors take."""
    columns = ("seconds", "CPU seconds", "MB", "MB before", "groups", "accuracy", "NMI")
    rows = [[f"{n:,}", *(f"{one[c]:,.0f}" for c in columns)] for n, one in sizes.items()]
    return (
        "## Time\n\nGrouping alone: vectors of CLINC150 with noise, in a file. The peak of memory "
        "counts pages of that file that the system keeps while it has room. Two cores that "
        "others used at the same time.\n\n" + table(["vectors", *columns], rows)
    )


if __name__ == "__main__":
    group_many(int(sys.argv[1]))
