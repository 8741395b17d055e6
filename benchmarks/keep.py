"""How a result is kept in ``.bench``: whole, or not at all.

The rivals' own environments read this file too, so it needs no package.
"""

from __future__ import annotations

import os
from pathlib import Path


def keep(place: Path, text: str) -> None:
    """Write a file under another name and rename it: a killed run leaves no part of a result."""
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f"{place.name}.{os.getpid()}.part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(place)
