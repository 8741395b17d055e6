"""What happens now and then in a stream: proposals, sharpening, drift. Answers nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from protolabel.cli.option_names import door_message
from protolabel.cli.terminal import line, note
from protolabel.errors import ProtolabelError
from protolabel.label_space.label_space import LabelSpace
from protolabel.open_world.discovery import discover
from protolabel.open_world.drift import watch
from protolabel.open_world.drift_words import drift_sentence
from protolabel.open_world.watched_moments import Moment
from protolabel.words.quantity import quantity

MEMBERS = 20  # documents of a proposal that an event lists

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventFlags:
    """After how many documents each happens; None for never. ``events``: print them as JSON."""

    propose_every: int | None = None
    watch_every: int | None = None
    sharpen_every: int | None = None
    events: bool = False

    @property
    def any(self) -> bool:
        """Whether anything happens now and then."""
        return bool(self.propose_every or self.watch_every or self.sharpen_every)


@dataclass
class Events:
    """The events of one stream. An event that fails is reported, and the stream goes on.

    Attributes:
        space: the label space.
        flags: what happens, and how often.
        moment: within which the order of documents counts for nothing.
        documents: that were answered when something was last looked at, by earlier runs too.
    """

    space: LabelSpace
    flags: EventFlags
    moment: Moment
    documents: int = 0
    _proposals: set[str] = field(default_factory=set)
    _changes: set[tuple[str | None, str]] = field(default_factory=set)
    _failures: set[str] = field(default_factory=set)

    def after(self, documents: int) -> None:
        """Do what is due, now that so many documents are answered."""
        for every, do in (
            (self.flags.sharpen_every, self._sharpen),
            (self.flags.propose_every, self._propose),
            (self.flags.watch_every, self._watch),
        ):
            if every and documents // every > self.documents // every:
                self._try(do, documents)
        self.documents = max(self.documents, documents)

    def _try(self, do: Callable[[int], None], documents: int) -> None:
        try:
            do(documents)
        except ProtolabelError as error:
            failure = door_message(error)
            if failure not in self._failures:
                self._failures.add(failure)
                note(f"after {quantity(documents, 'document')}: {failure}", always=True)

    def _sharpen(self, documents: int) -> None:
        change = self.space.sharpen()
        self._report("sharpened", documents, {"version": change.version}, change.summary)

    def _propose(self, documents: int) -> None:
        for proposal in discover(self.space).to_dict(MEMBERS)["proposals"]:
            if proposal["key"] not in self._proposals:
                self._proposals.add(proposal["key"])
                size = quantity(proposal["size"], "document")
                words = f"{proposal['key']} is proposed: {size}, {proposal['name'] or 'no name'}"
                self._report("proposal", documents, {"proposal": proposal}, words)

    def _watch(self, documents: int) -> None:
        report = watch(self.space, moment=self.moment)
        records = report.to_dict()["changes"]
        for change, record in zip(report.changes, records, strict=True):
            if (change.label, change.kind) not in self._changes:
                self._report("drift", documents, {"drift": record}, drift_sentence(change))
        self._changes = {(change.label, change.kind) for change in report.changes}

    def _report(self, kind: str, documents: int, record: Record, words: str) -> None:
        if self.flags.events:
            line({"event": kind, "documents": documents} | record)
        else:
            note(f"after {quantity(documents, 'document')}: {words}")
