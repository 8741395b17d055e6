"""What watching a stream found, as records: changes, and what was watched. Computes nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from protolabel.open_world.watched_moments import Moment

Kind = Literal["share", "nearness"]


@dataclass(frozen=True, slots=True)
class Drift:
    """A change that is evident.

    Attributes:
        label: of the class; None for *none of these*.
        kind: what changed: the ``share`` of the documents, or their ``nearness`` to the class.
        before, after: the share, or the mean score; higher is nearer.
        documents_before, documents_after: documents of the class.
        since: when the first document after the change was answered, or the first one of the same
            moment.
        number: of the first document after the change among all that were watched, from 1.
        document: its key; see ``forget``.
        earliest, latest: the range of times that holds 90 % of the chance of ``since``, from the
            first time of a moment to the last time of one.
        e_value: the evidence, with the share of the family that this test has.
        p_value: the chance that a stream without a change ever gives so much, in the family.
        copies_once: whether copies of one span count once in all of these figures, where that makes
            the change less evident; else each counts. JSON says it in the sentence alone.
    """

    label: str | None
    kind: Kind
    before: float
    after: float
    documents_before: int
    documents_after: int
    since: str
    number: int
    document: str
    earliest: str
    latest: str
    e_value: float
    p_value: float
    copies_once: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """One class, or *none of these*, as it was watched.

    Attributes:
        label: of the class; None for *none of these*.
        documents: of it.
        share: of all documents.
        showable: to which share it must rise halfway through the documents, so that the change is
            evident at their end; None where they are too few for any.
    """

    label: str | None
    documents: int
    share: float
    showable: float | None


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What changed in the remembered documents, strongest evidence first.

    Attributes:
        changes: those that are evident.
        watched: *none of these*, then the classes that have documents, most first.
        documents: how many were compared, where copies count once.
        first, last: when the first and the last of them were answered; None without any.
        tests: how many are in the family.
        false_alarm_in: documents in which the family has one false alarm at most, on average.
        threshold: the e-value from which a change is evident.
        moment: within which the order of documents counts for nothing.
        unfinished: documents of the present moment, which are compared when it has passed.
        other_encoder: documents that are left out, since another encoder made their vectors.
        repeats: documents that are compared besides, where each copy counts: a copy or near copy of
            another one of the same moment (where that is ``document``, of the same hour), or of the
            same mailing.
        reason: why nothing can be compared; empty where something is.
        version: of the label space.
    """

    changes: tuple[Drift, ...]
    watched: tuple[Watched, ...]
    documents: int
    first: str | None
    last: str | None
    tests: int
    false_alarm_in: int
    threshold: float
    moment: Moment
    unfinished: int
    other_encoder: int
    repeats: int
    reason: str
    version: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it, with its sentences."""
        from protolabel.open_world.drift_words import drift_sentence, drift_summary

        changes = [asdict(change) | {"sentence": drift_sentence(change)} for change in self.changes]
        for change in changes:
            del change["copies_once"]
        watched = [asdict(watched_class) for watched_class in self.watched]
        summary = {"summary": drift_summary(self)}
        return summary | asdict(self) | {"changes": changes, "watched": watched}
