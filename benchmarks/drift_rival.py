"""River's detectors beside ``drift``: ADWIN and Page-Hinkley in a process of their environment."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.results import CACHE

RIVALS = Path(CACHE / "rival" / "bin" / "python")

RIVER = """
import json, sys
from river import drift
for line in sys.stdin:
    task = json.loads(line)
    alarms_of = {}
    for name, make in (("ADWIN", lambda: drift.ADWIN(delta=0.002)),
                       ("Page-Hinkley", lambda: drift.PageHinkley())):
        detector, alarms = make(), []
        for i, x in enumerate(task):
            detector.update(x)
            if detector.drift_detected:
                alarms.append(i + 1)
        alarms_of[name] = alarms
    print(json.dumps(alarms_of), flush=True)
"""


class River:
    """river's detectors on one number a document: the best score."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(RIVALS), "-c", RIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def alarms(self, values: Sequence[float]) -> dict[str, list[int]]:
        """The numbers of documents at which each detector warned."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([round(float(v), 5) for v in values]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
