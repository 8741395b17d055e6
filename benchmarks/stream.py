"""Memory while a million documents stream through: flat, or not?

``python -m benchmarks.stream``: a .npy file of a million embeddings, labelled by the command line
against 150 classes; resident memory is read every second.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.results import save, table
from protolabel import Example, LabelSpace
from protolabel.encoders import PrecomputedEncoder

N, DIM, CLASSES = 1_000_000, 64, 150


def main() -> None:
    """Run and write docs/results/stream.*."""
    command_line(__doc__).parse_args()
    start = time.perf_counter()
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path, vectors = Path(folder) / "s.space", Path(folder) / "v.npy"
        with LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False) as space:
            centres = rng.standard_normal((CLASSES, DIM), dtype=np.float32)
            space.add(
                [
                    Example(f"class {k}", embedding=centres[k] + rng.standard_normal(DIM) * 0.3)
                    for k in range(CLASSES)
                    for _ in range(5)
                ]
            )
            space.settle()
        np.save(vectors, rng.standard_normal((N, DIM), dtype=np.float32))
        out = Path(folder) / "answers.jsonl"
        command = [
            sys.executable,
            "-m",
            "protolabel",
            "label",
            str(path),
            str(vectors),
            "--out",
            str(out),
            "--no-progress",
            "--top",
            "3",
            "--evidence",
            "1",
        ]
        begin = time.perf_counter()
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        memory: list[float] = []
        while process.poll() is None:
            memory.append(_resident(process.pid))
            time.sleep(1.0)
        seconds = time.perf_counter() - begin
        with out.open("rb") as file:
            answers = sum(1 for _ in file)
    if process.returncode or answers != N:
        sys.exit(f"exit code {process.returncode}, {answers} answers")
    quarter = max(1, len(memory) // 4)
    parts = [memory[i * quarter : (i + 1) * quarter] for i in range(4)]
    rows = [
        [f"quarter {i + 1}", f"{max(p):.0f}", f"{np.median(p):.0f}"]
        for i, p in enumerate(parts)
        if p
    ]
    body = (
        f"# A million documents\n\n{N:,} embeddings of {DIM} dimensions from a .npy "
        "file are labelled "
        f"among {CLASSES} classes and written as JSON lines with evidence: {seconds:.0f} s, "
        f"{N / seconds:,.0f} documents/s. Resident memory in MiB (the memory-mapped input "
        "excluded):\n\n" + table(["part of the run", "highest", "median"], rows)
    )
    save(
        "stream",
        "make bench-stream",
        body,
        {"seconds": seconds, "memory_mib": memory},
        time.perf_counter() - start,
    )


def _resident(pid: int) -> float:
    """Anonymous resident memory in MiB."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


if __name__ == "__main__":
    main()
