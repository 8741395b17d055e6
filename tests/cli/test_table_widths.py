"""Tables in a narrow terminal fold their cells and lose none; in a pipe, lines are plain."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from protolabel.cli import tables


@pytest.mark.parametrize("columns", [40, 79, 80, 120])
@pytest.mark.parametrize("n", [2, 5, 7, 10])
def test_no_character_of_a_table_is_lost(monkeypatch, capsys, columns, n):
    monkeypatch.setattr(tables, "width", lambda: columns)
    headers = ("examples a class", *(str(k) for k in range(1, n)))
    rows = [["refined", *(f"9{i}.{k} (80.{k} to 100)" for k in range(1, n))] for i in range(3)]
    tables.table(headers, rows)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= columns
    words = "".join(["".join(headers), *map("".join, rows)])
    assert sorted("".join("".join(lines).split())) == sorted("".join(words.split()))


def test_the_name_of_a_file_is_not_broken_while_another_column_can_wrap(monkeypatch, capsys):
    """It was `examples/inbox/002.` above `txt`, beside evidence in six lines."""
    monkeypatch.setattr(tables, "width", lambda: 80)
    words = "please pay the amount that is due within thirty days of this letter " * 2
    row = ["examples/inbox/002.txt", "resignation_letter", "invoice", "0.81", words]
    tables.table(("document", "before", "after", "chance", "evidence"), [row])
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert "examples/inbox/002.txt" in printed
    assert "resignation_letter" in printed
    assert max(map(len, printed.splitlines())) <= 80


WORD = st.text("abcdeé漢字- ", max_size=12).map(str.strip).filter(bool)


def by_rich(headers, rows):
    """A table of endless width, as the library Rich lays it out."""
    grid = Table(box=None, pad_edge=False)
    for header in headers:
        grid.add_column(header, justify="right" if header in tables.NUMBERS else "left")
    for row in rows:
        grid.add_row(*row)
    text = io.StringIO()
    Console(file=text, width=10**6, highlight=False, markup=False, emoji=False).print(grid)
    return [line.rstrip() for line in text.getvalue().splitlines()]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(WORD, st.integers(0, 10**6).map(str), WORD), max_size=5))
def test_a_table_in_a_pipe_is_the_one_that_a_layout_without_an_end_gives(capsys, rows):
    headers = ("class", "examples", "state")
    tables.table(headers, rows)
    assert capsys.readouterr().out.splitlines() == by_rich(headers, rows)


class Pieces(io.StringIO):
    """A stream that counts the lines of each piece that is written."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[int] = []

    def write(self, text: str) -> int:
        self.pieces.append(text.count("\n"))
        return super().write(text)


def test_a_pipe_gets_a_long_table_piece_by_piece(monkeypatch):
    stream = Pieces()
    monkeypatch.setattr("sys.stdout", stream)
    tables.table(("class", "examples"), [(f"class {i}", "1") for i in range(5_000)])
    assert sum(stream.pieces) == 5_001
    assert max(stream.pieces) < 1_000


def test_a_very_long_table_has_one_line_a_row_in_a_terminal_too(monkeypatch, capsys):
    monkeypatch.setattr(tables, "width", lambda: 80)
    words = "please pay the amount that is due within thirty days of this letter " * 2
    tables.table(("class", "words"), [(f"class {i}", words) for i in range(2_500)], prose="words")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2_501
    assert max(map(len, lines)) <= 80
