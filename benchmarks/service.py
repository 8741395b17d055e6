"""Requests a second of the service, beside the library alone, from a second process on loopback.

``python -m benchmarks.service``: BANKING77's queries against 77 classes of 5 examples, refined;
``wrk`` (Debian) with 1, 8 and 64 connections, one document a request, then 16; micro-batches on and
off; the library alone on the same documents, in turn with the service. Both have answered before
their time begins. Last, 4 times as many connections as the queue takes: what was accepted and how
fast, and what was refused.
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
local at, refused = math.random(#bodies), 0
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


def library_alone(path: Path, texts: list[str], size: int) -> float:
    """Documents a second of ``label_many``, ``size`` documents a call."""
    with LabelSpace(path, background=False) as space:
        space.label_many(texts[:size], evidence=0)  # loads the encoder
        start, n = time.perf_counter(), 0
        while time.perf_counter() - start < SECONDS:
            part = [Document(str(i), texts[(n + i) % len(texts)]) for i in range(size)]
            n += sum(1 for _ in space.label_many(part, evidence=0))
        return n / (time.perf_counter() - start)


def measured(path: Path, bodies: Path, connections: int, batch: int, waiting: int) -> list[float]:
    """Requests a second, p50, p95, p99 in milliseconds, and refused requests of one load."""
    command = [sys.executable, "-c", CODE, str(path), str(batch), str(waiting)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip() + "v1/spaces/bank/label"
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(LUA)
            script.flush()
            environment = {"BODIES": str(bodies)}
            loads = [
                ["wrk", "-t1", f"-c{n}", f"-d{seconds}s", "-s", script.name, url]
                for n, seconds in ((1, 1), (connections, SECONDS))  # the first one warms it up
            ]
            for command in loads:
                out = subprocess.run(
                    command, env=environment, check=True, capture_output=True, text=True
                ).stdout
        server.terminate()
    numbers = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", out)
    assert numbers, out
    n, duration, p50, p95, p99, refused = map(int, numbers.groups())
    return [(n - refused) / (duration / 1e6), p50 / 1e3, p95 / 1e3, p99 / 1e3, refused]


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
    rows, record = [], {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bank.space"
        texts = space_of(path)
        for size in (1, 16):
            bodies = Path(folder) / f"{size}.jsonl"
            lines = []
            for at in range(0, len(texts) - size, size):
                documents = [{"text": text} for text in texts[at : at + size]]
                lines.append(json.dumps({"documents": documents, "evidence": 0}))
            bodies.write_text("\n".join(lines) + "\n", encoding="utf-8")
            loads = [("on", 256, c, 4096) for c in (1, 8, 64)] + [("off", 1, 64, 4096)]
            for batching, batch, connections, waiting in loads:
                alone, open_at_once, served = [], [], []
                for _ in range(ROUNDS):
                    alone.append(library_alone(path, texts, size if connections == 1 else 256))
                    open_at_once.append(library_alone(path, texts, size * connections))
                    served.append(measured(path, bodies, connections, batch, waiting))
                rate, p50, p95, p99, _ = np.median(np.array(served), axis=0)
                documents = rate * size
                row = [
                    str(size), str(connections), batching, f"{rate:.0f}", f"{documents:.0f}",
                    f"{float(np.median(alone)):.0f}", share(served, size, alone),
                    f"{float(np.median(open_at_once)):.0f}", share(served, size, open_at_once),
                    f"{p50:.1f}", f"{p95:.1f}", f"{p99:.1f}",
                ]  # fmt: skip
                log_line(" ".join(row))
                rows.append(row)
        rate, p50, p95, p99, refused = measured(path, Path(folder) / "1.jsonl", 256, 256, 64)
        record = {"rate": rate, "p50": p50, "p95": p95, "p99": p99, "refused": refused}
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
    text += (
        f"\n\nOverload: 256 connections where 64 documents may wait: {record['rate']:.0f} requests"
        f" a second\nanswered, {record['refused']:.0f} refused with 503 in {SECONDS} s; p99 of all "
        f"{record['p99']:.0f} ms."
    )
    values = {"rows": rows, "overload": record}
    save("service", "make bench-service", text, values, time.perf_counter() - start)


if __name__ == "__main__":
    main()
