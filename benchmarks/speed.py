"""Documents per second: ``label_many`` beside the bare ``encode`` of other libraries, in turn.

``python -m benchmarks.speed [--rounds N] [--share S]``: the same documents (short queries; 100 to
300 words; 2,000 words and more), two threads each, every library in a process of its own, one after
the other in each round; medians. Others cut long documents at 256 tokens, so they are given all the
passages that protolabel encodes: equal work. The vectors of the short queries also give accuracy.
Where the processor has more than AVX2, the sets below are measured too: ``instruction_mask`` hides
the rest from every library.

Runs are kept by machine and instruction set in docs/results/speed.json: another machine adds to it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.common import CACHE, RESULTS, ROOT, log_line, machine, rows_of, save
from benchmarks.encoder_vectors import texts_of
from benchmarks.instruction_sets import SETS, WITHOUT_VNNI, below, hiding, own_set
from benchmarks.speed_own import REFUSED
from benchmarks.speed_page import page
from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.scores import LinearModel
from protolabel.encoders import load_encoder
from protolabel.encoders.locate import locate
from protolabel.encoders.text.encoder import TransformerEncoder

THREADS, ROUNDS, SHOTS, DRAWS = 2, 5, 5, 5
SHORT, MIDDLE, LONG = "short queries", "100 to 300 words", "2,000 words and more"
REFERENCE = "sentence-transformers, torch"


@dataclass(frozen=True)
class Library:
    """How a library is started: its environment in .bench, and the arguments."""

    environment: str | None
    argument: str

    def command(self, folder: Path, examples: Path) -> list[str]:
        """The command line of its process."""
        if self.environment is None:
            own = [self.argument, str(THREADS), str(examples)]
            return [sys.executable, "-m", "benchmarks.speed_own", *own]
        python = CACHE / self.environment / "bin" / "python"
        more = [self.argument, str(folder), str(CACHE / "speed"), str(THREADS)]
        return [str(python), "-m", "benchmarks.speed_rivals", *more]


LIBRARIES = {
    "protolabel, f32": Library(None, "f32"),
    "protolabel, bf16": Library(None, "bf16"),
    "protolabel, i8": Library(None, "i8"),
    REFERENCE: Library("rival", "torch"),
    "sentence-transformers, ONNX Runtime": Library("rival_onnx", "onnx"),
    "sentence-transformers, OpenVINO": Library("rival_openvino", "openvino"),
    "fastembed": Library("rival_onnx", "fastembed"),
    "SetFit, encode": Library("rival", "setfit"),
}


def export() -> None:
    """Let each library export its network, once: that is no part of its start."""
    folder, cache = locate("all-MiniLM-L6-v2"), CACHE / "speed"
    cache.mkdir(parents=True, exist_ok=True)
    for library in LIBRARIES.values():
        ready = CACHE / str(library.environment) / ".ready"
        if library.argument in ("onnx", "openvino") and ready.exists():
            python = ready.parent / "bin" / "python"
            more = ["export", str(folder), str(cache), library.argument]
            subprocess.run([str(python), "-m", "benchmarks.speed_rivals", *more], check=True)


@dataclass
class Process:
    """A library at work, and what was measured of it: times by documents and action."""

    own: bool
    child: subprocess.Popen[str]
    start: float = 0.0
    memory: float = 0.0
    times: dict[str, list[list[float]]] = field(default_factory=dict)  # [seconds, processor]

    def ask(self, action: str, texts: Path, out: Path | None = None) -> list[float]:
        """Seconds and processor seconds of one task."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        task = {"action": action, "texts": str(texts), "out": str(out) if out else None}
        self.child.stdin.write(json.dumps(task) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            raise ChildProcessError(f"ended with code {self.child.wait()}")
        answer = json.loads(line)
        self.memory = answer["memory"]
        return [answer["seconds"], answer["cpu"]]

    def measure(self, key: str, action: str, texts: Path, out: Path | None = None) -> None:
        """Keep the times of one task."""
        self.times.setdefault(key, []).append(self.ask(action, texts, out))


def started(library: Library, place: Path, limit: str | None) -> Process | str:
    """A process that has answered once, or why there is none."""
    folder = Path(locate("all-MiniLM-L6-v2"))
    if library.environment and not (CACHE / library.environment / ".ready").exists():
        return "not installed"
    variables = dict(os.environ) | {"OMP_NUM_THREADS": str(THREADS)} | hiding(limit)
    with open(place / "errors", "w+", encoding="utf-8") as errors:
        child = subprocess.Popen(
            library.command(folder, place / "examples.json"), env=variables, text=True, cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
        )  # fmt: skip
        process, begun = Process(library.environment is None, child), time.perf_counter()
        try:
            process.ask("encode", place / "one.json")
        except (ChildProcessError, BrokenPipeError):
            errors.seek(0)
            lines = errors.read().splitlines() or ["no message"]
            return lines[0] if child.wait() == REFUSED else f"failed: {lines[-1]}"
    process.start = time.perf_counter() - begun
    process.ask("encode", place / "some.json")
    if process.own:
        process.ask("settle", place / "one.json")
        process.ask("evidence", place / "some.json")
    return process


def documents(share: float) -> dict[str, list[str]]:
    """The documents by kind: short queries all, since accuracy is theirs; of the others a share."""
    rng = np.random.default_rng(0)
    posts = [re.split(r"\n\s*\n", row["text"], maxsplit=1)[-1] for row in rows_of("newsgroups20")]
    lengths = [len(post.split()) for post in posts]
    texts = {SHORT: texts_of("BANKING77").texts}
    for kind, low, high, n in ((MIDDLE, 100, 300, 60), (LONG, 2000, 6000, 4)):
        some = [post for post, length in zip(posts, lengths, strict=True) if low <= length <= high]
        texts[kind] = [some[i] for i in rng.permutation(len(some))[: max(2, round(n * share))]]
    return texts


def write_tasks(place: Path, texts: dict[str, list[str]]) -> dict[str, list[int]]:
    """Write documents and their passages as tasks; the tokens of each passage, by kind."""
    data = texts_of("BANKING77")
    encoder = load_encoder(threads=THREADS)
    assert isinstance(encoder, TransformerEncoder)
    windower = encoder._windower
    tokens = {}
    for kind, some in texts.items():
        windows = list(windower.windows(some))
        tokens[kind] = [int(window.ids.size) for window in windows]
        write(place / f"{kind}.json", some)
        passages = [some[window.owner][window.start : window.end] for window in windows]
        write(place / f"{kind} in passages.json", passages)
    examples = [i for c in range(len(data.names)) for i in np.flatnonzero(data.y == c)[:10]]
    write(place / "examples.json", [[data.names[data.y[i]], data.texts[i]] for i in examples])
    write(place / "names.json", data.names)
    write(place / "one.json", data.texts[:1])
    write(place / "some.json", data.texts[:64])
    return tokens


def write(path: Path, value: object) -> None:
    """Write JSON."""
    path.write_text(json.dumps(value), encoding="utf-8")


def rounds(processes: dict[str, Process], place: Path, kinds: list[str], n: int) -> None:
    """Every library in turn over all documents, n times; the last vectors stay in files."""
    for turn in range(n):
        for kind in kinds:
            for name, process in processes.items():
                out = place / f"{name}.npy" if kind == SHORT else None
                if process.own:
                    process.measure(f"{kind}, label", "label", place / f"{kind}.json")
                    process.measure(f"{kind}, evidence", "evidence", place / f"{kind}.json")
                    process.measure(kind, "encode", place / f"{kind}.json", out)
                else:
                    process.measure(kind, "encode", place / f"{kind} in passages.json", out)
                if name == REFERENCE and kind != SHORT:
                    process.measure(f"{kind}, cut", "encode", place / f"{kind}.json")
        log_line(f"round {turn + 1} of {n}")


def accuracies(own: np.ndarray, names: np.ndarray) -> list[float]:
    """Per cent right by prototypes with names, 5 a class, of each draw."""
    y = texts_of("BANKING77").y
    right = []
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(len(y))
        support = np.concatenate([order[y[order] == c][:SHOTS] for c in range(len(names))])
        rest = np.setdiff1d(order, support)
        totals = ClassTotals.of_examples(own[support], y[support], names, np.ones(len(names), bool))
        guess = LinearModel.of_classes(totals, 1.0, "cosine").scores(own[rest]).argmax(axis=1)
        right.append(100 * float((guess == y[rest]).mean()))
    return right


def measured(limit: str | None, n: int, share: float) -> dict[str, Any]:
    """One run: all libraries with the instructions of this processor, or with fewer."""
    begun = time.monotonic()
    texts = documents(share)
    missing: dict[str, str] = {}
    processes: dict[str, Process] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        tokens = write_tasks(place, texts)
        for name, library in LIBRARIES.items():
            if limit in WITHOUT_VNNI and library.argument == "i8":
                continue  # Linux says that the processor has it, so it would not be refused
            process = started(library, place, limit)
            if isinstance(process, str):
                missing[name] = process
                log_line(f"{name}: {process}")
            else:
                processes[name] = process
        rounds(processes, place, list(texts), n)
        libraries: dict[str, Any] = {}
        vectors = {name: np.load(place / f"{name}.npy") for name in processes}
        for name, process in processes.items():
            process.ask("encode", place / "names.json", place / "names.npy")
            cosines = unit_cosines(vectors[name], vectors.get(REFERENCE))
            libraries[name] = {
                "start": process.start, "memory": process.memory, "times": process.times,
                "accuracy": accuracies(vectors[name], np.load(place / "names.npy")),
                "cosine": cosines,
            }  # fmt: skip
            process.child.kill()
            process.child.wait()
    return {
        "date": time.strftime("%Y-%m-%d"), "machine": machine(), "set": limit or own_set(),
        "limited": limit is not None, "rounds": n, "load": os.getloadavg()[1],
        "seconds": time.monotonic() - begun, "peak": peaks(limit), "missing": missing,
        "documents": {kind: len(some) for kind, some in texts.items()},
        "tokens": {kind: [len(some), sum(some), sum(size * size for size in some)]
                   for kind, some in tokens.items()},
        "queries": len(texts_of("BANKING77").y) - SHOTS * len(texts_of("BANKING77").names),
        "libraries": libraries,
    }  # fmt: skip


def unit_cosines(vectors: np.ndarray, base: np.ndarray | None) -> list[float]:
    """The mean and the least cosine to the reference's vectors."""
    if base is None:
        return []
    cosines = (vectors * base).sum(axis=1) / np.linalg.norm(vectors, axis=1)
    cosines /= np.linalg.norm(base, axis=1)
    return [float(cosines.mean()), float(cosines.min())]


def peaks(limit: str | None) -> dict[str, float]:
    """GFLOP/s of these threads in float32, and in bfloat16 where the processor has it."""
    variables = dict(os.environ) | hiding(limit)
    order = list(SETS)
    has_bf16 = order.index(limit or own_set()) >= order.index("AVX-512 bfloat16")
    command = [sys.executable, "-m", "benchmarks.speed_own"]
    return {
        precision: float(
            subprocess.run(
                [*command, precision, str(THREADS), "peak"],
                env=variables, check=True, capture_output=True, text=True,
            ).stdout.split()[-1]
        )
        for precision in ("f32", "bf16")[: 1 + has_bf16]
    }  # fmt: skip


def main() -> None:
    """Run, and add to docs/results/speed.*."""
    parser = command_line(__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--share", type=float, default=1.0, help="of the longer documents")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), help="by default all")
    parser.add_argument("--page", action="store_true", help="write the page again, from the JSON")
    options = parser.parse_args()
    begun, kept = time.monotonic(), RESULTS / "speed.json"
    runs = json.loads(kept.read_text(encoding="utf-8"))["values"]["runs"]
    export()
    limits = options.sets or [own_set(), *reversed(below(own_set()))]
    for limit in [] if options.page else [None if name == own_set() else name for name in limits]:
        run = measured(limit, options.rounds, options.share)
        runs[f"{run['machine']}, {run['set']}"] = run
        save_page(runs, time.monotonic() - begun)
    if options.page:
        save_page(runs, None)


def save_page(runs: dict[str, Any], seconds: float | None) -> None:
    """Write the page and what it is made of."""
    save("speed", "make bench-speed", page(runs), {"runs": runs}, seconds)


if __name__ == "__main__":
    main()
