"""Carries out timed tasks that arrive as lines of JSON; for the processes of ``benchmarks.speed``.

A task is ``{"action", "texts", "out"}``: the name of an action, a JSON file of texts, and where its
vectors go (or null). Each answer is a line of JSON too: seconds, processor seconds of all threads,
and the most memory until then. It needs NumPy alone, so that any environment can run it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

Action = Callable[[list[str]], object]  # texts -> vectors (n, d), or None


def serve(actions: Mapping[str, Action]) -> None:
    """Answer tasks until the other end closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    for line in sys.stdin:
        task = json.loads(line)
        texts = json.loads(Path(task["texts"]).read_text(encoding="utf-8"))
        wall, cpu = time.perf_counter(), time.process_time()
        vectors = actions[task["action"]](texts)
        seconds, processor = time.perf_counter() - wall, time.process_time() - cpu
        if task["out"]:
            np.save(task["out"], np.asarray(vectors, np.float32))
        memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answer = {"seconds": seconds, "cpu": processor, "memory": memory}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
