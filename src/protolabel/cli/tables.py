"""Tables of the command line, for people: laid out for a terminal, plain lines in a pipe.

A pipe gets one line a row, some at a time: no layout is needed there, which takes half a
millisecond a row. A terminal gets such lines of a very long table, too.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from protolabel.cli.render import PIPE_COLUMNS, width
from protolabel.cli.terminal import note, plain, printable, styled
from protolabel.cli.wrapping import width_of
from protolabel.words.text import excerpt

LEAST_PROSE = 20  # characters of running text, however long the rest of a line is
ROOMY = 14  # columns of a terminal for each of a table: then every header has its least width
MOST_LAID_OUT = 2_000  # rows of a table in a terminal: about a second
NUMBERS = ("answers", "documents", "examples", "version")  # columns that stand to the right
_AT_ONCE = 500  # lines that are written at once
_GAP = 2  # spaces between two columns


def note_first(most: int, n: int) -> None:
    """Say of a table that it shows only the first of n rows, where it does."""
    if n > most:
        note(f"the first {most} of {n:,}; --json lists them all")


def table(headers: tuple[str, ...], rows: Iterable[Sequence[str]], *, prose: str = "") -> None:
    """Print a table: fitted to the terminal, wrapped at words; in a pipe, one line a row.

    ``prose``: the column of running text, whose end is left out in a pipe where lines would be
    long; ``--json`` has it whole.
    """
    columns, cells = width(), list(rows)
    if columns is not None and len(cells) <= MOST_LAID_OUT:
        styled(_laid_out(headers, cells, columns))
        return
    if prose:
        cells = list(_cut(headers, cells, headers.index(prose), columns or PIPE_COLUMNS))
    lines = _lines(headers, cells)
    while some := list(islice(lines, _AT_ONCE)):
        styled("\n".join(some))


def _lines(headers: tuple[str, ...], rows: list[Sequence[str]]) -> Iterator[str]:
    """Yield a table as lines: each column is as wide as its widest cell."""
    cells = [list(map(printable, row)) for row in (headers, *rows)]
    sizes = [list(map(width_of, row)) for row in cells]
    widths = [max(column) for column in zip(*sizes, strict=True)]
    to_the_right = [header in NUMBERS for header in headers]
    for row, row_sizes in zip(cells, sizes, strict=True):
        padded = (
            " " * (most - size) + cell if right else cell + " " * (most - size)
            for cell, size, most, right in zip(row, row_sizes, widths, to_the_right, strict=True)
        )
        yield (" " * _GAP).join(padded).rstrip()


def _laid_out(headers: tuple[str, ...], rows: list[Sequence[str]], columns: int) -> str:
    """Return a table whose cells are wrapped, so that it fits a terminal of so many columns."""
    from rich.console import Console
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for header, least in zip(headers, _least_widths(headers, rows, columns), strict=True):
        justify = "right" if header in NUMBERS else "left"
        grid.add_column(header, overflow="fold", justify=justify, min_width=least)  # type: ignore[arg-type]
    for row in rows:
        grid.add_row(*map(printable, row))
    text = io.StringIO()
    Console(
        file=text,
        width=columns,
        force_terminal=True,
        color_system=None if plain() else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    ).print(grid)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def _least_widths(headers: tuple[str, ...], rows: list[Sequence[str]], columns: int) -> list[int]:
    """Return the least width of each column: that of its longest word where there is room.

    So no name of a file is broken: it has no blank, and a narrow column would break it anywhere.
    The columns of the shortest words get their room first.
    """
    from rich.cells import cell_len

    if columns // len(headers) < ROOMY:
        return [1] * len(headers)  # widths that fall short would cut columns off
    least = [min(12, len(header)) for header in headers]
    spare = columns - sum(least) - _GAP * (len(headers) - 1)
    by_column = zip(headers, *rows, strict=True)
    pieces = [[piece for cell in column for piece in cell.split()] for column in by_column]
    longest = [max(map(cell_len, column), default=0) for column in pieces]
    for at in sorted(range(len(longest)), key=longest.__getitem__):
        more = max(0, longest[at] - least[at])
        if more <= spare:
            least[at], spare = least[at] + more, spare - more
    return least


def _cut(
    headers: tuple[str, ...], rows: list[Sequence[str]], prose: int, columns: int
) -> Iterator[Sequence[str]]:
    """Yield the rows with as much of the running text as lines of so many columns have room for."""
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    room = columns - sum(widths) + widths[prose] - _GAP * (len(headers) - 1)
    for row in rows:
        text = excerpt(row[prose], max(room, LEAST_PROSE))
        yield [*row[:prose], text, *row[prose + 1 :]]
