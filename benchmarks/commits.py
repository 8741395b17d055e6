"""Measure several commits in turn on one machine: what a change of the code cost, if anything.

``python -m benchmarks.commits [ROUNDS]`` checks each commit out into a folder of its own and runs
``commit_probe`` in it with the packages of this environment. The rounds alternate between commits,
and times are processor times, so that other work on the machine harms all alike.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import load
from benchmarks.results import ROOT, log_line, save, table
from protolabel.arithmetic.intervals import t_interval

COMMITS = {
    "128555f1": "before the house was put in order",
    "7c6c7792": "after the move into folders, and changes as values",
    "cc28e6ca": "derived state with digests, evidence in bounded memory",
    "f642f090": "one support, one formula",
    "HEAD": "now",
}
WHY = """

The move into folders cost nothing. What was built after it costs what the table shows:

- cc28e6ca compares the vectors that are evidence block by block, in bounded memory (a class of
  30,000 examples took 936 MB before), and reads the digests of derived state.
- f642f090 computes the best scores again pair by pair. So equal classes have equal scores, and an
  answer does not depend on the documents that are asked about with it.
- Since then an addition also looks for near copies, near names and documents with the same content
  under other classes.
"""
SHOTS, ASKED, ROUNDS = 5, 10, 8
DIGITS = {"documents a processor second": 0, "right, %": 2}


def sample() -> dict[str, object]:
    """Return examples, documents and class names of BANKING77, the same for all commits."""
    data, rng = load("banking77"), np.random.default_rng(0)
    examples, documents = [], []
    for label, name in enumerate(data.names):
        rows = rng.permutation(np.flatnonzero(data.y == label))[: SHOTS + ASKED].tolist()
        examples += [(name, data.texts[row]) for row in rows[:SHOTS]]
        documents += [(name, data.texts[row]) for row in rows[SHOTS:]]
    return {
        "examples": examples,
        "documents": documents,
        "descriptions": {name: name for name in data.names},
    }


def probed(tree: Path, data: Path) -> dict[str, float]:
    """Return what the commit in that folder measures of itself."""
    command = [sys.executable, str(ROOT / "benchmarks" / "commit_probe.py"), str(data)]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    printed = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=tree, env=environment
    )
    values: dict[str, float] = json.loads(printed.stdout.splitlines()[-1])
    return values


def measured(folder: Path, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return the values of each round by commit."""
    data = folder / "data.json"
    data.write_text(json.dumps(sample()), encoding="utf-8")
    trees = {commit: folder / commit for commit in COMMITS}
    try:
        for commit, tree in trees.items():
            git("worktree", "add", "--detach", "--force", str(tree), commit)
        values: dict[str, list[dict[str, float]]] = {commit: [] for commit in COMMITS}
        for number in range(rounds):
            for commit, tree in trees.items():
                values[commit].append(probed(tree, data))
                log_line(f"round {number + 1}, {commit}: {values[commit][-1]}")
        return values
    finally:
        for tree in trees.values():
            git("worktree", "remove", "--force", str(tree))


def git(*words: str) -> None:
    """Run git in the project."""
    subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True)


def main() -> None:
    """Run, and write docs/results/commits.*."""
    parser = command_line(__doc__)
    parser.add_argument("rounds", metavar="ROUNDS", nargs="?", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        values = measured(Path(folder), rounds)
    names = list(values["HEAD"][0])
    rows = []
    for commit, what in COMMITS.items():
        cells = []
        for name in names:
            estimate = t_interval([value[name] for value in values[commit]])
            digits = DIGITS.get(name, 2)
            cells.append(f"{estimate.mean:,.{digits}f} ± {estimate.interval:.{digits}f}")
        rows.append([commit, what, *cells])
    units = [name if name in DIGITS else f"{name}, ms" for name in names]
    body = (
        "# What changes of the code cost\n\n"
        "Each commit measured in turn with the same packages. *ms* are processor milliseconds of "
        "one call at 1,000 classes, embeddings given, median of 50 to 200 calls; changes are "
        f"durable. Documents: {77 * ASKED} queries of BANKING77 through the default encoder, "
        f"77 classes with their names and {SHOTS} examples. Mean of {rounds} rounds ± 95 % "
        "interval for more rounds on this machine (t).\n\n"
        + table(["commit", "", *units], rows)
        + WHY
    )
    save("commits", "make bench-commits", body, values, time.perf_counter() - start)


if __name__ == "__main__":
    main()
