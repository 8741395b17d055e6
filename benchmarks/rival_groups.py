"""Groups vectors with EVoC or HDBSCAN, in a virtual environment of its own.

``python -m benchmarks.rival_groups METHOD SOURCE.npy TARGET.npz ...``: pairs of files. What METHOD
compiles is compiled before the clock starts. Called by ``benchmarks.discovery``.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.command_line import command_line


def grouped(method: str, vectors: np.ndarray) -> np.ndarray:
    """The group of each vector by a library's defaults; -1 for noise."""
    if method == "evoc":
        import evoc

        return evoc.EVoC(random_state=0).fit_predict(vectors)
    import hdbscan

    return hdbscan.HDBSCAN(min_cluster_size=5).fit_predict(vectors)


def main() -> None:
    """Group each file."""
    parser = command_line(__doc__)
    parser.add_argument("method", metavar="METHOD", choices=["evoc", "hdbscan"])
    parser.add_argument("files", metavar="FILE", nargs="+")
    options = parser.parse_args()
    method, files = options.method, options.files
    for turn, (source, target) in enumerate(zip(files[::2], files[1::2], strict=True)):
        vectors = np.load(source)
        if turn == 0:
            grouped(method, vectors)
        start = time.perf_counter()
        labels = grouped(method, vectors)
        np.savez(target, labels=labels, seconds=time.perf_counter() - start)


if __name__ == "__main__":
    main()
