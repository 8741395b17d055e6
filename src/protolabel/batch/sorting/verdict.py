"""The one class of a file that may hold several documents. Nothing is read or placed here."""

from __future__ import annotations

from collections import Counter

from protolabel.answers import Answer
from protolabel.label_space.reasons import too_unsure

SHARE = 0.5  # of a file's documents must be answered


class Verdict:
    """The answers for the documents of one file.

    A file goes to a class when every answered document in it has that class, and at least half of
    its documents are answered. A mail whose text says nothing goes by its attachment; an archive
    of bills and letters is for a person. So is a file with a document of several labels.
    """

    def __init__(self) -> None:
        self.n_documents = 0
        self.faults: list[str] = []
        self._answers: Counter[str] = Counter()
        self._least: dict[str, float] = {}  # by the name of the number
        self._none: tuple[float, float] | None = None  # least chance, beside that of none of these
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
        for name, share in (("probability", answer.probability), ("chance", answer.chance)):
            if share is not None:
                self._least[name] = min(share, self._least.get(name, 1.0))
        if answer.chance is not None and answer.none_probability is not None:
            pair = answer.chance, answer.none_probability
            self._none = pair if self._none is None else min(self._none, pair)
        self._answers[answer.label] += 1

    def fault(self, reason: str) -> None:
        """Take note of a document that cannot be used."""
        self.n_documents += 1
        self.faults.append(reason)

    @property
    def label(self) -> str | None:
        """The class of the file; None if it is for a person."""
        enough = self._answers.total() >= SHARE * self.n_documents and not self._several
        return next(iter(self._answers)) if len(self._answers) == 1 and enough else None

    @property
    def numbers(self) -> dict[str, str | float | None]:
        """The class, and the least probability and chance of the documents that have it."""
        least = self._least if self.label is not None else {}
        return {"label": self.label} | {name: least.get(name) for name in ("probability", "chance")}

    @property
    def none_probability(self) -> float | None:
        """That of *none of these* for the document that has the least chance of the class."""
        return None if self.label is None or self._none is None else self._none[1]

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
