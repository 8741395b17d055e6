"""What a text is compared by to find its near copies: hashes of its words and of pairs of words.

Case, white space and punctuation do not count, and all numbers are alike beside other words. Of a
long text a sample is kept. Which sketches are near copies of each other stands in ``near_copies``.
"""

from __future__ import annotations

import functools
import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Doubles, Integers, Mask, ranges
from protolabel.copies.equality import folded
from protolabel.words.text import UNSPACED

LEAST_WORDS = 12  # different words of a text that can be a near copy: shorter ones say too little
SAMPLE = 256  # hashes of each kind that are kept, at most
KEPT_SKETCHES = 50_000  # in memory, of the texts that were looked at last: 100 MB at most
KEPT_WORDS = 200_000  # of those texts: 20 MB
LONGEST_KEPT = 40  # letters of a word that is kept
NUMBER = "0"  # stands for every word that has a digit

PAIRS_AT_ONCE = 50_000  # pairs of texts that are compared together: 100 MB at most

Hashes = npt.NDArray[np.uint32]

_ASCII_WORD = re.compile("[a-z0-9]+")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The different hashes of one kind that a text has, or a share of them.

    Attributes:
        hashes: ascending, all below ``2**32 / 2**halvings``.
        size: how many different hashes the text has.
        halvings: how often the range of hashes was halved, so that no more than ``SAMPLE`` are
            left. Where two samples are compared, the smaller range counts.
    """

    hashes: Hashes
    size: int
    halvings: int

    @classmethod
    def of(cls, hashes: npt.NDArray[Any], most: int = SAMPLE, least_halvings: int = 0) -> Sample:
        """Return the sample of hashes ``(n,)``, which are below ``2**32``: at most ``most``."""
        distinct = np.unique(hashes.astype(np.uint32))
        smallest, halvings = distinct, 0
        while len(smallest) > most or halvings < least_halvings:
            halvings += 1
            smallest = smallest[: np.searchsorted(smallest, 1 << (32 - halvings))]
        return cls(smallest.copy(), len(distinct), halvings)


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """The words of a text, and each with the one that follows it."""

    words: Sample
    pairs: Sample

    @property
    def key(self) -> bytes:
        """What equal sketches share. Those of near copies begin alike."""
        return self.words.hashes.astype(">u4").tobytes() + b"|" + self.pairs.hashes.tobytes()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The samples of n texts, one after the other.

    hashes ``(h,)``: of all of them; owners ``(h,)``: the text of each; starts, lengths, sizes and
    halvings ``(n,)``: where the hashes of a text begin, how many they are, and its fields.
    """

    hashes: Hashes
    owners: Integers
    starts: Integers
    lengths: Integers
    sizes: Integers
    halvings: Integers

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Table:
        """Return the table of some samples."""
        lengths = np.array([len(sample.hashes) for sample in samples], np.int64)
        return cls(
            np.concatenate([sample.hashes for sample in samples]),
            np.repeat(np.arange(len(samples)), lengths),
            np.cumsum(lengths) - lengths,
            lengths,
            np.array([sample.size for sample in samples], np.int64),
            np.array([sample.halvings for sample in samples], np.int64),
        )

    def texts_with(self) -> Integers:
        """Return how many texts have each of the hashes. *Shape:* ``(h,)``."""
        _, place, texts = np.unique(self.hashes, return_inverse=True, return_counts=True)
        return np.asarray(texts[place.reshape(-1)], np.int64)

    def lacking(
        self, first: Integers, second: Integers, relevant: Mask | None = None
    ) -> tuple[Doubles, Doubles]:
        """Return how many hashes of one text another one lacks, for pairs of texts.

        Args:
            first: (p,) texts.
            second: (p,) the other text of each pair.
            relevant: (h,) the hashes that count; all of them where it is not given.

        Returns:
            (p,) how many hashes of the first text the second one lacks, and (p,) how many the first
            has: both estimates where one of the texts is long.
        """
        parts = [
            self._lacking(first[at : at + PAIRS_AT_ONCE], second[at : at + PAIRS_AT_ONCE], relevant)
            for at in range(0, len(first), PAIRS_AT_ONCE)
        ]
        none = np.empty(0)
        lacking, total = zip(*parts, strict=True) if parts else ([none], [none])
        return np.concatenate(lacking), np.concatenate(total)

    def _lacking(
        self, first: Integers, second: Integers, relevant: Mask | None
    ) -> tuple[Doubles, Doubles]:
        lengths = self.lengths[first]
        pair = np.repeat(np.arange(len(first)), lengths)
        place = ranges(self.starts[first], lengths)
        halvings = np.maximum(self.halvings[first], self.halvings[second])
        counts = self.hashes[place] < (1 << (32 - halvings))[pair]
        if relevant is not None:
            counts &= relevant[place]
        pair, place = pair[counts], place[counts]
        keys = (self.owners << 32) | self.hashes  # ascending
        sought = (second[pair] << 32) | self.hashes[place]
        at = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
        lacking = np.bincount(pair[keys[at] != sought], minlength=len(first))
        scale = 2.0**halvings
        return lacking * scale, np.bincount(pair, minlength=len(first)) * scale


