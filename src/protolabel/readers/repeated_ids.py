"""Which rows of a table have an id that is theirs alone."""

from __future__ import annotations

from collections.abc import Iterable

from protolabel.errors import InputError
from protolabel.identity.row_numbers import row_number
from protolabel.readers.rows import Row

MOST_IDS = 100_000  # that are held; more documents are rarely remembered
MOST_WITHOUT = 100  # first rows without an id, after which no other row is expected to have one


def shared_ids(rows: Iterable[Row]) -> frozenset[str]:
    """Return the ids that rows with different contents share, among the first ``MOST_IDS`` ids.

    Many tables have a column such as the number of a customer, which names no single document. A
    fault ends the search: whoever reads the rows meets it again.
    """
    contents, shared = dict[str, int](), set[str]()
    try:
        for number, row in enumerate(rows):
            if len(contents) >= MOST_IDS or (number >= MOST_WITHOUT and not contents):
                break
            if row.id and contents.setdefault(row.id, _content(row)) != _content(row):
                shared.add(row.id)
    except InputError:
        pass
    return frozenset(shared)


class RepeatedIds:
    """Follows the rows of tables, one table after the other, in bounded memory.

    It sees what a search through the whole table has not: the rows of pipes, of files that grow,
    and of tables with more ids than are held. There, of rows with one id, the first has it for its
    own.
    """

    def __init__(self) -> None:
        self._table = ""
        self._first_contents: dict[str, int] = {}  # of each id

    def is_own(self, row: Row) -> bool:
        """Return whether the row has an id, and no other row of its table that was seen has it."""
        return bool(row.id) and not row.shares_id and not self._is_repeated(row)

    def _is_repeated(self, row: Row) -> bool:
        """Return whether an earlier row of the same table has this id and holds something else."""
        place = row_number(row.source)
        if place is None:
            return False
        if place.table != self._table:
            self._table, self._first_contents = place.table, {}
        first = self._first_contents.setdefault(row.id, _content(row))
        if len(self._first_contents) > MOST_IDS:
            del self._first_contents[next(iter(self._first_contents))]
        return first != _content(row)


def _content(row: Row) -> int:
    """Return a number of what a row holds: another one, almost surely, for another content."""
    vector = None if row.embedding is None else row.embedding.tobytes()
    return hash((row.text, row.image, vector))
