"""`learn` of a table of which a row cannot be used: it says what is still to be taken."""

from __future__ import annotations

import pytest
from commands import call, records
from sorted_folders import sort


@pytest.fixture
def out(own_mail, inbox, tmp_path):
    """A sorted folder into which a person has put a table with an empty row."""
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "weather").mkdir()
    (out / "weather/two.csv").write_text('id,text\n1,"wind, then rain"\n2,\n3,sunny all day\n')
    return out


def members(space) -> list[str]:
    return sorted(m["text"] for m in records("show", space, "weather", "--json")[0]["members"])


def test_what_was_taken_of_a_table_with_an_empty_row_is_not_announced_again(own_mail, out):
    before = call("learn", own_mail, out)
    assert "2 examples to take; nothing was changed" in before.stderr
    call("learn", own_mail, out, "--yes", "--new", code=6)
    again = call("learn", own_mail, out)
    assert "examples to take" not in again.stderr
    assert "skipped" in again.stderr
    assert "what else is in these files is here already (2 examples)" in again.stderr
    assert "what was skipped is taken once it can be read" in again.stderr


def test_other_examples_are_counted_alone_beside_such_a_table(own_mail, out):
    call("learn", own_mail, out, "--yes", "--new", code=6)
    (out / "weather/c.txt").write_text("hail and snow")
    assert "1 example to take; nothing was changed" in call("learn", own_mail, out).stderr
    call("learn", own_mail, out, "--yes", code=6)
    assert members(own_mail) == ["hail and snow", "sunny all day", "wind, then rain"]


def test_a_row_that_was_mended_is_taken(own_mail, out):
    call("learn", own_mail, out, "--yes", "--new", code=6)
    table = out / "weather/two.csv"
    table.write_text(table.read_text().replace("2,\n", "2,a storm\n"))
    assert "3 examples to take" in call("learn", own_mail, out).stderr
    call("learn", own_mail, out, "--yes")
    assert members(own_mail) == ["a storm", "sunny all day", "wind, then rain"]
    assert "nobody has moved a file" in call("learn", own_mail, out).stderr


def test_a_table_whose_examples_were_removed_is_announced_again(own_mail, out):
    call("learn", own_mail, out, "--yes", "--new", code=6)
    examples = records("show", own_mail, "weather", "--json")[0]["members"]
    call("remove", own_mail, examples[0]["id"])
    assert "1 example to take" in call("learn", own_mail, out).stderr


def test_a_file_that_cannot_be_read_is_not_said_to_be_nobodys(own_mail, inbox, tmp_path):
    sort(own_mail, inbox, tmp_path / "out")
    (tmp_path / "out/invoice/empty.txt").write_text("")
    error = call("learn", own_mail, tmp_path / "out").stderr
    assert "nobody has moved a file" not in error
    assert "nothing to take: what was skipped is taken once it can be read" in error
