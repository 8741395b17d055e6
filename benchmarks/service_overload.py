"""The service where more ask than may wait: how long accepted requests take, and what is refused.

``python -m benchmarks.service_overload``: the label space of ``benchmarks.service``, one document a
request, and room for 64 documents that wait. Each connection has a thread of ``wrk`` of its own,
which times each reply, so that accepted requests have a time of their own. Whoever is refused asks
again at once: more is refused than by callers who wait as ``Retry-After`` says.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.intervals import interval_text
from benchmarks.results import log_line, save, table
from benchmarks.service import LUA, space_of, write_bodies, wrk_of
from protolabel.words.quantity import quantity

WAITING, SECONDS, ROUNDS = 64, 6, 5
CONNECTIONS = (32, 64, 128, 256)
HEADERS = [
    "connections", "accepted a second", "refused a second", "p50 ms", "p95 ms", "p99 ms",
    "slowest, ms",
]  # fmt: skip
ACCEPTED = """
local ffi = require("ffi")
ffi.cdef("typedef struct {long s; long ns;} stamp; int clock_gettime(int, stamp *);")
local stamp, threads = ffi.new("stamp"), {}
local function now()
  ffi.C.clock_gettime(1, stamp)
  return tonumber(stamp.s) * 1e3 + tonumber(stamp.ns) / 1e6
end
local next_request, began = request, 0
times, n_refused = "", 0
function setup(thread) table.insert(threads, thread) end
function request()
  began = now()
  return next_request()
end
function response(status)
  if status == 200 then times = times .. string.format("%.1f ", now() - began)
  else n_refused = n_refused + 1 end
end
done = function()
  local every, n = "", 0
  for _, thread in ipairs(threads) do
    every, n = every .. thread:get("times"), n + thread:get("n_refused")
  end
  io.write("REFUSED " .. n .. "\\nTIMES " .. every .. "\\n")
end
"""


def overloaded(path: Path, bodies: Path, connections: int) -> dict[str, float]:
    """Return what becomes of the requests of one load."""
    loads = [["-t1", "-c1", "-d1s"], [f"-t{connections}", f"-c{connections}", f"-d{SECONDS}s"]]
    out = wrk_of(path, bodies, 256, WAITING, LUA + ACCEPTED, loads)
    result = re.search(r"REFUSED (\d+)\nTIMES ([\d. ]*)", out)
    assert result, out
    times = np.array(result[2].split(), float)
    p50, p95, p99 = np.percentile(times, [50, 95, 99]).tolist()
    return {
        "accepted": len(times) / SECONDS, "refused": int(result[1]) / SECONDS, "p50": p50,
        "p95": p95, "p99": p99, "slowest": float(times.max()),
    }  # fmt: skip


def main() -> None:
    """Run, and write docs/results/service_overload.*."""
    command_line(__doc__).parse_args()
    if shutil.which("wrk") is None:
        print("skipped: wrk is not installed (Debian: apt install wrk)")
        return
    start = time.perf_counter()
    rows, values = [], {}
    with tempfile.TemporaryDirectory() as folder:
        path, bodies = Path(folder) / "bank.space", Path(folder) / "bodies.jsonl"
        write_bodies(space_of(path), 1, bodies)
        for connections in CONNECTIONS:
            rounds = [overloaded(path, bodies, connections) for _ in range(ROUNDS)]
            values[str(connections)] = rounds
            cells = [interval_text([one[key] for one in rounds], 0) for key in rounds[0]]
            rows.append([str(connections), *cells])
            log_line(" ".join(rows[-1]))
    text = (
        "# The service beyond what it takes\n\n"
        "Client, server and encoder share the cores of one machine. One document a request; "
        f"{WAITING} documents may wait, and what comes beyond is refused with 503. Whoever is "
        "refused asks again at once. Times are those of accepted requests alone, from the request "
        f"to its reply. Mean ± 95 % interval (t) over {quantity(ROUNDS, 'round')} of "
        f"{SECONDS} s on this machine.\n\n"
    )
    text += table(HEADERS, rows)
    seconds = time.perf_counter() - start
    save("service_overload", "make bench-service-overload", text, values, seconds)


if __name__ == "__main__":
    main()
