"""Letters of four kinds, and near copies of them: the same letters with a signature."""

from __future__ import annotations

import random
from dataclasses import replace

from protolabel import Example

TOPICS = {"bill": "pay bill", "cv": "cv work", "nda": "secret sign", "box": "ship box"}
SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]


def letters(each: int = 12, seed: int = 0) -> list[Example]:
    """Letters of 18 words, most of which no other letter has."""
    several = []
    for label, words in TOPICS.items():
        for n in range(each):
            rng = random.Random(f"{seed}{label}{n}")
            fillers = " ".join("".join(rng.choices(SYLLABLES, k=2)) for _ in range(16))
            several.append(Example(label, f"{words} {fillers}", id=f"{label}{n}"))
    return several


def signed(several: list[Example]) -> list[Example]:
    return [replace(e, text=f"{e.text}\n-- \nJane Miller", id="") for e in several]
