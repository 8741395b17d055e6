"""The libraries of ``benchmarks.speed``, each at work in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.instruction_sets import hiding
from benchmarks.results import CACHE, ROOT
from benchmarks.speed_own import REFUSED
from protolabel.encoders.locate import locate

THREADS = 2
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
