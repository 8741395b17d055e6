"""The one class of a file that may hold several documents. Nothing is read or placed here."""

from __future__ import annotations

from collections import Counter

from protolabel.answers import Answer

SHARE = 0.5  # of a file's documents must be answered


class Verdict:
    """The answers for the documents of one file.

    A file goes to a class when every answered document in it has that class, and at least half of
    its documents are answered. A mail whose text says nothing goes by its attachment; an archive
    of bills and letters is for a person. So is a file of which a document has several labels.
    """

    def __init__(self) -> None:
        self.n_documents = 0
        self.faults: list[str] = []
        self._answers: Counter[str] = Counter()
        self._least: dict[str, float] = {}  # by the name of the number
        self._reason = ""
        self._several: tuple[str, ...] = ()

    def count(self, answer: Answer) -> None:
        """Take note of the answer for a document."""
        self.n_documents += 1
        if answer.label is None:
            self._reason = self._reason or answer.reason
            return
        if len(answer.label_names) > 1:
            self._several = self._several or answer.label_names
        for name, share in (("probability", answer.probability), ("chance", answer.chance)):
            if share is not None:
                self._least[name] = min(share, self._least.get(name, 1.0))
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
