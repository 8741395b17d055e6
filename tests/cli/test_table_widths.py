"""Tables in a narrow terminal fold their cells and lose no character."""

from __future__ import annotations

import re

import pytest

from protolabel.cli import render


@pytest.mark.parametrize("columns", [40, 79, 80, 120])
@pytest.mark.parametrize("n", [2, 5, 7, 10])
def test_no_character_of_a_table_is_lost(monkeypatch, capsys, columns, n):
    monkeypatch.setattr(render, "width", lambda: columns)
    headers = ("examples a class", *(str(k) for k in range(1, n)))
    rows = [["refined", *(f"9{i}.{k} (80.{k} to 100)" for k in range(1, n))] for i in range(3)]
    render.table(headers, rows)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= columns
    words = "".join(["".join(headers), *map("".join, rows)])
    assert sorted("".join("".join(lines).split())) == sorted("".join(words.split()))


def test_the_name_of_a_file_is_not_broken_while_another_column_can_wrap(monkeypatch, capsys):
    """It was `examples/inbox/002.` above `txt`, beside evidence in six lines."""
    monkeypatch.setattr(render, "width", lambda: 80)
    words = "please pay the amount that is due within thirty days of this letter " * 2
    row = ["examples/inbox/002.txt", "resignation_letter", "invoice", "0.81", words]
    render.table(("document", "before", "after", "chance", "evidence"), [row])
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert "examples/inbox/002.txt" in printed
    assert "resignation_letter" in printed
    assert max(map(len, printed.splitlines())) <= 80
