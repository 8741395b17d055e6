"""The present time and date as files and records have them: UTC, ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal


def now(precision: Literal["seconds", "milliseconds"] = "milliseconds") -> str:
    """Return the present time, such as ``2026-11-28T13:32:03.123+00:00``."""
    return datetime.now(UTC).isoformat(timespec=precision)


def today() -> str:
    """Return the present date, such as ``2026-11-28``."""
    return datetime.now(UTC).date().isoformat()
