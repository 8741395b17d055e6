"""Which column of a table is likely its text: a hint for an error. Nothing is read by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from protolabel.columns.usual_fields import USUAL_NAMES
from protolabel.words.text import n_words

MOST_ROWS = 20  # that are looked at
_FEWEST_WORDS = 2  # of a text, on average; an id or a label has fewer


def usual_columns(names: Iterable[str], role: str) -> list[str]:
    """Return the columns that have a usual name for the text, the label or the id."""
    return [name for name in names if name.strip().casefold() in USUAL_NAMES[role]]


def likely_text(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str | None:
    """Return the column that looks like the text of documents; None where none does.

    That is the one with a usual name, or else the one with most words on average, two at least.

    Args:
        names: of the columns.
        rows: some rows, each with a value for each column; the first few are looked at.
    """
    candidates = usual_columns(names, "text")
    if len(candidates) == 1:
        return candidates[0]
    sample = list(islice(rows, MOST_ROWS))
    lengths = {}
    for place, name in enumerate(names):
        values = [row[place] for row in sample if place < len(row)]
        words = sum(n_words(value) for value in values if isinstance(value, str))
        lengths[name] = words / len(values) if values else 0.0
    best = max(lengths, key=lambda name: lengths[name], default=None)
    return best if best is not None and lengths[best] >= _FEWEST_WORDS else None


def likely_label(names: Sequence[str]) -> str | None:
    """Return the column with a usual name for the label; None where not just one has one."""
    candidates = usual_columns(names, "label")
    return candidates[0] if len(candidates) == 1 else None
