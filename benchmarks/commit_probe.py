"""Measure one commit's label space by its public API. ``benchmarks.commits`` runs it in each.

``python commit_probe.py DATA``: the file has examples and documents. It prints a JSON object,
uses only names that all measured commits have, and imports nothing of this folder.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from protolabel import Document, Example, LabelSpace
from protolabel.encoders import PrecomputedEncoder

DIM, CLASSES = 384, 1000
CALLS = 100


def processor_ms(action: Callable[[int], object], calls: int) -> float:
    """Return the median processor time of a call, the first one apart."""
    times = []
    for call in range(calls + 1):
        start = time.process_time()
        action(call)
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times[1:])


def changes(folder: Path) -> dict[str, float]:
    """Return milliseconds of changes and questions at 1,000 classes, embeddings given."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((CLASSES, DIM), dtype=np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    noise = 0.03 * rng.standard_normal((CLASSES, 5, DIM), dtype=np.float32)
    new = rng.standard_normal((CALLS + 1, 5, DIM), dtype=np.float32)
    encoder = PrecomputedEncoder(DIM)
    with LabelSpace.create(folder / "changes.space", encoder=encoder, background=False) as space:
        space.add(
            [
                Example(f"class {k}", embedding=centres[k] + noise[k, i])
                for k in range(CLASSES)
                for i in range(5)
            ]
        )
        return {
            "add a class of 5": processor_ms(
                lambda i: space.add([Example(f"new {i}", embedding=v) for v in new[i]]), CALLS
            ),
            "query": processor_ms(
                lambda i: space.label(Document("q", embedding=centres[i])), 2 * CALLS
            ),
            "undo": processor_ms(lambda _: space.undo(), CALLS // 2),
            "rename": processor_ms(lambda i: space.rename(f"class {i}", f"other {i}"), CALLS // 2),
        }


def documents(folder: Path, data: dict[str, Any]) -> dict[str, float]:
    """Return documents a processor second of the default encoder, and the share that is right."""
    with LabelSpace.create(folder / "documents.space", background=False) as space:
        space.describe(data["descriptions"])
        space.add([Example(label, text) for label, text in data["examples"]])
        space.settle()
        texts = [text for _, text in data["documents"]]
        space.label_many(texts[:64])
        start = time.process_time()
        answers = list(space.label_many(texts))
        seconds = time.process_time() - start
    right = [
        answer.alternatives[0].label == label
        for answer, (label, _) in zip(answers, data["documents"], strict=True)
    ]
    return {
        "documents a processor second": len(texts) / seconds,
        "right, %": 100 * sum(right) / len(right),
    }


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", metavar="DATA", type=Path)
    data = json.loads(parser.parse_args().data.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as name:
        values = changes(Path(name)) | documents(Path(name), data)
    print(json.dumps(values))


if __name__ == "__main__":
    main()
