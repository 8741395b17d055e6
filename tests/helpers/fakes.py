"""A toy encoder with legible vectors, and the label space law in plain Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

WORDS = ("pay", "bill", "cv", "work", "secret", "sign", "ship", "box")


class WordEncoder:
    """Counts eight words: ``"pay pay cv"`` -> ``[2, 0, 1, 0, 0, 0, 0, 0]``; others add to the last
    axis a little, so that no text is a vector of zeros.
    """

    dim = len(WORDS)

    def __init__(self, name: str = "words") -> None:
        self.fingerprint = f"{name}:{self.dim}"
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.texts.extend(texts)
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            for word in text.lower().split():
                row[WORDS.index(word) if word in WORDS else -1] += 1.0 if word in WORDS else 0.125
        return out


class LetterEncoder:
    """Counts the letters a to z: another vector space, of other dimensions, for the same texts."""

    dim = 26

    def __init__(self, name: str = "letters") -> None:
        self.fingerprint = f"{name}:{self.dim}"
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.texts.extend(texts)
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            for letter in text.lower():
                if "a" <= letter <= "z":
                    row[ord(letter) - ord("a")] += 1.0
        return out


class PictureEncoder(WordEncoder):
    """Words and images in one space: an image is the first bytes of its SHA-256."""

    def __init__(self, name: str = "words and pictures") -> None:
        super().__init__(name)
        self.images: list[bytes] = []

    def encode_images(self, images: Sequence[bytes]) -> np.ndarray:
        self.images.extend(images)
        rows = [list(hashlib.sha256(data).digest()[: self.dim]) for data in images]
        return np.array(rows, dtype=np.float32).reshape(len(images), self.dim) / 255


def fixed(x: float) -> int:
    """One component in steps of 2**-32, by rational arithmetic: nearest, ties to even."""
    return round(Fraction(x) * 2**32)


def plain_prototype(
    vectors: list[list[float]], description: list[float] | None, kappa: float
) -> list[float]:
    """Equation 3, then length one, by loops."""
    d = len(vectors[0]) if vectors else len(description or [])
    weight = kappa if description is not None else 0.0
    out = []
    for axis in range(d):
        total = float(sum(fixed(v[axis]) for v in vectors)) / 2**32
        share = weight * description[axis] if description is not None else 0.0
        out.append((total + share) / (weight + len(vectors)))
    length = sum(x * x for x in out) ** 0.5
    return [x / length for x in out]
