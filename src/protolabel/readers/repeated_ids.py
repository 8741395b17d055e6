"""Which rows of a table have an id that is theirs alone, as they are read."""

from __future__ import annotations

from protolabel.readers.rows import Row
from protolabel.row_numbers import row_number

MOST_IDS = 100_000  # that are held, the newest; more documents are rarely remembered


class RepeatedIds:
    """Follows the rows of tables, one table after the other, in bounded memory.

    Many tables have a column such as the number of a customer, which names no single document. Of
    rows with one id that hold different things, the first alone has it for its own.
    """

    def __init__(self) -> None:
        self._table = ""
        self._first_contents: dict[str, int] = {}  # of each id

    def is_repeated(self, row: Row) -> bool:
        """Return whether an earlier row of the same table has this id and holds something else."""
        place = row_number(row.source) if row.id else None
        if place is None:
            return False
        if place.table != self._table:
            self._table, self._first_contents = place.table, {}
        vector = None if row.embedding is None else row.embedding.tobytes()
        content = hash((row.text, row.image, vector))
        first = self._first_contents.setdefault(row.id, content)
        if len(self._first_contents) > MOST_IDS:
            del self._first_contents[next(iter(self._first_contents))]
        return first != content
