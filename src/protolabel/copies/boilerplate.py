"""What many documents of several classes share is boilerplate: one home for that rule.

It counts documents. One that has several labels is one document, which is of each of its classes.
A class of nearly all documents, such as "post" beside what kind of post it is, tells none apart.
``near_copies`` says what follows for a pair of words, and for texts that differ in numbers alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Integers, Mask, Positions, ranges
from protolabel.copies.compared_pairs import is_elsewhere
from protolabel.copies.equality import folded

NO_CLASS = int(np.iinfo(np.int64).min)  # of a document whose classes nobody knows


@dataclass(frozen=True, slots=True, eq=False)
class DocumentClasses:
    """The classes of documents, from n rows: one of each document and class.

    sets ``(n,)``: the number of the set of classes that count of the document of a row; is_document
    ``(n,)`` bool: rows in which each document stands as often as in the class where it stands most
    often, so that its other classes are not taken for other documents; starts and counts ``(s,)``:
    where the classes of each set stand in members, and how many they are.
    """

    sets: Integers
    is_document: Mask
    starts: Positions
    counts: Integers
    members: Integers

    @classmethod
    def of(cls, labels: Integers, documents: Integers | None = None) -> DocumentClasses:
        """Return the classes of documents.

        Args:
            labels: (n,) the class of each row, by number; ``NO_CLASS`` says nothing of a class.
            documents: (n,) which rows are of the same document; None where no two are.
        """
        names, number = np.unique(labels, return_inverse=True)
        if documents is None:
            document = np.arange(len(labels))
        else:
            document = np.unique(documents, return_inverse=True)[1].reshape(-1)
        width = len(names) + 1
        codes, row_code, times = np.unique(
            document * width + number.reshape(-1), return_inverse=True, return_counts=True
        )
        owners, classes = codes // width, codes % width
        n = int(document.max(initial=-1)) + 1
        of_owner = np.bincount(owners, minlength=n)
        is_document = np.zeros(len(codes), np.bool_)
        is_document[np.lexsort((-times, owners))[np.cumsum(of_owner) - of_owner]] = True
        has_class = names[classes] != NO_CLASS
        owners, classes = owners[has_class], classes[has_class]
        telling = ~_is_of_nearly_all(owners, classes, n, width)[classes]
        owners, classes = owners[telling], classes[telling]
        counts = np.bincount(owners, minlength=n)
        set_of = _numbers_of_sets(classes, counts, width)
        _, first, place = np.unique(set_of, return_index=True, return_inverse=True)
        starts = np.cumsum(counts[first]) - counts[first]
        members = classes[ranges((np.cumsum(counts) - counts)[first], counts[first])]
        sets = place.reshape(-1)[document]
        return cls(sets, is_document[row_code.reshape(-1)], starts, counts[first], members)

    @classmethod
    def of_texts(cls, texts: Sequence[str | None], labels: Integers) -> DocumentClasses:
        """Return the classes of documents that are told apart by their texts.

        Args:
            texts: of n rows; None for a row that is a document of its own.
            labels: (n,), as :meth:`of` takes them.
        """
        places: dict[str, int] = {}
        documents = [
            place if text is None else places.setdefault(folded(text), place)
            for place, text in enumerate(texts)
        ]
        return cls.of(labels, np.array(documents, np.int64))

    def at(self, rows: Positions | Mask) -> DocumentClasses:
        """Return the same of some of the rows."""
        return DocumentClasses(
            self.sets[rows], self.is_document[rows], self.starts, self.counts, self.members
        )

    def with_class(self, sets: Integers) -> Mask:
        """Return which sets hold a class at all. *Shape:* ``(e,)`` -> ``(e,)``."""
        return self.counts[sets] > 0

    def most_of_a_class(self, sets: Integers) -> int:
        """Return how many of some documents, at most, are of one class. *Shape:* ``(e,)``."""
        return int(np.bincount(self._members_of(sets)[0], minlength=1).max())

    def apart(self, families: Integers, sets: Integers, n: int) -> Mask:
        """Return which of n families are of several classes. *Shape:* ``(n,)``.

        Args:
            families: (e,) the family of each of e documents; one may be in several families.
            sets: (e,) the set of classes that each of them has.
            n: how many families there are.
        """
        total = np.bincount(families[self.with_class(sets)], minlength=n)
        classes, counts = self._members_of(sets)
        width = int(self.members.max(initial=0)) + 1
        codes, times = np.unique(np.repeat(families, counts) * width + classes, return_counts=True)
        most = np.zeros(n, np.int64)
        np.maximum.at(most, codes // width, times)
        return is_elsewhere(total, most)

    def _members_of(self, sets: Integers) -> tuple[Integers, Integers]:
        """Return the classes of some sets, one set after the other, and how many each has."""
        counts = self.counts[sets]
        return self.members[ranges(self.starts[sets], counts)], counts


def _is_of_nearly_all(owners: Integers, classes: Integers, n: int, width: int) -> Mask:
    """Return which classes nearly all documents have, and mostly beside another one.

    Args:
        owners: which of n documents is of each class.
        classes: that class, below ``width``.
        n: how many documents there are.
        width: how many classes.
    """
    counts = np.bincount(owners, minlength=n)
    having = np.bincount(classes, minlength=width)
    beside = np.bincount(classes[counts[owners] > 1], minlength=width)
    lacked = is_elsewhere(int(np.count_nonzero(counts)), having)
    return ~lacked & (beside > 0) & (2 * beside >= having)


def _numbers_of_sets(classes: Integers, counts: Integers, width: int) -> Integers:
    """Return a number for the set of classes of each of n documents: equal for equal sets.

    Args:
        classes: those of one document after the other, ascending in each.
        counts: (n,) how many each document has.
        width: more than any class.
    """
    starts, numbers, free = np.cumsum(counts) - counts, np.zeros(len(counts), np.int64), 1
    for rank in range(int(counts.max(initial=0))):
        rows = np.flatnonzero(counts > rank)
        codes = numbers[rows] * width + classes[starts[rows] + rank]
        place = np.unique(codes, return_inverse=True)[1].reshape(-1)
        numbers[rows] = free + place
        free += int(place.max()) + 1
    return numbers
