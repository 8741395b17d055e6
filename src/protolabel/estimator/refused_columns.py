"""Which columns of an estimator's head a document is not of, by the words of negative examples.

What was said of a class holds for the classes under it, and so does what contradicts it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from protolabel.estimator.examples import EstimatorExamples, NegativeExample
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.stored_items.negative_words import NegativeWords, Statement, Verdicts


@dataclass(frozen=True, slots=True, eq=False)
class _ExamplesOfRefused:
    """Returns what was given to a refused class and those under it, by its number.

    It is pickled with the estimator.
    """

    examples: EstimatorExamples
    labels: Mapping[int, Sequence[Any]]

    def __call__(self, number: int) -> Sequence[Statement]:
        statements = self.examples.statements_of(self.labels[number])
        return [Statement(text, number, moment) for text, moment in statements]


@dataclass(frozen=True, slots=True, eq=False)
class RefusedColumns:
    """The words of negative examples, and the columns of the classes that they are not of.

    Attributes:
        words: whose owners are numbers of refused classes.
        columns: by these numbers: those of the class and of all under it.
    """

    words: NegativeWords
    columns: Mapping[int, frozenset[int]]

    def verdicts(self, texts: DocumentTexts) -> Verdicts:
        """Return which columns are refused for each document, and which are exempt."""
        of_numbers = self.words.verdicts(texts)
        refused, exempt = (
            [{column for number in numbers for column in self.columns[number]} for numbers in every]
            for every in of_numbers
        )
        return Verdicts(refused, exempt)


def words_of(
    negatives: Sequence[NegativeExample], columns: Sequence[int], examples: EstimatorExamples
) -> RefusedColumns:
    """Return the words of negative examples that have a text, beside the examples of their classes.

    ``columns``: the column of each negative's class; ``examples``: all there are.
    """
    numbers: dict[Any, int] = {}
    of_refused: dict[int, dict[int, Any]] = {}  # labels by columns
    statements = dict[Statement, None]()
    for one, column in zip(negatives, columns, strict=True):
        number = numbers.setdefault(one.refused, len(numbers))
        of_refused.setdefault(number, {})[column] = one.label
        if one.text is not None:
            statements[Statement(one.text, number, one.moment)] = None
    labels = {number: [*every.values()] for number, every in of_refused.items()}
    words = NegativeWords([*statements], _ExamplesOfRefused(examples, labels))
    return RefusedColumns(words, {number: frozenset(one) for number, one in of_refused.items()})
