"""Texts of numbered classes, each of which shares words with the next one."""

from __future__ import annotations

import random

WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "bdfgklmnprst"]


def neighbouring_text(rng: random.Random, number: int) -> str:
    """Two words of a class, which its neighbours have too, among words of all classes."""
    own = [WORDS[100 + 4 * number + rng.randrange(8)] for _ in range(2)]
    return " ".join(own + rng.choices(WORDS[:60], k=8))
