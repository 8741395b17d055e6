"""Memory of the service while it answers for minutes, each document a new one.

``python -m benchmarks.service_memory [MINUTES]``: the label space of ``benchmarks.service``, and
``wrk`` with 8 connections, twice: documents alone, and with an example added by every 200th
request, so that fits are made meanwhile. The memory that the process holds of its own is read every
few seconds.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.million_files import memory
from benchmarks.results import log_line, save, table
from benchmarks.service import CODE, space_of
from protolabel.arithmetic.intervals import t_interval

MINUTES, LOOK, PARTS = 10.0, 5.0, 5
RUNS = {  # a request in so many adds an example
    "Documents alone": 10**12,
    "Every 200th request adds an example": 200,
}
LUA = """
local texts = {}
for line in io.lines(os.getenv("TEXTS")) do texts[#texts + 1] = line end
local n = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
function request()
  n = n + 1
  local text = texts[n % #texts + 1] .. " number " .. n
  if n % tonumber(os.getenv("EVERY")) == 0 then
    return wrk.format(nil, "/v1/spaces/bank/changes", nil,
      '{"kind": "add", "examples": [{"label": "age limit", "text": "' .. text .. '"}]}')
  end
  return wrk.format(nil, "/v1/spaces/bank/label", nil,
    '{"documents": [{"text": "' .. text .. '"}]}')
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d\\n", summary.requests, summary.errors.status))
end
"""


def looks(folder: Path, minutes: float, every: int) -> tuple[list[tuple[float, int]], int]:
    """Return bytes of memory by seconds, and the requests; none may be refused.

    ``every``: so many requests, one adds an example.
    """
    path, texts, script = folder / "bank.space", folder / "texts", folder / "load.lua"
    clean = (re.sub(r"[^a-z0-9 ?]", "", text.lower()) for text in space_of(path))
    texts.write_text("\n".join(clean) + "\n", encoding="utf-8")
    script.write_text(LUA, encoding="utf-8")
    command = [sys.executable, "-c", CODE, str(path), "256", "4096"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        load = subprocess.Popen(
            ["wrk", "-t1", "-c8", f"-d{60 * minutes:.0f}s", "-s", str(script), url],
            env={"TEXTS": str(texts), "EVERY": str(every)}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        begun, values = time.monotonic(), []
        while load.poll() is None:
            time.sleep(LOOK)
            values.append((time.monotonic() - begun, memory(server.pid)))
        assert load.stdout is not None
        out = load.stdout.read()
        server.terminate()
    numbers = re.search(r"RESULT (\d+) (\d+)", out)
    assert numbers, out
    assert not int(numbers[2]), out
    return values, int(numbers[1])


def main() -> None:
    """Run, and write docs/results/service_memory.*."""
    parser = command_line(__doc__)
    parser.add_argument("minutes", metavar="MINUTES", nargs="?", type=float, default=MINUTES)
    minutes = parser.parse_args().minutes
    if shutil.which("wrk") is None:
        print("skipped: wrk is not installed (Debian: apt install wrk)")
        return
    start = time.perf_counter()
    body = (
        "# Memory of the service\n\n"
        f"8 connections, {minutes:g} minutes for each part; no request was refused. Each document "
        "is a new one. *MiB* is what the process holds of its own, "
        f"read every {LOOK:.0f} seconds. Growth: mean ± 95 % interval of the steps between looks "
        "(t)."
    )
    record = {}
    for title, every in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            values, requests = looks(Path(folder), minutes, every)
        record[title] = {"looks": values, "requests": requests}
        body += f"\n\n## {title}\n\n{section(values, requests)}"
    save("service_memory", "make bench-service-memory", body, record, time.perf_counter() - start)


def section(values: list[tuple[float, int]], requests: int) -> str:
    """The part of the page about one run."""
    rows = []
    for part in np.array_split(np.array(values), PARTS):
        mib = part[:, 1] / 2**20
        rows.append([f"{part[0, 0] / 60:.1f} to {part[-1, 0] / 60:.1f}", f"{mib.mean():.0f}",
                     f"{mib.max():.0f}"])  # fmt: skip
        log_line(" ".join(rows[-1]))
    late = np.array(values[len(values) // 2 :])
    steps = t_interval(np.diff(late[:, 1]) / 2**20 / (np.diff(late[:, 0]) / 60))
    return (
        table(["minutes", "MiB, mean", "MiB, most"], rows)
        + f"\n\n{requests:,} requests. Growth in the second half, MiB a minute: "
        f"{steps.mean:.1f} ± {steps.interval:.1f}."
    )


if __name__ == "__main__":
    main()
