"""A label space whose documents share most of their words: strangers are near its classes."""

from __future__ import annotations

import random
from pathlib import Path

from protolabel import Example, LabelSpace

WORDS = ("pay bill", "job apply", "ship parcel", "soup bread")
COMMON = "dear friend this year number with many thanks and a word or two from us to you there now"


def make_common(path: Path) -> Path:
    """Make a label space whose fitted threshold answers most simulated strangers."""
    rng = random.Random(0)
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        for words in WORDS:
            own = words.split()
            texts = [[*rng.choices(own, k=2), *rng.choices(COMMON.split(), k=8)] for _ in range(8)]
            space.add([Example(own[0], " ".join(text)) for text in texts])
        space.settle()
    return path
