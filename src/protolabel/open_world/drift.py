"""What changed in the stream of documents, class by class, and since when; with a false-alarm rate.

Two tests a class and two for *none of these*: its share of the documents, and how near they lie.
Each must find a change twice: where all documents count, and where copies of one hour count once.
The documents are remembered ones, as the label space answers them now: a change of the label space
is no change of the stream. Neither classes nor answers change; answers that wait are written first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from protolabel.arguments import require_whole
from protolabel.arithmetic.drift import (
    ChangeEvidence,
    conformal_ranks,
    rank_evidence,
    share_evidence,
    showable_share,
)
from protolabel.arrays import Positions
from protolabel.errors import InputError
from protolabel.label_space.configuration.several_rules import refuse_several
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.open_world.drift_records import Drift, DriftReport, Kind, Watched
from protolabel.open_world.watched_documents import WatchedDocuments, watched_documents
from protolabel.open_world.watched_moments import Moment
from protolabel.words.quantity import quantity

__all__ = ["watch"]

FALSE_ALARM_IN = 100_000  # documents, where nobody asks for another number
STRANGERS_PART = 0.5  # of the family: the tests of *none of these*; the classes share the rest
MOST_LOG_E = 690.0  # of an e-value: JSON holds no more than 1.8e308


@dataclass(frozen=True, slots=True)
class Family:
    """All tests together: how much evidence each must give.

    Attributes:
        classes: that are watched.
        horizon: documents that can be remembered.
        span: documents that one start serves; see ``WatchStart``.
        false_alarm_in: documents in which one false alarm may come.
    """

    classes: int
    horizon: int
    span: int
    false_alarm_in: int

    @property
    def tests(self) -> int:
        """How many there are."""
        return 2 * self.classes + 2

    @property
    def n_answers(self) -> int:
        """Answers that a document can have."""
        return self.classes + 1

    @property
    def log_threshold(self) -> float:
        """Of the weighted e-value: while one start serves, its chance of a false alarm is at
        most the share that these documents are of ``false_alarm_in``.
        """
        return math.log(self.false_alarm_in / self.span)

    def log_weight(self, key: int | None) -> float:
        """Return the logarithm of a test's part of the family."""
        if key is None:
            return math.log(STRANGERS_PART / 2)
        return math.log((1 - STRANGERS_PART) / (2 * self.classes))


def watch(
    space: LabelSpace, *, false_alarm_in: int | None = None, moment: Moment = "hour"
) -> DriftReport:
    """Return what changed among the remembered documents, and since when.

    Args:
        space: the label space; it is not changed.
        false_alarm_in: at most one false alarm in so many documents on average, over all classes
            and however often one looks; no fewer than can be remembered. None: 100,000, or that.
        moment: the span within which the order of documents counts for nothing: ``hour``, ``day``,
            ``week``; or ``document`` where documents came in the order of time. A change must also
            be evident where copies and near copies of one span count once, with ``document`` those
            of one hour, and so does each mailing. The present hour, day or week is left out until
            it has passed.

    Raises:
        InputError: documents may have several labels, or ``false_alarm_in`` is too small.
    """
    if moment not in get_args(Moment):
        raise InputError(f"moment={moment!r}", expected=" or ".join(get_args(Moment)))
    refuse_several(
        space.settings.several,
        "watching for drift",
        "keep a label space of one label a document beside it, and watch that one",
    )
    most = space.settings.remember_most
    if false_alarm_in is None:
        false_alarm_in = max(FALSE_ALARM_IN, most)
    false_alarm_in = require_whole(false_alarm_in, "false_alarm_in", most)
    every = watched_documents(session_of(space), moment)
    documents = every.without_repeats()
    names = _names(documents)
    family = Family(len(names), documents.horizon, documents.span, false_alarm_in)
    places = _places(documents)
    once = _changes(documents, family, places, names)
    each = once if every is documents else _changes(every, family, _places(every), names)
    changes = [_weaker(change, each[test]) for test, change in once.items() if test in each]
    return DriftReport(
        changes=tuple(sorted(changes, key=lambda change: -change.e_value)),
        watched=_watched_classes(documents, family, places, names),
        documents=len(documents),
        first=min((row.at for row in documents.rows), default=None),
        last=max((row.at for row in documents.rows), default=None),
        tests=family.tests,
        false_alarm_in=false_alarm_in,
        threshold=math.exp(family.log_threshold),
        moment=moment,
        unfinished=documents.unfinished,
        other_encoder=documents.other_encoder,
        repeats=len(every) - len(documents),
        reason=_reason(space, documents, moment, names),
        version=documents.view.version,
    )


def _names(documents: WatchedDocuments) -> dict[int, str]:
    """Return the classes that can be answered, by key."""
    view = documents.view
    names = dict(zip(view.head.keys.tolist(), view.head.labels, strict=True))
    return names if view.levels is None else names | view.levels.names_by_key


