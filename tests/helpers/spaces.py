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
