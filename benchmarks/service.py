"""Requests a second of the service, beside the library alone, from a second process on loopback.

``python -m benchmarks.service``: BANKING77's queries against 77 classes of 5 examples, refined;
``wrk`` (Debian) with 1, 8 and 64 connections, one document a request, then 16; micro-batches on and
off; the library alone on the same documents, in turn with the service. Both have answered before
their time begins. ``benchmarks.service_overload`` asks for more than it takes.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import draw, load
from benchmarks.intervals import mean_interval
from benchmarks.results import log_line, save, table
from protolabel import Document, Example, LabelSpace
from protolabel.words.quantity import quantity

SECONDS, ROUNDS = 6, 4
HEADERS = [
    "documents a request", "connections", "micro-batches", "requests/s", "documents/s",
    "library, documents/s", "share", "library, as many as are open, documents/s", "share of this",
    "p50 ms", "p95 ms", "p99 ms",
]  # fmt: skip
LUA = """
local bodies = {}
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
local at = math.random(#bodies)
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
function request()
  at = at % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[at])
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(95), latency:percentile(99), summary.errors.status))
end
"""
CODE = """
import sys
from protolabel.service.limits import Bounds
from protolabel.service.options import Options
from protolabel.service.server import serve
from protolabel.service.spaces import named
bounds = Bounds(batch=int(sys.argv[2]), waiting=int(sys.argv[3]))
options = Options(port=0, bounds=bounds)
serve(named([sys.argv[1]]), options, ready=lambda url: print(url, flush=True))
"""


def space_of(path: Path) -> list[str]:
    """Fill a label space with 5 examples a class, settle it, and return queries."""
    data = load("banking77")
    chosen = draw(data, 5, 0)
    with LabelSpace.create(path, background=False) as space:
        space.add([Example(data.names[data.y[i]], data.texts[i]) for i in chosen.support])
        space.settle()
    return [data.texts[i] for i in chosen.queries[:2000]]


def write_bodies(texts: list[str], size: int, bodies: Path) -> None:
    """Write the bodies of requests of ``size`` documents each, one a line."""
    lines = []
    for at in range(0, len(texts) - size, size):
        documents = [{"text": text} for text in texts[at : at + size]]
        lines.append(json.dumps({"documents": documents, "evidence": 0}))
    bodies.write_text("\n".join(lines) + "\n", encoding="utf-8")


def library_alone(path: Path, texts: list[str], size: int) -> float:
    """Documents a second of ``label_many``, ``size`` documents a call."""
    with LabelSpace(path, background=False) as space:
        space.label_many(texts[:size], evidence=0)  # loads the encoder
        start, n = time.perf_counter(), 0
        while time.perf_counter() - start < SECONDS:
            part = [Document(str(i), texts[(n + i) % len(texts)]) for i in range(size)]
            n += sum(1 for _ in space.label_many(part, evidence=0))
        return n / (time.perf_counter() - start)


def wrk_of(
    path: Path, bodies: Path, batch: int, waiting: int, script: str, loads: list[list[str]]
) -> str:
    """Return what ``wrk`` says of the last of some loads; the others warm the service up."""
    command = [sys.executable, "-c", CODE, str(path), str(batch), str(waiting)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip() + "v1/spaces/bank/label"
        try:
            with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
                file.write(script)
                file.flush()
                for load in loads:
                    out = subprocess.run(
                        ["wrk", *load, "-s", file.name, url],
                        env={"BODIES": str(bodies)}, check=True, capture_output=True, text=True,
                    ).stdout  # fmt: skip
        finally:
            server.terminate()
    return out


def measured(path: Path, bodies: Path, connections: int, batch: int) -> list[float]:
    """Requests a second, and p50, p95, p99 in milliseconds, of one load; none may be refused."""
    loads = [["-t1", f"-c{n}", f"-d{s}s"] for n, s in ((1, 1), (connections, SECONDS))]
    out = wrk_of(path, bodies, batch, 4096, LUA, loads)
    numbers = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", out)
    assert numbers, out
    n, duration, p50, p95, p99, refused = map(int, numbers.groups())
    assert not refused, out
    return [n / (duration / 1e6), p50 / 1e3, p95 / 1e3, p99 / 1e3]


def share(served: list[list[float]], size: int, alone: list[float]) -> str:
    """The service's documents a second as a share of the library's: mean over rounds ± interval."""
    shares = [100 * size * rate / own for (rate, *_), own in zip(served, alone, strict=True)]
    mean, half = mean_interval(shares)
    return f"{mean:.0f} ± {half:.0f} %"


def main() -> None:
    """Run, and write the result."""
    command_line(__doc__).parse_args()
    if shutil.which("wrk") is None:
        print("skipped: wrk is not installed (Debian: apt install wrk)")
        return
    start = time.perf_counter()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bank.space"
        texts = space_of(path)
        for size in (1, 16):
            bodies = Path(folder) / f"{size}.jsonl"
            write_bodies(texts, size, bodies)
            loads = [(way, most, c) for c in (1, 8, 64) for way, most in (("on", 256), ("off", 1))]
            for batching, batch, connections in loads:
                alone, open_at_once, served = [], [], []
                for _ in range(ROUNDS):
                    alone.append(library_alone(path, texts, size if connections == 1 else 256))
                    open_at_once.append(library_alone(path, texts, size * connections))
                    served.append(measured(path, bodies, connections, batch))
                rate, p50, p95, p99 = np.median(np.array(served), axis=0)
                documents = rate * size
                row = [
                    str(size), str(connections), batching, f"{rate:.0f}", f"{documents:.0f}",
                    f"{float(np.median(alone)):.0f}", share(served, size, alone),
                    f"{float(np.median(open_at_once)):.0f}", share(served, size, open_at_once),
                    f"{p50:.1f}", f"{p95:.1f}", f"{p99:.1f}",
                ]  # fmt: skip
                log_line(" ".join(row))
                rows.append(row)
    text = (
        "# The service under load\n\n"
        "Client, server and encoder share the cores of one machine. *Library* is `label_many` on\n"
        "the same documents: one call for each request with 1 connection, otherwise batches of "
        "256.\n*Share* is the service's documents a second as a share of the library's, mean ± 95 "
        "% interval (t) over\nrounds on this machine. *As many as are open*: the library gets in "
        "one call what all connections\ntogether have open. All else is the median of "
        f"{quantity(ROUNDS, 'round')} of {SECONDS} s.\n\n"
    )
    text += table(HEADERS, rows)
    save("service", "make bench-service", text, {"rows": rows}, time.perf_counter() - start)


if __name__ == "__main__":
    main()
