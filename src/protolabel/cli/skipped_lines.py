"""Lines about what a command leaves out: the rows of a table with one reason have one line."""

from __future__ import annotations

from protolabel.batch.skipped import Skipped
from protolabel.cli.reading import skipped_words
from protolabel.cli.terminal import note
from protolabel.quantity import quantity
from protolabel.readers.one_document import place_and_number

_MOST_NUMBERS = 3  # of rows that a line names


class SkippedLines:
    """Prints them. As a context, it prints the last line at its end, before an error that ends it.

    A line waits as long as rows of the same table with the same reason follow.
    """

    def __init__(self) -> None:
        self._rows: list[Skipped] = []

    def __enter__(self) -> SkippedLines:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def add(self, skipped: Skipped) -> None:
        """Print the line before, unless this is of the same line."""
        if self._rows and _line_of(self._rows[-1]) != _line_of(skipped):
            self.end()
        self._rows.append(skipped)

    def end(self) -> None:
        """Print the line that waits."""
        rows, self._rows = self._rows, []
        if len(rows) == 1:
            note(skipped_words(rows[0]))
        elif rows:
            place, _ = place_and_number(rows[0].source)
            numbers = [place_and_number(row.source)[1] for row in rows]
            listed = ", ".join(numbers[:_MOST_NUMBERS])
            if len(rows) > _MOST_NUMBERS:
                listed += f" and {len(rows) - _MOST_NUMBERS:,} more"
            note(f"skipped {quantity(len(rows), 'row')} of {place} ({listed}): {rows[0].reason}")


def _line_of(skipped: Skipped) -> tuple[str, str]:
    """Return what is equal for rows of one line."""
    place, number = place_and_number(skipped.source)
    return (place if number else f"{place} alone", skipped.reason)
