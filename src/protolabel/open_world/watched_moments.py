"""The spans of time within which the order of watched documents counts for nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

Moment = Literal["document", "hour", "day", "week"]


def span_of(moment: Moment) -> Moment:
    """Return the span within which copies and near copies count once."""
    return "hour" if moment == "document" else moment


def moment_of_time(at: str, moment: Moment) -> str:
    """Return the hour, day or week of a time in ISO 8601, as a text that sorts like the time."""
    if moment == "week":
        year, week, _ = datetime.fromisoformat(at).isocalendar()
        return f"{year}-W{week:02d}"
    return at[:10] if moment == "day" else at[:13]
