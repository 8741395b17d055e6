"""The one class of a file that may hold several documents. Nothing is read or placed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import takewhile

from protolabel.answers import Answer, Level
from protolabel.label_space.reasons import too_unsure

SHARE = 0.5  # of a file's documents must be answered


class Verdict:
    """The answers for the documents of one file.

    A file goes to a class when every answered document in it has that class, and at least half of
    its documents are answered. Where classes stand under others, that is the deepest class that
    holds all answers. A mail whose text says nothing goes by its attachment; an archive
    of bills and letters is for a person. So is a file with a document of several labels.
    """

    def __init__(self) -> None:
        self.n_documents = 0
        self.faults: list[str] = []
        self._answers: Counter[str] = Counter()
        self._path: tuple[str, ...] | None = None  # from the top down: the classes of all answers
        self._least: dict[tuple[str, str], float] = {}  # by class and the name of the number
        self._none: dict[str, tuple[float, float]] = {}  # least chance, beside none of these
        self._reason = ""
        self._several: tuple[str, ...] = ()

    def count(self, answer: Answer, review_below: float | None = None) -> None:
        """Take note of the answer for a document.

        ``review_below``: an answer of a smaller chance counts as declined; None: none does.
        """
        self.n_documents += 1
        unsure = answer.label and review_below is not None and too_unsure(answer, review_below)
        if answer.label is None or unsure:
            self._reason = self._reason or unsure or answer.reason
            return
        if len(answer.label_names) > 1:
            self._several = self._several or answer.label_names
        self._path = _common(answer.path if self._path is None else self._path, answer.path)
        for level in _levels(answer):
            for name, share in (("probability", level.probability), ("chance", level.chance)):
                if share is not None:
                    key = level.label, name
                    self._least[key] = min(share, self._least.get(key, 1.0))
            if level.chance is not None and answer.none_probability is not None:
                pair = level.chance, answer.none_probability
                self._none[level.label] = min(pair, self._none.get(level.label, pair))
        self._answers[answer.label] += 1

    def fault(self, reason: str) -> None:
        """Take note of a document that cannot be used."""
        self.n_documents += 1
        self.faults.append(reason)

    @property
    def label(self) -> str | None:
        """The class of the file; None if it is for a person."""
        enough = self._answers.total() >= SHARE * self.n_documents and not self._several
        return self._path[-1] if self._path and enough else None

    @property
    def numbers(self) -> dict[str, str | float | None]:
        """The class, and the least probability and chance of the documents that have it."""
        label = self.label
        least = {
            name: None if label is None else self._least.get((label, name))
            for name in ("probability", "chance")
        }
        return {"label": label} | least

    @property
    def none_probability(self) -> float | None:
        """That of *none of these* for the document that has the least chance of the class."""
        label = self.label
        return self._none[label][1] if label in self._none else None

    @property
    def reason(self) -> str:
        """Why the file is for a person; empty where it has a class."""
        if self.label is not None:
            return ""
        if self._several:
            return f"it has several labels, and one place: {', '.join(self._several[:5])}"
        if len(self._answers) > 1:
            named = ", ".join(f"{name} {n:,}" for name, n in self._answers.most_common(3))
            return f"its {self.n_documents:,} documents have several classes: {named}"
        if self._answers:
            n = self._answers.total()
            return f"only {n:,} of its {self.n_documents:,} documents were answered"
        if self.faults:
            return self.faults[0]
        return self._reason or "no document in it"


def _common(path: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return the classes from the top down that two ways begin with."""
    equal = takewhile(lambda pair: pair[0] == pair[1], zip(path, other, strict=False))
    return tuple(name for name, _ in equal)


def _levels(answer: Answer) -> Iterator[Level]:
    """Yield the classes from the top down to the label, each with its numbers."""
    if not answer.levels and answer.label is not None:
        yield Level(answer.label, answer.probability, answer.chance)
    yield from answer.levels[: len(answer.path)]