def _places(documents: WatchedDocuments) -> dict[int | None, Positions]:
    """Return which documents have each class, those of no class first, then the most frequent."""
    places: dict[int | None, list[int]] = {None: []}
    for i, key in enumerate(documents.keys):
        places.setdefault(key, []).append(i)
    order = sorted(places, key=lambda key: (key is not None, -len(places[key])))
    return {key: np.array(places[key], np.int64) for key in order}


def _changes(
    documents: WatchedDocuments,
    family: Family,
    places: dict[int | None, Positions],
    names: dict[int, str],
) -> dict[tuple[int | None, Kind], Drift]:
    """Return the evident changes by the key of the class and what changed."""
    return {
        (key, kind): change
        for key, members in places.items()
        for kind in get_args(Kind)
        if (change := _change(documents, family, key, members, kind, names)) is not None
    }


def _weaker(once: Drift, each: Drift) -> Drift:
    """Return the weaker of two changes: one counts copies once, the other counts each copy.

    The lesser of two e-values is at most 1 on average where either of them is. With each copy, that
    is where documents come independently of each other: an automatic mail has the same share of
    ten documents an hour as of a hundred. With copies once, it is where each comes with copies.
    """
    return each if each.e_value <= once.e_value else replace(once, copies_once=True)


def _change(
    documents: WatchedDocuments,
    family: Family,
    key: int | None,
    members: Positions,
    kind: Kind,
    names: dict[int, str],
) -> Drift | None:
    """Return a change of one class in one respect, if it is evident."""
    n = len(documents)
    if kind == "share":
        n_answers = 2 if key is None else family.n_answers
        evidence = share_evidence(
            members.astype(np.float64), n, horizon=family.horizon, n_answers=n_answers
        )
    else:
        members = members[[not documents.examples[i] for i in members]]
        evidence = _nearness(documents, family, members)
    if evidence is None:
        return None
    log_e = evidence.log_e + family.log_weight(key)
    if log_e < family.log_threshold:
        return None
    starts = [evidence.start, evidence.earliest, evidence.latest]
    if kind == "nearness":
        starts = [int(members[start]) for start in starts]
    start = starts[0]
    early, late = members[members < start], members[members >= start]
    if kind == "share":
        before, after = len(early) / max(start, 1), len(late) / (n - start)
    else:
        scores = documents.scores
        before, after = float(scores[early].mean()), float(scores[late].mean())
    (since, _), (earliest, _), (_, latest) = (documents.times(i) for i in starts)
    return Drift(
        label=None if key is None else names.get(key, f"class {key}"),
        kind=kind,
        before=before,
        after=after,
        documents_before=len(early),
        documents_after=len(late),
        since=since,
        number=start + 1,
        document=documents.rows[start].document.hex(),
        earliest=earliest,
        latest=latest,
        e_value=math.exp(min(log_e, MOST_LOG_E)),
        p_value=math.exp(-log_e),
    )


def _nearness(
    documents: WatchedDocuments, family: Family, members: Positions
) -> ChangeEvidence | None:
    """Return the evidence that the scores of a class changed; from its second document on."""
    if len(members) < 2:
        return None
    ranks = conformal_ranks(documents.scores[members].tolist(), documents.ties[members].tolist())
    gaps = np.diff(members, prepend=-1)
    weights = gaps / max(family.horizon, len(documents))
    weights[0] = 0.0  # before its first document there is nothing to compare
    return rank_evidence(ranks, weights)


def _watched_classes(
    documents: WatchedDocuments,
    family: Family,
    places: dict[int | None, Positions],
    names: dict[int, str],
) -> tuple[Watched, ...]:
    n, by_count = len(documents), dict[tuple[bool, int], float | None]()
    watched = []
    for key, members in places.items():
        count = len(members)
        case = (key is None, count)
        if n and case not in by_count:
            by_count[case] = showable_share(
                count / n,
                n,
                horizon=family.horizon,
                n_answers=2 if key is None else family.n_answers,
                log_threshold=family.log_threshold - family.log_weight(key),
            )
        label = None if key is None else names.get(key, f"class {key}")
        watched.append(Watched(label, count, count / n if n else 0.0, by_count.get(case)))
    return tuple(watched)


def _reason(
    space: LabelSpace, documents: WatchedDocuments, moment: Moment, names: dict[int, str]
) -> str:
    """Return why nothing can be compared, and what to do; empty where something is."""
    if not names:
        return "the label space has no class yet"
    if not documents.rows:
        if documents.unfinished:
            return f"all remembered documents are of this {moment}: look again when it has passed"
        if space.settings.remember == "off":
            return "nothing is remembered, since the setting remember is off"
        if documents.other_encoder:
            return "all remembered documents were encoded by another encoder: label some anew"
        return "nothing is remembered yet: label some documents"
    if moment == "document":
        return ""
    if len(set(documents.moments)) < 2:
        return (
            f"{quantity(len(documents), 'document is', 'documents are')} "
            f"of one {moment}: there is no earlier time"
        )
    return ""
