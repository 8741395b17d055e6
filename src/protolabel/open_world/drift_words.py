"""What watching a stream found, in sentences for people who know no statistics."""

from __future__ import annotations

from datetime import datetime

from protolabel.open_world.drift_records import Drift, DriftReport, Watched
from protolabel.open_world.watched_moments import span_of
from protolabel.words.certainty import percent
from protolabel.words.quantity import quantity

LEAST_DAYS = 7  # of the documents, from which a pace is stated


def drift_sentence(drift: Drift) -> str:
    """Return one change as a sentence."""
    since = f"Since about {_date(drift.since)} (document {drift.number:,})"
    before, after = drift.before, drift.after
    end = " (copies count once)." if drift.copies_once else "."
    if drift.kind == "share":
        if drift.label is None:
            return (
                f"{since}, {percent(after, 1)} of the documents belong to none of the classes; "
                f"before, {percent(before, 1)} did{end}"
            )
        share = f"{percent(after, 1)} of the documents are {drift.label!r}"
        return f"{since}, {share}; before, {percent(before, 1)}{end}"
    who = "documents of none of the classes look"
    like = "any class"
    if drift.label is not None:
        who, like = f"documents answered {drift.label!r} look", "their class"
    comparison = "less" if after < before else "more"
    scores = f"mean score {after:.2f}, before {before:.2f}"
    return f"{since}, {who} {comparison} like {like}: {scores}{end}"


def drift_summary(report: DriftReport) -> str:
    """Return a report as one or two sentences, without the changes themselves."""
    if report.reason:
        return f"Nothing to compare: {report.reason}."
    count = (
        f"{quantity(report.documents, 'document')} from {_date(report.first)} to "
        f"{_date(report.last)}"
    )
    if report.changes:
        return f"{quantity(len(report.changes), 'change')} among {count}."
    return f"No drift is shown by {count}. {_showable(report)}"


def false_alarm_words(report: DriftReport) -> str:
    """Return the false-alarm rate as a sentence."""
    text = (
        f"At most one false alarm in {quantity(report.false_alarm_in, 'document')} "
        "on average, over all "
        f"{quantity(report.tests, 'test')} and however often you look"
    )
    days = _days(report)
    if days < LEAST_DAYS:
        return f"{text}."
    pace = report.documents / days
    years = report.false_alarm_in / pace / 365
    return f"{text}: at {quantity(round(pace), 'document')} a day, once in {years:.1f} years."


def repeat_words(report: DriftReport) -> str:
    """Return what became of documents that repeat others, after their number."""
    span = span_of(report.moment)
    return (
        f"counted first, then left out: a copy or near copy of another one of the same {span}, or "
        "of the same mailing; a change must show both times"
    )


def _showable(report: DriftReport) -> str:
    """Return what change would have been evident."""
    strangers, *classes = report.watched
    parts = [_rise("documents of none of the classes", strangers)]
    if classes:
        parts.append(_rise(repr(classes[0].label), classes[0]))
    evident = [part for part in parts if part]
    if not evident:
        return "They are too few to show any rise."
    return f"A rise halfway through would show if {', or '.join(evident)}."


def _rise(what: str, watched: Watched) -> str:
    if watched.showable is None:
        return ""
    return f"{what} rose from {percent(watched.share, 1)} to {percent(watched.showable, 1)} of all"


def _days(report: DriftReport) -> float:
    if report.first is None or report.last is None:
        return 0.0
    span = datetime.fromisoformat(report.last) - datetime.fromisoformat(report.first)
    return span.total_seconds() / 86_400


def _date(at: str | None) -> str:
    return "" if at is None else at[:16].replace("T", " ")
