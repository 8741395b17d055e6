"""Minutes of a resumable ``protolabel label`` with the default encoder, killed half-way; from their
rate, how long a million documents take. Called by ``benchmarks.million_documents --minutes N``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data_sets import rows_of
from benchmarks.million_files import answered, memory
from benchmarks.newsgroups import POSTS, newsgroup_text
from benchmarks.results import log_line, table
from protolabel import Example, LabelSpace

EXAMPLES, LOOK, MILLION = 10, 10.0, 1_000_000
FASTEST = 150  # documents a second that no run is expected to exceed


def mixed(texts: list[str], n: int) -> Iterator[str]:
    """Yield n different documents: the posts, then first halves of posts with second halves."""
    yield from texts[:n]
    lines = [text.splitlines(keepends=True) for text in texts]
    rng = np.random.default_rng(0)
    for first, second in rng.integers(len(texts), size=(max(0, n - len(texts)), 2)).tolist():
        head, tail = lines[first], lines[second]
        yield "".join(head[: (len(head) + 1) // 2] + tail[len(tail) // 2 :])


def write_posts(folder: Path, n: int) -> tuple[Path, Path, float]:
    """Write n posts as JSON Lines, a label space of others; give the words of a post on average."""
    rows = rows_of("newsgroups20")
    order = np.random.default_rng(0).permutation(len(rows)).tolist()
    texts = [newsgroup_text(row["text"], "body") for row in rows]
    counts: dict[str, int] = {}
    examples, rest = [], []
    for i in order:
        label = rows[i]["label"]
        counts[label] = counts.get(label, 0) + 1
        if counts[label] <= EXAMPLES:
            examples.append(Example(label, texts[i]))
        else:
            rest.append(texts[i])
    documents, path = folder / "posts.jsonl", folder / "posts.space"
    with open(documents, "w", encoding="utf-8") as file:
        for i, text in enumerate(mixed(rest, n)):
            file.write(json.dumps({"id": str(i), "text": text}) + "\n")
    with LabelSpace.create(path, background=False) as space:
        space.add(examples)
        space.settle()
    return path, documents, float(np.mean([len(text.split()) for text in rest]))


def processor(process: int) -> float:
    """Processor seconds of a process until now."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except OSError:
        return 0.0
    return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")


def part(command: list[str], out: Path, seconds: float, stop: signal.Signals) -> dict[str, Any]:
    """One process for so long: seconds, processor seconds and answers at each look."""
    process, begun = subprocess.Popen(command, stderr=subprocess.DEVNULL), time.monotonic()
    looks: list[list[float]] = []
    while process.poll() is None and time.monotonic() - begun < seconds:
        time.sleep(LOOK)
        done = float(answered(out)) if out.exists() else 0.0
        at = time.monotonic() - begun
        looks.append([at, processor(process.pid), done, float(memory(process.pid))])
    process.send_signal(stop)
    process.wait()
    log_line(f"{looks[-1]}")
    return {"looks": looks, "load": os.getloadavg()[1]}


def minutes_of(folder: Path, minutes: float) -> dict[str, Any]:
    """The run: killed half-way, begun again, stopped at the end; every document once."""
    space, documents, words = write_posts(folder, int(60 * minutes * FASTEST))
    out = folder / "posts.answers.jsonl"
    command = [sys.executable, "-m", "protolabel", "label", str(space), str(documents),
               "--out", str(out), "--resume", "--no-progress", "--evidence", "0"]  # fmt: skip
    parts = [part(command, out, 30 * minutes, stop) for stop in (signal.SIGKILL, signal.SIGINT)]
    with open(out, encoding="utf-8") as file:
        ids = [json.loads(line)["id"] for line in file if line.endswith("\n")]
    assert ids == [str(i) for i in range(len(ids))], "a document is there twice, or not at all"
    with LabelSpace(space, background=False) as opened:
        encoder = opened.fingerprint
    return {"minutes": minutes, "answers": len(ids), "words": words, "encoder": encoder,
            "cores": os.cpu_count(), "parts": parts}  # fmt: skip


def section(values: dict[str, Any]) -> str:
    """The part of the page."""
    rows, rates, cpus, starts = [], [], [], []
    before = 0.0
    for number, one in enumerate(values["parts"], start=1):
        looks = np.array(one["looks"])
        moved = np.flatnonzero(looks[:, 2] > before)
        first, last = looks[moved[0]], looks[-1]
        rates.append((last[2] - first[2]) / (last[0] - first[0]))
        cpus.append((last[1] - first[1]) / (last[2] - first[2]))
        starts.append(first[0])
        halves = np.array_split(looks[moved[0] :], 4)
        each = " / ".join(f"{(h[-1, 2] - h[0, 2]) / (h[-1, 0] - h[0, 0]):.1f}" for h in halves)
        rows.append([
            str(number), f"{last[0]:.0f}", f"{last[2] - before:,.0f}", f"{first[0]:.0f}", each,
            f"{1000 * cpus[-1]:.1f}", f"{looks[:, 3].max() / 2**20:.0f}", f"{one['load']:.1f}",
        ])  # fmt: skip
        before = last[2]
    rate, cpu, cores = float(np.mean(rates)), float(np.mean(cpus)), values["cores"]
    head = ["run", "seconds", "documents", "first answers after, s", "documents a second, quarters",
            "processor time a document, ms", "memory, MB", "load"]  # fmt: skip
    return (
        f"\n\n## {values['minutes']:.0f} minutes with the default encoder\n\n"
        f"Newsgroup posts of {values['words']:.0f} words on average, then documents of half a post "
        "and half of another one; 20 classes x "
        f"{EXAMPLES} examples; encoder `{values['encoder']}`; the same command, killed after "
        f"{values['minutes'] / 2:.0f} minutes (SIGKILL), begun again, and interrupted at the end. "
        f"{values['answers']:,} documents, every one once and in order. {values['place']}. "
        f"{POSTS['body']}\n\n"
        + table(head, rows)
        + f"\n\nNot measured but computed: at {rate:.1f} documents a second an hour gives "
        f"{3600 * rate:,.0f} such documents, and a million take {MILLION / rate / 3600:.1f} hours; "
        f"by processor time, on {cores} cores of a quiet machine, "
        f"{MILLION * cpu / cores / 3600:.1f} hours. After a kill the first new answers come "
        f"{starts[-1]:.0f} s after the command has begun again."
    )
