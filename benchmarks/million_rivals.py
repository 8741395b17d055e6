"""usearch and faiss on given vectors, in an environment of their own; called by
``benchmarks.million_classes``.

``python -m benchmarks.million_rivals VECTORS QUERIES`` writes one line of JSON: for each index
whether it is exact, seconds to build, milliseconds a query, recall of the 5 nearest, bytes of
memory and of the file.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
from usearch.index import Index, MetricKind, search

K, THREADS = 5, 2


def resident() -> int:
    """Bytes of memory of this process, without mapped files."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("RssAnon")).split()[1])


def measured(
    queries: np.ndarray, truth: np.ndarray, build: Callable[[], tuple], exact: bool
) -> dict[str, float]:
    """Build an index, ask it one query at a time, and write it to a file."""
    before, started = resident(), time.perf_counter()
    ask, keep = build()
    seconds = time.perf_counter() - started
    memory, walls, right = resident() - before, [], 0
    for vector, nearest in zip(queries, truth, strict=True):
        started = time.perf_counter()
        ids = ask(vector[None])
        walls.append(1000 * (time.perf_counter() - started))
        right += len(set(np.ravel(ids).tolist()) & set(nearest.tolist()))
    with tempfile.TemporaryDirectory(dir=os.path.dirname(sys.argv[1])) as folder:
        path = Path(folder) / "index"
        keep(str(path))
        size = path.stat().st_size
    return {"exact": exact, "build": seconds, "query": float(np.median(walls[1:])),
            "recall": right / truth.size, "memory": memory, "bytes": size}  # fmt: skip


def main() -> None:
    """Every index."""
    vectors, queries = np.load(sys.argv[1], mmap_mode="r"), np.load(sys.argv[2])
    faiss.omp_set_num_threads(THREADS)
    n, d = vectors.shape
    truth = np.argsort(-(queries @ np.asarray(vectors).T), axis=1)[:, :K]

    def of_faiss(description: str) -> Callable[[], tuple]:
        def build() -> tuple:
            index = faiss.index_factory(d, description, faiss.METRIC_INNER_PRODUCT)
            if not index.is_trained:
                index.train(np.asarray(vectors[: min(n, 100_000)]))
            index.add(np.asarray(vectors))
            if description.startswith("IVF"):
                index.nprobe = 32
            return (lambda q: index.search(q, K)[1]), lambda path: faiss.write_index(index, path)

        return build

    def usearch_exact() -> tuple:
        whole = np.array(vectors)

        def ask(query: np.ndarray) -> np.ndarray:
            return search(whole, query[0], K, MetricKind.IP, exact=True, threads=THREADS).keys

        return ask, lambda path: whole.tofile(path)

    def usearch_graph() -> tuple:
        index = Index(ndim=d, metric=MetricKind.IP, dtype="i8")
        index.add(np.arange(n), np.asarray(vectors), threads=THREADS)
        return (lambda q: index.search(q[0], K).keys), index.save

    cells = max(16, int(4 * n**0.5) // 16 * 16)
    indexes = {
        "faiss, flat": (of_faiss("Flat"), True),
        "usearch, flat": (usearch_exact, True),
        f"faiss, 8 bits, {cells} cells, 32 probed": (of_faiss(f"IVF{cells},SQ8"), False),
        "usearch, graph, 8 bits": (usearch_graph, False),
    }
    values = {}
    for name, (build, exact) in indexes.items():
        values[name] = measured(queries, truth, build, exact)
        print(f"{n} {name}: {values[name]}", file=sys.stderr, flush=True)
    print(json.dumps(values))


if __name__ == "__main__":
    main()
