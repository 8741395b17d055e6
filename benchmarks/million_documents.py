"""A million short documents by the command line, killed now and then; and on Ray, workers killed.

``python -m benchmarks.million_documents --documents N``: the hashing encoder, so that all but
encoding is measured. Memory and the rate are read while it runs: a part of the work that grows with
what was answered already would show in both. ``--ray`` is a local cluster
(``benchmarks.million_on_ray``) and a model of many. ``--minutes N`` is the default encoder
(``benchmarks.million_hour``). Each part is kept on the page until it is measured again.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.million_files import answered, memory
from benchmarks.million_hour import minutes_of, processor, section
from benchmarks.results import RESULTS, log_line, machine, save, table
from protolabel import Example, LabelSpace

KILLS, CLASSES, PARTITIONS = 3, 50, 24
STORAGE = 1e9  # bytes a second that shared storage gives to all workers together: assumed
LOOK = 1.0  # seconds between two looks at memory and at the answers


def write_documents(path: Path, n: int) -> None:
    """N short texts of a few thousand words, one in ten of them a near copy of an earlier one."""
    rng = random.Random(0)
    words = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "bdfgklmnprst"]
    texts: list[str] = []
    with open(path, "w", encoding="utf-8") as file:
        for i in range(n):
            if texts and rng.random() < 0.1:
                text = rng.choice(texts) + " again"
            else:
                text = " ".join(rng.choices(words, k=12))
            if len(texts) < 10_000:
                texts.append(text)
            file.write(json.dumps({"id": str(i), "text": text}) + "\n")


def space_at(path: Path, documents: Path) -> None:
    """A label space of 50 classes, whose examples are documents."""
    with open(documents, encoding="utf-8") as file:
        texts = [json.loads(next(file))["text"] for _ in range(5 * CLASSES)]
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add([Example(f"class {i % CLASSES}", text) for i, text in enumerate(texts)])
        space.settle()


def one_machine(folder: Path, n: int) -> dict[str, object]:
    """The command line over one file, killed three times, until every document is answered."""
    documents, space, out = folder / "d.jsonl", folder / "s.space", folder / "answers.jsonl"
    write_documents(documents, n)
    space_at(space, documents)
    command = [sys.executable, "-m", "protolabel", "label", str(space), str(documents),
               "--out", str(out), "--resume", "--no-progress", "--evidence", "0"]  # fmt: skip
    kills = [int(n * (k + 1) / (KILLS + 1.5)) for k in range(KILLS)]
    runs, started = [], time.monotonic()
    while True:
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        begun, looks, first = time.monotonic(), [], None
        while process.poll() is None:
            time.sleep(LOOK)
            lines = out.stat().st_size if out.exists() else 0
            first = lines if first is None else first
            seconds = time.monotonic() - begun
            looks.append((seconds, lines, memory(process.pid), processor(process.pid)))
            if kills and out.exists() and answered(out) >= kills[0]:
                kills.pop(0)
                process.send_signal(signal.SIGKILL)
                process.wait()
                break
        runs.append(looks)
        log_line(f"run {len(runs)}: {process.returncode}, {looks[-1] if looks else ''}")
        if process.returncode == 0:
            break
    with open(out, encoding="utf-8") as file:
        ids = sorted(int(json.loads(line)["id"]) for line in file)
    assert ids == list(range(n)), "a document is there twice, or not at all"
    return {"documents": n, "seconds": time.monotonic() - started,
            "runs": [of_run(run) for run in runs],
            "log": space.stat().st_size, "answers": out.stat().st_size}  # fmt: skip


def of_run(looks: list[tuple[float, int, int, float]]) -> dict[str, object]:
    """Seconds, and for each quarter of a run the bytes a second, the most memory, and the processor
    seconds for a byte.
    """
    parts = np.array_split(np.array(looks), 4) if len(looks) >= 8 else []
    return {
        "seconds": looks[-1][0] if looks else 0.0,
        "rates": [(p[-1, 1] - p[0, 1]) / (p[-1, 0] - p[0, 0]) for p in parts],
        "memory": [float(p[:, 2].max()) for p in parts],
        "cpu": [
            (p[-1, 3] - p[0, 3]) / (p[-1, 1] - p[0, 1]) if p[-1, 1] > p[0, 1] else None
            for p in parts
        ],
    }


def on_ray(folder: Path, workers: int, kills: int) -> dict[str, float]:
    """A local cluster over partitions of one file, workers killed; every document once."""
    out, complaints = folder / f"out {workers} {kills}", folder / f"complaints {workers} {kills}"
    with tempfile.TemporaryDirectory(prefix="ray") as temporary, open(complaints, "w") as errors:
        command = [sys.executable, "-m", "benchmarks.million_on_ray", str(folder / "s.space"),
                   str(folder / "in"), str(out), temporary, str(workers)]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        rng, killed = random.Random(0), 0
        while process.poll() is None and killed < kills:
            time.sleep(LOOK)
            tasks = [p for p in Path("/proc").glob("[0-9]*") if is_task(p, temporary)]
            if tasks and any(out.rglob("*.partial*")):
                os.kill(int(rng.choice(tasks).name), signal.SIGKILL)
                killed += 1
        printed, _ = process.communicate()
    if process.returncode:
        lines = complaints.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
        raise ChildProcessError("\n".join([f"the job ended with {process.returncode}", *lines]))
    lines = printed.splitlines()  # Ray may write of killed workers after the result
    values = dict(json.loads(next(line for line in reversed(lines) if line.startswith("{"))))
    log_line(f"{workers} workers, {killed} killed: {values}")
    assert values.pop("once"), "a document is there twice, or not at all"
    return values | {"workers": workers, "killed": killed}


def is_task(process: Path, temporary: str) -> bool:
    """Whether a process is a worker of the cluster in that folder that has a task."""
    try:
        if not (process / "cmdline").read_bytes().startswith(b"ray::Map"):
            return False
        opened = [os.readlink(link) for link in (process / "fd").iterdir()]
    except OSError:
        return False
    return any(name.startswith(temporary) for name in opened)


def many_machines(folder: Path, each: int) -> dict[str, Any]:
    """One worker, two workers, and two workers of which two are killed."""
    documents = folder / "d.jsonl"
    write_documents(documents, PARTITIONS * each)
    space_at(folder / "s.space", documents)
    (folder / "in").mkdir()
    with open(documents, encoding="utf-8") as file:
        for i in range(PARTITIONS):
            part = "".join(next(file) for _ in range(each))
            (folder / "in" / f"{i:02}.jsonl").write_text(part, encoding="utf-8")
    runs = [on_ray(folder, workers, kills) for workers, kills in ((1, 0), (2, 0), (2, 2))]
    return {"each": each, "runs": runs, "load": os.getloadavg()[2]}


def predicted(runs: list[dict[str, float]], workers: int, n: int, each: int) -> float:
    """Seconds of a job by the model, from the parts that the run with one worker measured.

    The cluster starts; every worker copies and opens the label space; rounds of partitions, each
    labelled at the rate of one worker; and the storage that all share gives every worker its copy.
    """
    one = runs[0]
    rounds = -(-n // (each * workers))
    copies = workers * one["space"] / STORAGE
    work = rounds * (one["overhead"] + min(each, n) / one["rate"])
    return one["start"] + max(one["open"], copies) + work


def of_machines(values: dict[str, Any]) -> str:
    """The part of the page about Ray: what was measured, and the model."""
    runs, size = values["runs"], values["each"]
    n = PARTITIONS * size
    rows = [
        [str(run["workers"]), str(run["killed"]), f"{run['start']:.0f}", f"{run['seconds']:.0f}",
         f"{n / run['seconds']:,.0f}",
         f"{predicted(runs, int(run['workers']), n, size) - run['start']:.0f}"]
        for run in runs
    ]  # fmt: skip
    each = 10_000
    model = [
        [f"{workers:,}", *(f"{predicted(runs, workers, many, each):,.0f}"
                           for many in (10**6, 10**8))]
        for workers in (1, 2, 10, 100, 1000)
    ]  # fmt: skip
    one = runs[0]
    return (
        f"\n\n## On Ray\n\nA local cluster on the same two cores: {PARTITIONS} partitions of "
        f"{size:,} documents each, the hashing encoder, workers killed at random (SIGKILL). Every "
        f"document once in each run. {values['place']}; load {values['load']:.0f}.\n\n"
        + table(
            [
                "workers",
                "killed",
                "start of the cluster, s",
                "job, s",
                "documents a second",
                "job by the model, s",
            ],
            rows,
        )
        + "\n\n**The model.** Seconds = start of the cluster + the larger of opening the label "
        "space and giving every worker its copy + rounds of partitions x (overhead of a partition "
        "+ its documents / rate of a worker). Measured with one worker: start "
        f"{one['start']:.0f} s, opening {one['open']:.1f} s, overhead {one['overhead']:.2f} s, "
        f"{one['rate']:,.0f} documents a second. Assumed: storage that gives {STORAGE / 1e9:.0f} "
        f"GB/s to all together, partitions of {each:,} documents. A copy of this label space has "
        f"{one['space'] / 1e6:.1f} MB.\n\n"
        + table(["workers", "1,000,000 documents, s", "100,000,000 documents, s"], model)
        + f"\n\nIt stops scaling where there are as many workers as partitions: a million "
        f"documents in partitions of {each:,} keep 100 workers busy, and no more. Then the start "
        "and one partition remain. Copies of the label space cost as much as they have bytes: one "
        "of a million classes (9 GB with its prototypes) takes 9 s a worker from such a storage, "
        "so 10 workers wait 90 s for it, and 1,000 two and a half hours. Put a copy on each "
        "machine first where it is large."
    )


def of_one(values: dict[str, Any]) -> str:
    """The part of the page about one file on one machine."""
    size = values["answers"] / values["documents"]  # bytes of an answer
    rows = [
        [str(i), f"{run['seconds']:.0f}",
         " / ".join(f"{rate / 1e6:.2f}" for rate in run["rates"]),
         " / ".join(f"{m / 2**20:.0f}" for m in run["memory"]),
         " / ".join(
             "-" if cpu is None else f"{1000 * cpu * size:.2f}" for cpu in run.get("cpu", ())
         )]
        for i, run in enumerate(values["runs"], start=1)
    ]  # fmt: skip
    return (
        "\n\n## On one machine\n\n"
        f"{values['documents']:,} short texts of one JSON Lines file, the hashing encoder, "
        f"{CLASSES} classes, `protolabel label --out answers.jsonl --resume`, killed {KILLS} times "
        f"(SIGKILL) and begun again: {values['seconds']:.0f} s in all, every document once. "
        f"{values['place']}. Quarters of each run:\n\n"
        + table(
            [
                "run",
                "seconds",
                "MB of answers a second",
                "memory, MB",
                "processor time a document, ms",
            ],
            rows,
        )
    )


SECTIONS = {"one": of_one, "minutes": section, "ray": of_machines}


def main() -> None:
    """Run, and write docs/results/million.* with what is kept of the other parts."""
    parser = command_line(__doc__)
    parser.add_argument("--documents", type=int, help="on one machine")
    parser.add_argument("--minutes", type=float, help="with the default encoder")
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--each", type=int, default=2000, help="documents of a partition on Ray")
    options = parser.parse_args()
    values = json.loads((RESULTS / "million.json").read_text(encoding="utf-8"))["values"]
    place = f"{machine()}, {time.strftime('%Y-%m-%d')}"
    with tempfile.TemporaryDirectory() as folder:
        if options.documents:
            values["one"] = one_machine(Path(folder), options.documents) | {"place": place}
        if options.minutes:
            values["minutes"] = minutes_of(Path(folder), options.minutes) | {"place": place}
        if options.ray:
            values["ray"] = many_machines(Path(folder), options.each) | {"place": place}
    body = "# Many documents, killed and begun again" + "".join(
        write(values[name]) for name, write in SECTIONS.items() if name in values
    )
    save("million", "make bench-documents", body, values, None)


if __name__ == "__main__":
    main()