@functools.cache
def _word() -> re.Pattern[str]:
    """Return what a word is: letters, digits and marks; in scripts without blanks each character.

    It is compiled when a text needs it, which takes 5 ms.
    """
    return re.compile(f"[{UNSPACED}]|[^\\W_{UNSPACED}]+")


def words_of_text(text: str) -> list[str]:
    """Return the words of a text in order, folded; those with a digit as they are."""
    return _ASCII_WORD.findall(text.lower()) if text.isascii() else _word().findall(folded(text))


def template_of(text: str) -> tuple[str, bool]:
    """Return the words of a text in order as one string, and whether numbers in it are alike.

    Words with a digit are all alike, and several in a row are one: ``"Rate: 3.5 %"`` and
    ``"rate 4"`` are both ``"rate 0"``. In a text without another word they stay as they are, since
    nothing else is left of it. A text without a word has the empty string.
    """
    return template_of_words(words_of_text(text))


def template_of_words(as_they_are: Sequence[str]) -> tuple[str, bool]:
    """Return what :func:`template_of` does, from the words of a text (``words_of_text``)."""
    in_a_row = " ".join(as_they_are)
    if not _DIGIT.search(in_a_row):
        return in_a_row, False
    words: list[str] = []
    for word in as_they_are:
        content = NUMBER if _DIGIT.search(word) else word
        if content != NUMBER or words[-1:] != [NUMBER]:
            words.append(content)
    if words == [NUMBER]:
        return in_a_row, False
    return " ".join(words), True


def template_digest(text: str) -> bytes | None:
    """Return 16 bytes that texts share whose words are the same, as :func:`template_of` says.

    None for a text without a word: that has no template.
    """
    words, _ = template_of(text)
    return digest_of_template(words) if words else None


def template_number(text: str) -> int:
    """Return a number that texts of the same template share, but for one pair in 2**64.

    0 for a text without a word.
    """
    words, _ = template_of(text)
    return number_of_digest(digest_of_template(words)) if words else 0


def number_of_digest(digest: bytes) -> int:
    """Return the first eight bytes of a digest as a number."""
    return int.from_bytes(digest[:8], "big")


def plain_digest(text: str) -> bytes:
    """Return 16 bytes that texts share which differ in case and punctuation alone."""
    return digest_of_template(" ".join(words_of_text(text)))


def digest_of_template(words: str) -> bytes:
    """Return 16 bytes for the words that :func:`template_of` returns."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()[:16]


def sketch_of(text: str, words: Sequence[str] | None = None) -> Sketch | None:
    """Return the sketch of a text; None for one of fewer than ``LEAST_WORDS`` different words.

    Sketches are kept in memory, so that after a change only the new texts are looked at. ``words``:
    of the text (``words_of_text``), where they are there already.
    """
    if words is not None and len(words) < LEAST_WORDS:
        return None
    key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    try:
        return _sketches[key]
    except KeyError:
        pass
    sketch = _sketch_of(words_of_text(text) if words is None else words)
    if len(_sketches) >= KEPT_SKETCHES:
        _sketches.clear()
    _sketches[key] = sketch
    return sketch


# Each access is one step: there is no lock that a fork could leave.
_sketches: dict[bytes, Sketch | None] = {}


def _sketch_of(words_in_order: Sequence[str]) -> Sketch | None:
    if len(words_in_order) < LEAST_WORDS:
        return None
    hashes = _hashes_of(words_in_order)
    words = Sample.of(hashes)
    return None if words.size < LEAST_WORDS else Sketch(words, Sample.of(run_hashes(hashes, 2)))


def word_hashes(text: str, least: int = LEAST_WORDS) -> npt.NDArray[np.uint64] | None:
    """Return the hash of each word in order; None for a text of fewer than ``least`` words."""
    words = words_of_text(text)
    return None if len(words) < least else _hashes_of(words)


def _hashes_of(words: Sequence[str]) -> npt.NDArray[np.uint64]:
    return np.array([_words.get(word) or _hash(word) for word in words], np.uint64)


def run_hashes(words: npt.NDArray[np.uint64], length: int) -> npt.NDArray[np.uint64]:
    """Return the hash of each run of so many words, from the hashes of the words in order.

    *Shape:* ``(n,)``, n >= length -> ``(n - length + 1,)``.
    """
    # steps of multiplicative hashing, in arithmetic modulo 2**64: the order counts
    runs = words[: len(words) - length + 1]
    for place in range(1, length):
        runs = runs * _FIRST + words[place : len(words) - length + 1 + place]
    return runs * _SECOND >> np.uint64(32)


def _hash(word: str) -> int:
    """Return the hash of a word, one or above; all words with a digit have that of ``NUMBER``."""
    content = NUMBER if _DIGIT.search(word) else word
    mixed = zlib.crc32(content.encode("utf-8", "surrogatepass")) * int(_FIRST) & 0xFFFFFFFF
    if len(word) <= LONGEST_KEPT:
        if len(_words) >= KEPT_WORDS:
            _words.clear()
        _words[word] = mixed or 1
    return mixed or 1


_words: dict[str, int] = {}  # hashes of words, since most texts are made of few
_FIRST, _SECOND = np.uint64(2654435761), np.uint64(11400714819323198485)  # Knuth's, odd
