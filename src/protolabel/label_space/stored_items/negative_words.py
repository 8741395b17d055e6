"""Which classes a text is not of by words: the later of two contradicting statements holds.

A person has said of a near copy of the text that it is not of a class. That holds for the text,
unless it is an example of the class itself, or a near copy of one that a person gave the class
later. What equal documents contradict ends as it is said: ``changes.contradictions`` does that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from protolabel.label_space.stored_items.document_contents import content_of_text
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.stored_items.text_copies import TextCopies
from protolabel.store import StatementMoment

MOST_COMPARED = 10_000  # examples of a class, the newest: half a second of work


class Statement(NamedTuple):
    """What a person said of a text: that it is of a class, or that it is not.

    text: of the document. owner: the number of the class. moment: when it was said.
    """

    text: str
    owner: int
    moment: StatementMoment = StatementMoment()


class Verdicts(NamedTuple):
    """What statements about near copies say of n documents.

    refused: n times the classes that the document is not of. exempt: n times the classes that it
    may be of, since a statement holds against what was said of a near copy.
    """

    refused: list[set[int]]
    exempt: list[set[int]]


ExamplesOf = Callable[[int], Sequence[Statement]]


def no_examples(_: int) -> Sequence[Statement]:
    """Return the examples of a class where nobody has any."""
    return ()


@dataclass(eq=False)
class _Examples:
    """The examples of one class, those under it too, in the order in which they were given."""

    statements: Sequence[Statement]
    since: StatementMoment  # the first moment of a negative example of the class

    @cached_property
    def contents(self) -> set[bytes]:
        """What documents have that are equal to one of them."""
        return {content_of_text(one.text) for one in self.statements}

    @cached_property
    def later(self) -> list[Statement]:
        """Those that can contradict a negative example."""
        return [one for one in self.statements if one.moment > self.since]

    @cached_property
    def copies(self) -> TextCopies:
        """The words of those."""
        return TextCopies(one.text for one in self.later)


class NegativeWords:
    """The words of negative examples, and what was said of their classes later.

    Args:
        negatives: whose ``owner`` is the class that they are not of.
        examples_of: returns what was given to a class; asked where a negative example matters.
    """

    def __init__(
        self, negatives: Iterable[Statement], examples_of: ExamplesOf = no_examples
    ) -> None:
        self._negatives = list(negatives)
        self._copies = TextCopies(one.text for one in self._negatives)
        self._examples_of = examples_of
        self._examples: dict[int, _Examples] = {}

    @property
    def owners(self) -> set[int]:
        """The classes that have negative examples here."""
        return {one.owner for one in self._negatives}

    def classes_of(self, texts: DocumentTexts) -> list[set[int]]:
        """Return of each document the classes that a near copy of it is not of."""
        return self.verdicts(texts).refused

    def verdicts(self, texts: DocumentTexts) -> Verdicts:
        """Return of each document which classes are refused for it, and which are exempt."""
        refused: list[set[int]] = [set() for _ in range(texts.n)]
        exempt: list[set[int]] = [set() for _ in range(texts.n)]
        matches = self._copies.of_documents(texts, range(texts.n))
        by_owner: dict[int, dict[int, list[Statement]]] = {}
        for place, numbers in matches.items():
            for number in sorted(numbers):
                one = self._negatives[number]
                by_owner.setdefault(one.owner, {}).setdefault(place, []).append(one)
        for owner, negatives in by_owner.items():
            overruled = self._overruled(owner, negatives, texts)
            for place in negatives:
                (exempt if place in overruled else refused)[place].add(owner)
        return Verdicts(refused, exempt)

    def _overruled(
        self, owner: int, negatives: dict[int, list[Statement]], texts: DocumentTexts
    ) -> set[int]:
        """Return the documents for which near negative examples of one class hold no longer.

        Args:
            owner: the class.
            negatives: of each document those that are near copies of it.
            texts: of all documents.
        """
        examples = self._examples_with(owner)
        overruled: set[int] = set()
        others: list[int] = []  # of which nothing was said
        places = sorted(negatives)
        for place, content in zip(places, texts.contents(places), strict=True):
            if content is None or content in {content_of_text(n.text) for n in negatives[place]}:
                continue
            if content in examples.contents:
                overruled.add(place)
            else:
                others.append(place)
        if examples.later:
            for place, numbers in examples.copies.of_documents(texts, others).items():
                newest = max(one.moment for one in negatives[place])
                if max(examples.later[number].moment for number in numbers) > newest:
                    overruled.add(place)
        return overruled

    def _examples_with(self, owner: int) -> _Examples:
        """Return the examples of a class, read at the first use."""
        if owner not in self._examples:
            since = min(one.moment for one in self._negatives if one.owner == owner)
            statements = list(self._examples_of(owner))[-MOST_COMPARED:]
            self._examples[owner] = _Examples(statements, since)
        return self._examples[owner]
