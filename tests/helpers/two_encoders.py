"""Two toy encoders, and label spaces that move from one to the other."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from fakes import WORDS, LetterEncoder, WordEncoder
from spelt_numbers import spelt

from protolabel import Example, LabelSpace

Words, Letters = WordEncoder, LetterEncoder


def prototypes(view) -> dict[str, bytes]:
    weights = view.prototypes.weights
    return {n: w.tobytes() for n, w in zip(view.prototypes.labels, weights, strict=True)}


def counts_of_vectors(path: Path) -> dict[str, int]:
    """Vectors by fingerprint, read without protolabel."""
    db = sqlite3.connect(path)
    rows = db.execute(
        "SELECT e.fingerprint, count(*) FROM vectors JOIN encodings e USING (encoding) GROUP BY 1"
    ).fetchall()
    db.close()
    return dict(rows)


def many(path: Path, n: int = 200) -> None:
    """A label space on words with n examples of four classes, each text another."""
    rng = random.Random(7)
    examples = [
        Example(f"class {k % 4}", f"{rng.choice(WORDS)} {WORDS[2 * (k % 4)]} number {spelt(k)}")
        for k in range(n)
    ]
    with LabelSpace.create(path, encoder=Words(), background=False) as space:
        space.add(examples)
