"""Durability: writers killed at random moments, two writers at once, a disk that fills up.

``python -m benchmarks.durability [RUNS]``: 200 write-heavy runs by default. Each run starts a real
process that adds, renames, moves, removes and undoes, and writes the version of each change to a
pipe once the call has returned; at a random moment it gets SIGKILL. Then the file must pass
``check`` and hold every change that was acknowledged.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.command_line import command_line
from benchmarks.results import save
from protolabel import LabelSpace
from protolabel.store import open_store

WRITER = """
import random, sys
from protolabel import Example, LabelSpace
path, seed = sys.argv[1], int(sys.argv[2])
rng = random.Random(seed)
space = LabelSpace(path, background=seed % 2 == 0)
ids = []
print("ready", flush=True)
for n in range(100000):
    what = rng.random()
    if what < 0.6 or not ids:
        change = space.add([Example(f"class {rng.randrange(9)} {seed}", f"text {seed} {n} {k}")
                            for k in range(rng.randrange(1, 6))])
        ids += change.detail["examples"]
    elif what < 0.75:
        change = space.move(ids[rng.randrange(len(ids))], f"class {rng.randrange(9)} {seed}")
    elif what < 0.85:
        change = space.remove(ids.pop(rng.randrange(len(ids))))
    else:
        change = space.describe(f"class {rng.randrange(9)} {seed}", f"words {n}")
    print(change.version, change.summary, flush=True)
"""


def start(path: Path, seed: int) -> subprocess.Popen[str]:
    """A writer process, ready to write."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(seed)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def acknowledged(process: subprocess.Popen[str]) -> dict[int, str]:
    """Version and summary of every change that the process saw return."""
    assert process.stdout is not None
    lines = [
        line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")
    ]
    return {int(v): s for v, _, s in (line.strip().partition(" ") for line in lines)}


def verify(path: Path, changes_by_version: dict[int, str]) -> list[str]:
    """What is wrong: damage, or an acknowledged change that is not in the file."""
    store = open_store(str(path))
    try:
        wrong = [f.what for f in store.check() if f.kind != "duplicate"]
        log = {change.version: change.summary for change in store.rows.changes()}
    finally:
        store.close()
    wrong += [
        f"version {v} ({s}) is lost" for v, s in changes_by_version.items() if log.get(v) != s
    ]
    return wrong


def killed_runs(folder: Path, runs: int) -> dict[str, int]:
    """SIGKILL at random moments; the same file goes on from run to run, ten runs a file."""
    rng = random.Random(0)
    changes, damaged = 0, 0
    for run in range(runs):
        path = folder / f"{run // 10}.space"
        if not path.exists():
            LabelSpace.create(path, encoder="hashing", background=False).close()
        process = start(path, run)
        time.sleep(rng.uniform(0.0, 0.5))
        process.send_signal(signal.SIGKILL)
        changes_by_version = acknowledged(process)
        process.wait()
        wrong = verify(path, changes_by_version)
        changes += len(changes_by_version)
        damaged += bool(wrong)
        if wrong:
            print(f"run {run}: {wrong[:3]}")
    return {"runs": runs, "acknowledged changes": changes, "runs with damage or loss": damaged}


def two_writers(folder: Path) -> dict[str, int]:
    """Two processes on one file at once, for some seconds."""
    path = folder / "two.space"
    LabelSpace.create(path, encoder="hashing", background=False).close()
    writers = [start(path, seed) for seed in (1, 2)]
    time.sleep(5)
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
    changes_by_version: dict[int, str] = {}
    overlap = 0
    for writer in writers:
        mine = acknowledged(writer)
        overlap += len(changes_by_version.keys() & mine.keys())
        changes_by_version |= mine
        writer.wait()
    return {
        "changes of both": len(changes_by_version),
        "version numbers given twice": overlap,
        "damage or loss": len(verify(path, changes_by_version)),
    }


def full_disk(folder: Path) -> dict[str, object]:
    """A file system of 4 MiB that fills up (needs the right to mount one)."""
    disk = folder / "disk"
    disk.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], check=False
        ).returncode
    ):
        return {"skipped": "no right to mount a file system"}
    try:
        path = disk / "full.space"
        LabelSpace.create(path, encoder="hashing", background=False).close()
        done = subprocess.run(
            [sys.executable, "-c", WRITER, str(path), "4"],
            capture_output=True,
            text=True,
            check=False,
        )
        lines = done.stdout.splitlines()[1:]
        changes_by_version = {int(v): s for v, _, s in (line.partition(" ") for line in lines)}
        return {
            "acknowledged changes": len(changes_by_version),
            "error": done.stderr.strip().splitlines()[-1].replace(str(disk), "DISK"),
            "damage or loss": len(verify(path, changes_by_version)),
        }
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def main() -> None:
    """Run and write docs/results/durability.*."""
    parser = command_line(__doc__)
    parser.add_argument("runs", metavar="RUNS", nargs="?", type=int, default=200)
    runs = parser.parse_args().runs
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        findings: dict[str, Mapping[str, object]] = {
            "killed": killed_runs(folder, runs),
            "two writers": two_writers(folder),
            "full disk": full_disk(folder),
        }
    head = (
        "Does a label space lose a change that it has acknowledged, when the process is killed, "
        "when two processes write, or when the disk is full?"
    )
    lines = ["# Durability", "", head, ""]
    for what, values in findings.items():
        figures = "; ".join(f"{key}: {value}" for key, value in values.items())
        lines.append(f"- **{what}**: {figures}")
    save(
        "durability",
        "make bench-durability",
        "\n".join(lines),
        findings,
        time.perf_counter() - begin,
    )


if __name__ == "__main__":
    main()
