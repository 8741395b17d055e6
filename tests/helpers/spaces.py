"""Small label spaces that several tests begin with."""

from __future__ import annotations

import numpy as np
from fakes import WORDS

from protolabel import Example, LabelSpace


def fill(space: LabelSpace) -> None:
    """Versions 2 to 4."""
    space.describe({"bill": "pay bill", "box": "ship box"})
    space.add([Example("bill", "pay pay bill", id="b1"), Example("bill", "bill", id="b2")])
    space.add("cv work", "cv")


def four_classes(rng: np.random.Generator | None = None, each: int = 6) -> list[Example]:
    """Classes a to d, each with two words of its own and others mixed in."""
    rng = rng or np.random.default_rng(0)
    return [
        Example(label, " ".join(rng.choice([*own, *own, *own, *WORDS], 4)))
        for label, own in zip("abcd", (WORDS[:2], WORDS[2:4], WORDS[4:6], WORDS[6:]), strict=True)
        for _ in range(each)
    ]


def two_kinds(each: int = 12) -> list[Example]:
    """Classes a and b that no line tells apart, each of two kinds of documents; c and d are plain.

    a holds "pay cv" and "ship secret", b holds "pay secret" and "ship cv".
    """
    rng = np.random.default_rng(0)
    kinds = [
        ("a", "pay", "cv"), ("a", "ship", "secret"), ("b", "pay", "secret"), ("b", "ship", "cv"),
        ("c", "bill", "bill"), ("c", "bill", "bill"), ("d", "box", "box"), ("d", "box", "box"),
    ]  # fmt: skip
    return [
        Example(label, " ".join([one, one, other, other, *rng.choice(WORDS, 2), f"n{i}" * 3]))
        for label, one, other in kinds
        for i in range(each)
    ]
