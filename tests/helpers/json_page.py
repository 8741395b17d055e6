"""The keys that docs/json.md lists in its tables."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")


def rows(heading: str, table: int = 0) -> list[list[str]]:
    """The cells of each row of a table under a heading of the page."""
    section = re.split(r"^##+ ", PAGE.split(f"# {heading}\n", 1)[1], flags=re.MULTILINE)[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, flags=re.MULTILINE)
    return [row.split("|")[1:-1] for row in tables[table].splitlines()[2:]]


def keys(heading: str, table: int = 0) -> list[str]:
    """The keys in the first column of a table under a heading of the page."""
    return [key for row in rows(heading, table) for key in re.findall(r"`([^`]+)`", row[0])]


def cells(heading: str, table: int = 0) -> dict[str, str]:
    """What the table says of each key."""
    return {key: row[1] for row in rows(heading, table) for key in re.findall(r"`([^`]+)`", row[0])}
