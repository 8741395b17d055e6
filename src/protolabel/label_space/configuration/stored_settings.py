"""The settings that a label space has at a version, read from its rows."""

from __future__ import annotations

from protolabel.label_space.configuration.settings import Settings
from protolabel.store import Rows


def settings_of(rows: Rows, version: int | None = None) -> Settings:
    """Return the settings that are in force at a version; at the newest one where it is None."""
    return Settings.from_rows(rows.settings(rows.version() if version is None else version))
