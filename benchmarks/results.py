"""How a benchmark writes down what it measured: a page for people, JSON for programs, parts kept.

Results go to ``docs/results/<name>.json`` and ``NAME.md`` with command, machine, n and interval.
What one run leaves for the next is in ``.bench``.
"""

from __future__ import annotations

import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.keep import keep

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".bench"
RESULTS = ROOT / "docs" / "results"


def machine() -> str:
    """What this ran on, in words."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(x.split(":")[1].strip() for x in lines if x.startswith("model name"))
        flags = next(x for x in lines if x.startswith("flags"))
        model += " with AMX bfloat16" if "amx_bf16" in flags else ""
    except (OSError, StopIteration):
        pass
    return (
        f"{os.cpu_count()} cores of {model}, {platform.system()}, Python {sys.version.split()[0]}"
    )


def save(
    name: str,
    command: str,
    body: str,
    values: object,
    seconds: float | None,
    earlier: Mapping[str, Any] | None = None,
) -> None:
    """Write a result for people (Markdown) and for programs (JSON).

    ``seconds``: of the whole; None where results of earlier runs are kept.
    ``earlier``: the record of a run of which a part alone was measured again; its date, machine and
    seconds stay.
    """
    RESULTS.mkdir(parents=True, exist_ok=True)
    record = {
        "command": command,
        "date": time.strftime("%Y-%m-%d"),
        "machine": machine(),
        "seconds": None if seconds is None else round(seconds),
        "values": values,
    }
    if earlier is not None:
        record |= {key: earlier[key] for key in ("date", "machine", "seconds")}
    foot = foot_of(record)
    (RESULTS / f"{name}.md").write_text(f"{body.rstrip()}\n\n{foot}\n", encoding="utf-8")
    text = json.dumps(_rounded(record), indent=1, allow_nan=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"\n{body}\n\n{foot}")


def foot_of(record: dict[str, Any]) -> str:
    """The last line of a page: command, date, machine, and the time of the whole if it is known."""
    seconds = record["seconds"]
    took = "" if seconds is None else f", {seconds:.0f} s in all"
    return f"`{record['command']}`, {record['date']}, {record['machine']}{took}."


def _rounded(value: object) -> object:
    """Numbers to six digits, and null for what is not finite: JSON has no NaN."""
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(headers) + " |", "|" + "---|" * len(headers)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def log_line(message: str) -> None:
    """Progress to stderr."""
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)


def kept_result(place: Path, make: Callable[[], Any] | None) -> Any:
    """What a JSON file in ``.bench`` holds: read, or made and kept.

    Without ``make``: None where there is no file.
    """
    if not place.exists():
        if make is None:
            return None
        start = time.perf_counter()
        text = json.dumps(make(), default=float)
        keep(place, text)
        log_line(f"{place.parent.name}/{place.stem} ({time.perf_counter() - start:.1f} s)")
    return json.loads(place.read_text(encoding="utf-8"))


def kept_folds(place: Path, name: str) -> dict[str, dict[str, Any]]:
    """The results of a data set's folds that are kept in ``place``, by fold."""
    paths = sorted(place.glob(f"{name}-*/result.json"))
    return {p.parent.name[-2:]: json.loads(p.read_text(encoding="utf-8")) for p in paths}
