"""usearch and faiss on given vectors, in an environment of their own; called by
``benchmarks.million_classes``.

``python -m benchmarks.million_rivals VECTORS QUERIES FOLDER --all`` writes one line of JSON: for
each index whether it is exact, seconds to build, milliseconds a query, recall of the 5 nearest,
bytes of memory and of the file. An index that stands in FOLDER is not built again, and a graph
that was not finished goes on from its last piece. ``--prepare`` only builds them, and ``--kept``
leaves out those that were not built.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from usearch.index import Index, MetricKind, search

from benchmarks.command_line import command_line
from benchmarks.keep import keep
from benchmarks.memory import own_memory

K, THREADS = 5, 2
PIECE = 50_000  # vectors that are added to a graph before it is saved
Ask = Callable[[np.ndarray], np.ndarray]  # a query (d,) -> the numbers of the K nearest


@dataclass(frozen=True)
class Kind:
    """How an index is built and written, and how a written one is opened.

    ``build`` returns the seconds, and those of processor time, that earlier runs took of the work.
    """

    exact: bool
    build: Callable[[np.ndarray, str], tuple[float, float] | None]
    read: Callable[[str], Ask]


def built(kind: Kind, vectors: np.ndarray, path: Path) -> dict[str, float]:
    """Seconds that the index took to build; kept beside it."""
    clock = path.with_suffix(".json")
    if not clock.exists():
        wall, cpu = time.perf_counter(), time.process_time()
        before = kind.build(vectors, str(path)) or (0.0, 0.0)
        took = time.perf_counter() - wall, time.process_time() - cpu
        seconds = {"build": before[0] + took[0], "build_cpu": before[1] + took[1]}
        keep(clock, json.dumps(seconds))
    return dict(json.loads(clock.read_text()))


def asked(kind: Kind, path: Path, queries: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Ask an index that stands in a file, one query at a time."""
    before = own_memory()
    ask = kind.read(str(path))
    walls, cpus, right = [], [], 0
    for vector, nearest in zip(queries, truth, strict=True):
        wall, cpu = time.perf_counter(), time.process_time()
        numbers = ask(vector)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
        right += len(set(np.ravel(numbers).tolist()) & set(nearest.tolist()))
    return {
        "query": float(np.median(walls[1:])), "query_cpu": float(np.median(cpus[1:])),
        "recall": right / truth.size, "memory": own_memory() - before, "bytes": path.stat().st_size,
    }  # fmt: skip


def of_faiss(description: str, exact: bool) -> Kind:
    """An index of faiss by its description."""

    def build(vectors: np.ndarray, path: str) -> None:
        index = faiss.index_factory(vectors.shape[1], description, faiss.METRIC_INNER_PRODUCT)
        if not index.is_trained:
            index.train(np.asarray(vectors[:100_000]))
        index.add(vectors)
        faiss.write_index(index, path)

    def read(path: str) -> Ask:
        index: Any = faiss.read_index(path)
        if description.startswith("IVF"):
            index.nprobe = 32
        return lambda query: index.search(query[None], K)[1]

    return Kind(exact, build, read)


def usearch_exact() -> Kind:
    """usearch without an index: every vector is compared."""

    def read(path: str) -> Ask:
        whole = np.load(path)
        return lambda query: (
            search(whole, query, K, MetricKind.IP, exact=True, threads=THREADS).keys
        )

    def build(vectors: np.ndarray, path: str) -> None:
        with open(path, "wb") as file:
            np.save(file, vectors)

    return Kind(True, build, read)


def usearch_graph() -> Kind:
    """usearch's graph of 8-bit vectors."""

    def build(vectors: np.ndarray, path: str) -> tuple[float, float]:
        piece, clock = Path(f"{path}.part"), Path(f"{path}.part.json")
        before = (0.0, 0.0)
        if clock.exists() and piece.exists():
            index, before = Index.restore(str(piece)), tuple(json.loads(clock.read_text()))
        else:
            index = Index(ndim=vectors.shape[1], metric=MetricKind.IP, dtype="i8")
        wall, cpu = time.perf_counter(), time.process_time()
        for at in range(len(index), len(vectors), PIECE):
            some = vectors[at : at + PIECE]
            index.add(np.arange(at, at + len(some)), some, threads=THREADS)
            took = time.perf_counter() - wall, time.process_time() - cpu
            index.save(f"{path}.fresh")
            keep(clock, json.dumps([before[0] + took[0], before[1] + took[1]]))
            Path(f"{path}.fresh").replace(piece)
            print(f"graph: {len(index):,} of {len(vectors):,}", file=sys.stderr, flush=True)
        piece.replace(path)
        clock.unlink()
        return before

    def read(path: str) -> Ask:
        index = Index.restore(path)
        return lambda query: index.search(query, K).keys

    return Kind(False, build, read)


def main() -> None:
    """Every index."""
    parser = command_line(__doc__)
    for name in ("vectors", "queries", "folder"):
        parser.add_argument(name, metavar=name.upper(), type=Path)
    work = parser.add_mutually_exclusive_group(required=True)
    for word in ("--all", "--prepare", "--kept"):
        work.add_argument(word, action="store_true")
    options = parser.parse_args()
    vectors, queries, folder = np.load(options.vectors), np.load(options.queries), options.folder
    folder.mkdir(parents=True, exist_ok=True)
    faiss.omp_set_num_threads(THREADS)
    n = len(vectors)
    cells = max(16, int(4 * n**0.5) // 16 * 16)
    kinds = {
        "faiss, flat": of_faiss("Flat", True),
        "usearch, flat": usearch_exact(),
        f"faiss, 8 bits, {cells} cells, 32 probed": of_faiss(f"IVF{cells},SQ8", False),
        "usearch, graph, 8 bits": usearch_graph(),
    }
    paths = {name: folder / f"{n}-{place}.index" for place, name in enumerate(kinds)}
    if options.kept:
        kinds = {name: k for name, k in kinds.items() if paths[name].with_suffix(".json").exists()}
    seconds = {name: built(kind, vectors, paths[name]) for name, kind in kinds.items()}
    if options.prepare:
        print("{}")
        return
    truth = np.argsort(-(queries @ vectors.T), axis=1)[:, :K]
    del vectors
    values = {}
    for name, kind in kinds.items():
        answers = asked(kind, paths[name], queries, truth)
        values[name] = {"exact": kind.exact, **seconds[name], **answers}
        print(f"{n} {name}: {values[name]}", file=sys.stderr, flush=True)
    print(json.dumps(values))


if __name__ == "__main__":
    main()
