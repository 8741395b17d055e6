"""Checks a whole label space: its file through the store, then its metric and its settings.

It also works on a store that cannot be opened as a label space. Rows that people made stay in the
history.
"""

from __future__ import annotations

import shlex

from protolabel.arguments import METRICS, require_metric
from protolabel.arrays import Metric
from protolabel.errors import SpaceDamagedError
from protolabel.label_space.configuration.settings import Settings, unreadable_settings
from protolabel.store import Rows, Store
from protolabel.types import Finding


def stored_metric(rows: Rows) -> Metric:
    """Return the metric of a label space. Raises SpaceDamagedError where its file names none."""
    word = rows.meta.get("metric")
    if word not in METRICS:
        raise SpaceDamagedError(
            f"{rows.path} has the metric {word!r}",
            expected=" or ".join(METRICS),
            remedy=f"protolabel check {shlex.quote(rows.path)} --repair",
        )
    return require_metric(word)


def check_space(store: Store, *, repair: bool, who: str) -> list[Finding]:
    """Return what is wrong with a label space, and which of its examples are equal.

    Args:
        store: the open file.
        repair: rebuild what is derived from the rows, and replace settings that cannot be read by
            their defaults. That is a change, which can be undone.
        who: whom the log of changes names for a repair.
    """
    from protolabel.label_space.fits.learned_examples import LEARNED, unreadable_note

    findings = store.check(repair=repair, who=who)
    if any(finding.kind in ("damage", "log") for finding in findings):
        return findings
    with store.rows.reading():
        version = store.rows.version()
        rows = store.rows.settings(version)
        reasons = unreadable_settings(rows)
        reason = unreadable_note(rows.get(LEARNED, ""), version)
    if reason:
        reasons[LEARNED] = reason
    if repair and reasons:
        defaults = Settings().rows() | {LEARNED: "", "labels": "one"}
        with store.writing("repair", who) as writing:
            for key in reasons:
                writing.set(key, defaults[key])
            writing.summary = f"repaired: the default of {', '.join(reasons)}"
    settings = [
        Finding(f"the setting {key!r} cannot be read: {reason}", "derived", repair)
        for key, reason in reasons.items()
    ]
    return [*settings, *findings]
