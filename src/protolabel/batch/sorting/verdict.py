"""The one class of a file that may hold several documents. Nothing is read or placed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import takewhile

from protolabel.answers import Answer, Level
from protolabel.label_space.answer_path.reasons import too_unsure
from protolabel.readers.paths import printable
from protolabel.words.certainty import LIKELIER_THAN_NOT, percent
from protolabel.words.quantity import quantity

SHARE = 0.5  # of a file's documents must have its class
MOST_NAMED = 5  # documents of a file that a report lists
MOST_IN_SENTENCE = 2  # documents of a file that a sentence names
OWN_TEXT = "its own text"  # the document of a mail that is no attachment

_Path = tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Votes:
    """The answers of a file's documents that name one class, and are all sure or all unsure.

    Attributes:
        path: the classes from the top down to that class.
        is_sure: whether they are likelier right than wrong, or have no chance.
        n: how many they are.
        documents: the names of the first of them.
        first: the chance of the first of them; None where it has none.
        least: by class of the path and the name of the number, the least probability and chance.
        none: by class, the least chance beside the chance of none of these.
    """

    path: _Path
    is_sure: bool
    n: int = 0
    documents: list[str] = field(default_factory=list)
    first: float | None = None
    least: dict[tuple[str, str], float] = field(default_factory=dict)
    none: dict[str, tuple[float, float]] = field(default_factory=dict)

    def count(self, answer: Answer, document: str) -> None:
        """Take note of one of these answers."""
        self.first = self.first if self.n else answer.certainty
        self.n += 1
        if len(self.documents) < MOST_NAMED:
            self.documents.append(document)
        for level in _levels(answer):
            for name, share in (("probability", level.probability), ("chance", level.chance)):
                if share is not None:
                    key = level.label, name
                    self.least[key] = min(share, self.least.get(key, 1.0))
            if level.chance is not None and answer.none_probability is not None:
                pair = level.chance, answer.none_probability
                self.none[level.label] = min(pair, self.none.get(level.label, pair))

    def words(self) -> str:
        """Return the class with the chance that one document has."""
        return f"{self.path[-1]} {percent(self.first)}".rstrip()


class Verdict:
    """The answers for the documents of one file, such as a mail and its attachments.

    A file goes to a class when every answer that decides has that class, and at least half of its
    documents do. Where classes stand under others, that is the deepest class that holds all these
    answers. The sure answers decide: those with a chance of 50 % or more, or without a chance. Only
    where no answer is sure do all decide. So an attachment decides about a mail whose text says
    nothing, or says something else without being sure of it; where both are sure, and of different
    classes, the mail is for a person. So is a file with a document of several labels.
    """

    def __init__(self, name: str = "") -> None:
        """Begin a verdict. ``name``: of the file, with which the ids of its documents begin."""
        self._name = printable(name)
        self.n_documents = 0
        self.faults: list[str] = []
        self._votes: dict[tuple[_Path, bool], _Votes] = {}
        self._declined: list[str] = []  # the first of them
        self._reason = ""
        self._several: tuple[str, ...] = ()

    def count(self, answer: Answer, review_below: float | None = None) -> None:
        """Take note of the answer for a document.

        ``review_below``: an answer of a smaller chance counts as declined; None: none does.
        """
        self.n_documents += 1
        document = self._document(answer.id)
        unsure = answer.label and review_below is not None and too_unsure(answer, review_below)
        if answer.label is None or unsure:
            self._reason = self._reason or unsure or answer.reason
            if len(self._declined) < MOST_NAMED:
                self._declined.append(document)
            return
        if len(answer.label_names) > 1:
            self._several = self._several or answer.label_names
        is_sure = answer.certainty is None or answer.certainty >= LIKELIER_THAN_NOT
        key = answer.path, is_sure
        self._votes.setdefault(key, _Votes(*key)).count(answer, document)

    def _document(self, identity: str) -> str:
        """Return what a document is called among those of its file."""
        if identity == self._name:
            return OWN_TEXT
        within = identity.removeprefix(self._name)
        return within[1:] if within != identity and within[:1] in "/:" else identity

    def fault(self, reason: str) -> None:
        """Take note of a document that cannot be used."""
        self.n_documents += 1
        self.faults.append(reason)

    @property
    def label(self) -> str | None:
        """The class of the file; None if it is for a person."""
        path = self._path
        enough = sum(v.n for v in self._agreeing) >= SHARE * self.n_documents
        return path[-1] if path and enough and not self._several else None

    @property
    def _deciding(self) -> list[_Votes]:
        """The sure answers; all where none is sure."""
        sure = [votes for votes in self._votes.values() if votes.is_sure]
        return sure or list(self._votes.values())

    @property
    def _path(self) -> _Path:
        """The classes from the top down that hold all answers that decide."""
        paths = [votes.path for votes in self._deciding]
        return reduce(_common, paths) if paths else ()

    @property
    def _agreeing(self) -> list[_Votes]:
        """The answers of the class that holds all that decide; unsure ones among them."""
        path = self._path
        return [votes for votes in self._votes.values() if path and path[-1] in votes.path]

    @property
    def numbers(self) -> dict[str, str | float | None]:
        """The class, and the least probability and chance of the answers that decided."""
        label = self.label
        least = {
            name: _least(votes.least.get((label, name)) for votes in self._deciding)
            if label is not None
            else None
            for name in ("probability", "chance")
        }
        return {"label": label} | least

    @property
    def none_probability(self) -> float | None:
        """That of *none of these* for the document that decided with the least chance."""
        label = self.label
        pairs = [votes.none[label] for votes in self._deciding if label in votes.none]
        return min(pairs)[1] if label is not None and pairs else None

    @property
    def decided_by(self) -> tuple[str, ...]:
        """The first documents that decided on the class; empty where there is none."""
        if self.label is None:
            return ()
        return tuple(name for votes in self._deciding for name in votes.documents)[:MOST_NAMED]

    @property
    def basis(self) -> str:
        """Which documents decided, and what the others said; empty where all have the class."""
        if self.label is None or sum(votes.n for votes in self._agreeing) == self.n_documents:
            return ""
        deciding = self._deciding
        n = sum(votes.n for votes in deciding)
        if n > MOST_IN_SENTENCE:
            return f"by {n:,} of its {quantity(self.n_documents, 'document')}"
        others = [votes for votes in self._votes.values() if votes not in deciding]
        remarks = [f"{votes.documents[0]} is unsure: {votes.words()}" for votes in others]
        remarks += [f"{document} is none of these" for document in self._declined]
        decided = f"by {' and '.join(self.decided_by)}"
        if len(remarks) > MOST_IN_SENTENCE or any(votes.n > 1 for votes in others):
            return f"{decided} of its {quantity(self.n_documents, 'document')}"
        return "; ".join((decided, *remarks))

    @property
    def reason(self) -> str:
        """Why the file is for a person; empty where it has a class."""
        if self.label is not None:
            return ""
        if self._several:
            return f"it has several labels, and one place: {', '.join(self._several[:5])}"
        if self._votes and not self._path:
            return (
                f"its {quantity(self.n_documents, 'document')} "
                f"have several classes: {self._classes()}"
            )
        if self._votes:
            n = sum(votes.n for votes in self._agreeing)
            n_answers = sum(votes.n for votes in self._votes.values())
            which = f"of the class {self._path[-1]!r}" if n < n_answers else "answered"
            were = "was" if n == 1 else "were"
            return f"only {n:,} of its {quantity(self.n_documents, 'document')} {were} {which}"
        if self.faults:
            return self.faults[0]
        return self._reason or "no document in it"

    def _classes(self) -> str:
        """Return the classes of the answers that decide: who says which, or how many say each."""
        deciding = self._deciding
        if len(deciding) <= MOST_IN_SENTENCE and all(votes.n == 1 for votes in deciding):
            return ", ".join(f"{votes.documents[0]}: {votes.words()}" for votes in deciding)
        classes: Counter[str] = Counter()
        for votes in deciding:
            classes[votes.path[-1]] += votes.n
        return ", ".join(f"{name} {n:,}" for name, n in classes.most_common(3))


def _least(shares: Iterable[float | None]) -> float | None:
    """Return the least of the numbers; None where there is none."""
    return min((share for share in shares if share is not None), default=None)


def _common(path: _Path, other: _Path) -> _Path:
    """Return the classes from the top down that two ways begin with."""
    equal = takewhile(lambda pair: pair[0] == pair[1], zip(path, other, strict=False))
    return tuple(name for name, _ in equal)


def _levels(answer: Answer) -> Iterator[Level]:
    """Yield the classes from the top down to the label, each with its numbers."""
    if not answer.levels and answer.label is not None:
        yield Level(answer.label, answer.probability, answer.chance)
    yield from answer.levels[: len(answer.path)]
