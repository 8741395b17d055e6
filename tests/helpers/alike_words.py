"""A label space of four classes whose texts share words, so that some answers are wrong."""

from __future__ import annotations

import random
from os import PathLike

from protolabel import LabelSpace

WORDS = {
    "bill": "pay bill amount due transfer", "cv": "job apply engineer work team",
    "box": "ship parcel box courier track", "menu": "soup bread dinner lunch sweet",
}  # fmt: skip
SHARED = ("of", "we", "the", "job", "bill")


def make_alike(path: str | PathLike[str], seed: int, *, each: int = 9, shared: int = 2) -> None:
    """Make it, with so many examples a class and so many shared words in each."""
    rng = random.Random(seed)
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        for label, words in WORDS.items():
            texts = (
                " ".join([*rng.choices(words.split(), k=4), *rng.choices(SHARED, k=shared)])
                for _ in range(each)
            )
            space.add(list(texts), label)
        space.settle()
