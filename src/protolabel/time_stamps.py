"""The present time as files and records have it: UTC, ISO 8601, with milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Return the present time, such as ``2026-11-28T13:32:03.123+00:00``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
