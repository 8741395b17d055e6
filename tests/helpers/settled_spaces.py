"""A label space of four classes with a calibration that declines nothing."""

from __future__ import annotations

import random
from pathlib import Path

from protolabel import Example, LabelSpace

WORDS = {
    "bill": "pay bill amount due transfer", "cv": "job apply engineer work team",
    "box": "ship parcel box courier track", "menu": "soup bread dinner lunch sweet",
}  # fmt: skip


def make_settled(path: Path) -> Path:
    """Make a label space whose examples are drawn from the words of their classes."""
    rng = random.Random(0)
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.configure(threshold="none")
        for label, words in WORDS.items():
            texts = [rng.choices([*words.split(), "of", "the"], k=5) for _ in range(8)]
            space.add([Example(label, " ".join(text)) for text in texts])
        space.settle()
    return path
