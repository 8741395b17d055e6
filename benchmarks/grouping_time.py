"""How long discovery takes to group many vectors, and in how much memory.

``python -m benchmarks.grouping_time N`` groups N vectors that lie in a file, those of CLINC150 with
noise, and prints what it took as JSON. Called by ``benchmarks.discovery``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.discovery_draws import figures
from benchmarks.memory import peak_memory
from benchmarks.open_worlds import any_data
from benchmarks.results import table
from protolabel.arithmetic.support import Support
from protolabel.open_world.cells import cells_of
from protolabel.open_world.discovery import LEAST
from protolabel.open_world.grouping import MergedDocuments


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
    support = Support.of(data.embeddings[rows], data.y[rows], *nothing)
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
        own_memory = OwnMemory()
        start, cpu = time.perf_counter(), time.process_time()
        cells = cells_of(vectors, support)
        labels, _ = MergedDocuments.of(vectors, support, cells).groups(LEAST)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        own = own_memory.stop()
    worth = figures(labels, y, np.arange(150))
    took = {"seconds": seconds, "CPU seconds": cpu, "own MB": own}
    took |= {"MB": peak_memory(), "MB before": before}
    print(json.dumps(took | worth))


class OwnMemory:
    """The most memory that the process has of its own, without pages of files: looked at often."""

    def __init__(self) -> None:
        self._most, self._ended = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            status = Path("/proc/self/status").read_text(encoding="utf-8")
            (line,) = (line for line in status.splitlines() if line.startswith("RssAnon"))
            self._most = max(self._most, int(line.split()[1]) / 1024)

    def stop(self) -> float:
        """Return the most so far, in MB."""
        self._ended.set()
        self._thread.join()
        return self._most


def time_part(sizes: dict[int, dict[str, float]]) -> str:
    """How long many vectors take."""
    columns = ("seconds", "CPU seconds", "own MB", "MB", "MB before", "groups", "accuracy", "NMI")
    rows = [[f"{n:,}", *(f"{one[c]:,.0f}" for c in columns)] for n, one in sizes.items()]
    return (
        "## Time\n\nGrouping alone: vectors of CLINC150 with noise, in a file; ten examples a "
        "class, without noise. *Own MB* is the peak of the memory that the process needs itself. "
        "*MB* also counts pages of the file, which the system keeps while it has room; *MB "
        "before* is that before grouping begins. Two cores that others used at the same time.\n\n"
        + table(["vectors", *columns], rows)
    )


def main() -> None:
    """Group as many vectors as the command line says."""
    parser = command_line(__doc__)
    parser.add_argument("n", metavar="N", type=int)
    group_many(parser.parse_args().n)


if __name__ == "__main__":
    main()
