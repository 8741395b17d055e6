"""Lines about what a command leaves out: the rows of a table with one reason have one line."""

from __future__ import annotations

from protolabel.batch.skipped import Skipped
from protolabel.cli.reading import skipped_words
from protolabel.cli.terminal import note
from protolabel.identity.document_key import row_of
from protolabel.identity.row_numbers import row_number
from protolabel.words.quantity import quantity

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
        line = _line_of(skipped)
        if line is None or (self._rows and _line_of(self._rows[-1]) != line):
            self.end()
        self._rows.append(skipped)

    def end(self) -> None:
        """Print the line that waits."""
        rows, self._rows = self._rows, []
        if len(rows) == 1:
            note(skipped_words(rows[0]))
        elif rows:
            numbered = [row for one in rows if (row := row_number(one.source))]
            listed = ", ".join(row.word + row.number for row in numbered[:_MOST_NUMBERS])
            if len(rows) > _MOST_NUMBERS:
                listed += f" and {len(rows) - _MOST_NUMBERS:,} more"
            table, reason = numbered[0].table, rows[0].reason
            note(f"skipped {quantity(len(rows), 'row')} of {table} ({listed}): {reason}")


def _line_of(skipped: Skipped) -> tuple[str, str] | None:
    """Return what is equal for rows of one line; None for what is no row of a table."""
    row = row_of(skipped.source)
    return None if row is None else (row.table, skipped.reason)
