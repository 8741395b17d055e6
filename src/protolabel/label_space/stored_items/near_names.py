"""Which class names are near each other: twins by a slip, such as another case or one wrong letter.

Two near names share a key: the letters of the one, all of its letters but one, or those of its
singular are also those of the other. :class:`NameIndex` keeps the keys of all names, so that a
look costs O(length of a name).
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from protolabel.names import words_of

# Letters of other scripts that look like Latin ones (Unicode Technical Standard 39, the common
# part), and pairs that look alike in many fonts.
_LOOK = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u043a\u043c\u043d\u0442\u0432"
    "\u0501\u051b\u0261\u0131\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c4\u03c5\u03c7"
    "01|\u2019\u2018\u2010\u2011\u2013\u2014",
    "aeopcxyijskmhtbdqgiaopviktuxoll''----",
)
_BASE = 0x9E3779B97F4A7C15  # odd, of the polynomials over letters modulo 2^64
_INVERSE = np.uint64(pow(_BASE, -1, 2**64))
_SHORTEST_TYPO = 4  # letters of a word in which one wrong letter is taken for a typo
_SHORTEST_SLIP = 3  # of one beside other words, in which a missing letter or two swapped ones are
_SHORTEST_PLURAL = 2  # letters of a word that may have a plural
_GROWTH = 8  # a block of keys is joined to the one before it until it is that much smaller

NameHashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int32]


class NameIndex:
    """Names by their keys. It only grows: who looks says which names are still in use.

    The keys stand in a few sorted blocks, some 12 bytes a letter of all names.

    Args:
        names: the first names.
        stored: the :meth:`arrays` of an index, which this one begins with.
    """

    def __init__(
        self,
        names: Iterable[str] = (),
        stored: tuple[NameHashes, Places, Sequence[str]] | None = None,
    ) -> None:
        self._blocks: list[tuple[NameHashes, Places]] = []
        self._stored: Sequence[str] = ()
        if stored is not None:
            self._stored = stored[2]
            self._blocks.append(stored[:2])
        self._names: list[str] = []  # beyond the stored ones
        self._present: set[str] = set()  # of those
        self.add(names)

    def __len__(self) -> int:
        return len(self._stored) + len(self._names)

    def arrays(self) -> tuple[NameHashes, Places, Iterator[str]]:
        """Return all keys ``(m,)``, ascending, the place of the name of each ``(m,)``, the names.

        The names come in the order of their places.
        """
        while len(self._blocks) > 1:
            self._join()
        keys, places = self._blocks[0] if self._blocks else name_keys([])
        return keys, places, chain(self._stored, self._names)

    def add(self, names: Iterable[str]) -> None:
        """Add names; those that are here already change nothing."""
        new = [name for name in dict.fromkeys(names) if name not in self._present]
        if new and self._stored:
            shared = self._sharing(*name_keys(new))
            new = [name for row, name in enumerate(new) if name not in shared.get(row, ())]
        if not new:
            return
        keys, rows = name_keys(new)
        self._append(keys, rows + np.int32(len(self)))
        self._names += new
        self._present.update(new)

    def near(
        self, new: Iterable[str], in_use: Callable[[str], bool] = lambda name: True
    ) -> Iterator[tuple[str, list[str]]]:
        """Yield each new name that is near others, with those: first the names of the index.

        Args:
            new: each is held against the names of the index and against the other new ones.
            in_use: says of a name of the index whether it counts. It is asked of near ones only.
        """
        names = list(dict.fromkeys(new))
        if not names:
            return
        keys, rows = name_keys(names)
        twins_before, twins_beside = self._sharing(keys, rows), dict[int, list[str]]()
        if len(names) > 1:
            batch = NameIndex()
            batch._append(keys, rows)
            batch._names = names
            twins_beside = batch._sharing(keys, rows)
        for row, name in enumerate(names):
            twins = [
                twin for twin in twins_before.get(row, ()) if _is_near(name, twin) and in_use(twin)
            ]
            twins += [
                twin
                for twin in twins_beside.get(row, ())
                if twin not in twins and _is_near(name, twin)
            ]
            if twins:
                yield name, twins

    def _append(self, keys: NameHashes, places: Places) -> None:
        order = np.argsort(keys, kind="stable")
        self._blocks.append((keys[order], places[order]))
        while len(self._blocks) > 1 and _size(self._blocks[-1]) * _GROWTH > _size(self._blocks[-2]):
            self._join()

    def _join(self) -> None:
        last, before = self._blocks.pop(), self._blocks.pop()
        keys = np.concatenate([before[0], last[0]])
        places = np.concatenate([before[1], last[1]])
        order = np.argsort(keys, kind="stable")
        self._blocks.append((keys[order], places[order]))

    def _name(self, place: int) -> str:
        stored = len(self._stored)
        return self._stored[place] if place < stored else self._names[place - stored]

    def _sharing(self, keys: NameHashes, rows: Places) -> dict[int, list[str]]:
        """Return, by row, the names that share one of its keys, oldest first."""
        sharing: dict[int, set[int]] = {}
        for sorted_keys, places in self._blocks:
            starts = np.searchsorted(sorted_keys, keys, "left")
            ends = np.searchsorted(sorted_keys, keys, "right")
            for at in np.flatnonzero(ends > starts).tolist():
                nearby = places[starts[at] : ends[at]].tolist()
                sharing.setdefault(int(rows[at]), set()).update(nearby)
        return {row: [self._name(i) for i in sorted(numbers)] for row, numbers in sharing.items()}


def near_names(new: Iterable[str], existing: Iterable[str]) -> dict[str, list[str]]:
    """Return those of the new names that are near an existing one, or near another new one.

    Near: the same but for case, blanks and joints, look-alike letters, or one wrong, missing, extra
    or swapped letter in a word of four or more; or a missing, extra or swapped one in a word of
    three beside other words, as in ``lost crd``; or one word is the plural of the other, as in
    ``Tax`` and ``Taxes``, ``Mahnung`` and ``Mahnungen``. Digits must agree.

    Returns:
        The near names of each such name, existing ones first.
    """
    fresh = list(new)
    return dict(NameIndex(existing).near(fresh)) if fresh else {}


def _size(block: tuple[NameHashes, Places]) -> int:
    return len(block[0])


def name_keys(names: Sequence[str]) -> tuple[NameHashes, Places]:
    """Return the keys of names, and the row of the name that each belongs to.

    The keys of a name: a hash of its letters, of its letters without each one of them, and of those
    with one word of it in the singular. Names whose numbers differ share none.
    """
    looks = [look_of(name) for name in names]
    letters = [look.replace(" ", "") for look in looks]
    numbers = np.array([zlib.crc32(digits_of(name).encode()) for name in names], np.uint64)
    lengths = np.array([len(word) for word in letters], np.int32)
    keys, rows = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
    for row, look in enumerate(looks):
        for singular in _in_singular(look) if "es" in look or "en" in look else ():
            codes = np.frombuffer(singular.encode("utf-32-le"), np.uint32).astype(np.uint64)
            whole = _without_each(codes[None])[0, :1]
            keys.append(whole + (numbers[row] << np.uint64(32)))
            rows.append(np.array([row], np.int32))
    for length in np.unique(lengths).tolist():
        (members,) = np.nonzero(lengths == length)
        text = "".join(letters[i] for i in members.tolist())
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
        hashes = _without_each(codes.reshape(len(members), length))
        hashes += (numbers[members] << np.uint64(32))[:, None]
        keys.append(hashes.ravel())
        rows.append(np.repeat(members.astype(np.int32), length + 1))
    return np.concatenate(keys), np.concatenate(rows)


def _in_singular(look: str) -> Iterator[str]:
    """Yield the letters of a name with one word in the singular, where that takes two letters."""
    words = look.split()
    for place, word in enumerate(words):
        for singular in _singulars(word):
            yield "".join((*words[:place], singular, *words[place + 1 :]))


def _singulars(word: str) -> Iterator[str]:
    """Yield what a word may be the plural of: ``taxes``, ``replies``, German ``Mahnungen``."""
    if word.endswith("en") and len(word) - 2 >= _SHORTEST_TYPO:
        yield word[:-2]
    if word.endswith("es") and len(word) - 2 >= _SHORTEST_PLURAL:
        yield word[:-2]
        if word.endswith("ies"):
            yield f"{word[:-3]}y"


def _without_each(codes: NameHashes) -> NameHashes:
    """Return polynomial hashes of rows of letters: of the whole row, then without each letter.

    Args:
        codes: (n, length) code points.

    Returns:
        (n, length + 1), modulo 2^64.
    """
    terms = codes * _powers(codes.shape[1])
    sums = np.cumsum(terms, axis=1, dtype=np.uint64)  # of the letters up to each place
    whole = terms.sum(axis=1, keepdims=True, dtype=np.uint64)
    before = (sums - terms) * _INVERSE  # the letters before the one that is left out: a place down
    return np.concatenate([whole, before + (whole - sums)], axis=1)


@lru_cache(maxsize=512)
def _powers(length: int) -> NameHashes:
    """Return the factors of the letters of a name, (length,): of the last one 1."""
    return np.cumprod(np.array([1] + [_BASE] * (length - 1), np.uint64), dtype=np.uint64)[::-1]


@lru_cache(maxsize=8192)
def look_of(name: str) -> str:
    """Return how a name looks: words in lower case, look-alike letters as one."""
    words = words_of(name)
    if words.isascii():
        bare = words.lower()
    else:
        plain = unicodedata.normalize("NFKD", words).casefold()
        bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(bare.translate(_LOOK).split())


def _is_near(first: str, second: str) -> bool:
    """Return whether two names are near; a name is not near itself."""
    if first == second or digits_of(first) != digits_of(second):
        return False
    looks = look_of(first), look_of(second)
    if looks[0].replace(" ", "") == looks[1].replace(" ", ""):
        return True
    first_words, second_words = (look.split() for look in looks)
    differing = [(a, b) for a, b in zip(first_words, second_words, strict=False) if a != b]
    if len(first_words) != len(second_words) or len(differing) != 1:
        return False
    return _is_typo(*differing[0], is_alone=len(first_words) == 1)


def digits_of(name: str) -> str:
    """Return the digits of a name that stand in a number of their own."""
    if not any(map(str.isdigit, name)):
        return ""
    return "".join(word for word in words_of(name).split() if word.isdigit())


def _is_typo(first: str, second: str, *, is_alone: bool) -> bool:
    """Return whether two words differ by a slip: a letter, two that are swapped, the plural.

    ``is_alone``: their names have no other words, which would say that the same is meant.
    """
    short, long = sorted((first, second), key=len)
    if _is_plural(long, short):
        return True
    shortest = _SHORTEST_TYPO if is_alone else _SHORTEST_SLIP
    if len(short) < shortest or len(long) - len(short) > 1:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    ends = short[start:], long[start:]
    swapped = len(ends[0]) > 1 and ends[0][:2] == ends[1][1] + ends[1][0]
    if swapped and ends[0][2:] == ends[1][2:]:
        return True
    return len(short) >= _SHORTEST_TYPO and ends[0][1:] == ends[1][1:]


def _is_plural(long: str, short: str) -> bool:
    """Return whether the longer word is the plural of the other."""
    if len(short) < _SHORTEST_PLURAL:
        return False
    return long == f"{short}s" or short in _singulars(long)
