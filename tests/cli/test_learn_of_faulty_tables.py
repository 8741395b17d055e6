"""`learn` of a table of which a row cannot be used: it says what is still to be taken."""

from __future__ import annotations

import pytest
from commands import call, records
from office_files import mail
from pictures import drawn
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
    assert (
        "what else is in these files was learned, or is here already (2 examples)" in again.stderr
    )
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
    assert "1 example to take" in call("learn", own_mail, out).stderr
    call("learn", own_mail, out, "--yes")
    assert members(own_mail) == ["a storm", "sunny all day", "wind, then rain"]
    assert "nobody has moved a file" in call("learn", own_mail, out).stderr


@pytest.mark.parametrize("decision", ["remove", "another class", "not this"])
def test_what_was_decided_since_on_a_row_of_such_a_table_stays(own_mail, out, decision):
    call("learn", own_mail, out, "--yes", "--new", code=6)
    identity = records("show", own_mail, "weather", "--json")[0]["members"][0]["id"]
    word = {"another class": ("--to", "invoice"), "not this": ("--not", "weather")}
    call(*(("correct", own_mail, identity, *word[decision]) if decision in word
           else ("remove", own_mail, identity)))  # fmt: skip
    decided = members(own_mail)
    assert len(decided) == 1
    assert "1 example to take" not in call("learn", own_mail, out).stderr
    for day in range(3):  # with another file each day, and at last a row that can be read
        (out / f"weather/{day}.txt").write_text(f"hail and snow {day}")
        if day == 2:
            table = out / "weather/two.csv"
            table.write_text(table.read_text().replace("2,\n", "2,a storm\n"))
        call("learn", own_mail, out, "--yes", code=0 if day == 2 else 6)
    assert members(own_mail) == sorted(
        [*decided, *(f"hail and snow {day}" for day in range(3)), "a storm"]
    )
    call("undo", own_mail)  # of the storm alone
    assert "2 examples to take" in call("learn", own_mail, out).stderr


def test_what_an_undo_took_back_of_such_a_table_is_offered_again(own_mail, out):
    call("learn", own_mail, out, "--yes", "--new", code=6)
    call("undo", own_mail)
    assert "2 examples to take" in call("learn", own_mail, out).stderr


def test_a_file_that_cannot_be_read_is_not_said_to_be_nobodys(own_mail, inbox, tmp_path):
    sort(own_mail, inbox, tmp_path / "out")
    (tmp_path / "out/invoice/empty.txt").write_text("")
    error = call("learn", own_mail, tmp_path / "out").stderr
    assert "nobody has moved a file" not in error
    assert "nothing to take: what was skipped is taken once it can be read" in error


@pytest.fixture
def moved(own_mail, inbox, tmp_path):
    """A sorted folder in which a person has moved a table with an empty row to a new class."""
    (inbox / "t.csv").write_text(TABLE)
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (sorted_table,) = out.rglob("t.csv")
    (out / "weather").mkdir()
    sorted_table.rename(out / "weather/t.csv")
    call("learn", own_mail, out, "--yes", "--new", code=6)
    assert members(own_mail) == ["please pay the rain", "please pay the wind"]
    return out


TABLE = "id,text\n1,please pay the wind\n2,\n3,please pay the rain\n"


def decided(space) -> list[str]:
    return [r["id"] for r in records("review", space, "--all", "--json") if r["by"] == "person"]


@pytest.mark.parametrize("times", [1, 2])
def test_what_was_learned_of_a_moved_table_is_taken_back_with_it(own_mail, moved, times):
    """It said "no class: not an example", and both stayed: the file was not noted as learned."""
    for _ in range(times - 1):
        call("learn", own_mail, moved, "--yes", code=6)
    assert len(decided(own_mail)) == 2
    (moved / "weather/t.csv").rename(moved / "_review/t.csv")
    offer = call("learn", own_mail, moved)
    assert "taken back: an example of 'weather' no longer" in offer.stdout
    assert "2 examples to take back" in offer.stderr
    call("learn", own_mail, moved, "--yes")
    assert members(own_mail) == []
    assert decided(own_mail) == []
    assert "nobody has moved a file" in call("learn", own_mail, moved).stderr
    call("undo", own_mail)
    (again,) = records("learn", own_mail, moved, "--json")
    assert (again["undone"], len(again["taken_back"])) == (True, 2)


def test_what_was_learned_of_a_table_that_was_put_there_by_hand_is_taken_back(own_mail, out):
    call("learn", own_mail, out, "--yes", "--new", code=6)
    (out / "weather/two.csv").rename(out / "_review/other.csv")
    call("learn", own_mail, out, "--yes")
    assert members(own_mail) == []


def test_what_was_learned_in_part_goes_where_the_table_is_put_next(own_mail, moved):
    (moved / "weather/t.csv").rename(moved / "invoice/t.csv")
    assert "2 examples to take; nothing was changed" in call("learn", own_mail, moved).stderr
    call("learn", own_mail, moved, "--yes", code=6)
    assert members(own_mail) == []
    texts = {m["text"] for m in records("show", own_mail, "invoice", "--json")[0]["members"]}
    assert {"please pay the rain", "please pay the wind"} <= texts


def test_a_table_that_was_learned_in_part_is_listed_as_that(own_mail, moved):
    (listed,) = records("learn", own_mail, moved, "--json")
    assert (listed["place"], listed["was"], listed["label"], listed["unfinished"]) == (
        "weather/t.csv", None, "weather", True,
    )  # fmt: skip
    assert "weather/t.csv: learned in part" in call("learn", own_mail, moved).stdout
    version = records("info", own_mail, "--json")[0]["version"]
    call("learn", own_mail, moved, "--yes", code=6)
    assert records("info", own_mail, "--json")[0]["version"] == version


@pytest.mark.parametrize("place", ["weather/t.csv", "weather/sub/t.csv"])
@pytest.mark.parametrize("by", ["copy", "move", "link"])
def test_a_moved_table_is_offered_once_it_can_be_read_and_is_then_done(
    own_mail, inbox, tmp_path, place, by
):
    (inbox / "t.csv").write_text(TABLE)
    out = tmp_path / "out"
    sort(own_mail, inbox, out, "--by", by)
    (sorted_table,) = out.rglob("t.csv")
    (out / "weather").mkdir()
    sorted_table.rename(out / "weather/t.csv")
    call("learn", own_mail, out, "--yes", "--new", code=6)
    (out / place).parent.mkdir(exist_ok=True)
    (out / "weather/t.csv").rename(out / place)
    (out / place).write_text(TABLE.replace("2,\n", "2,please pay the storm\n"))
    assert "1 example to take; nothing was changed" in call("learn", own_mail, out).stderr
    assert "added 1 example" in call("learn", own_mail, out, "--yes").stdout
    assert len(members(own_mail)) == 3
    assert "nobody has moved a file" in call("learn", own_mail, out).stderr
    sort(own_mail, inbox, out, "--by", by)
    assert "nobody has moved a file" in call("learn", own_mail, out).stderr
    (out / place).rename(out / "_review/t.csv")
    call("learn", own_mail, out, "--yes")
    assert members(own_mail) == []


def test_a_source_that_was_repaired_is_offered_where_its_new_copy_is_put(own_mail, inbox, moved):
    (inbox / "t.csv").write_text(TABLE.replace("2,\n", "2,please pay the storm\n"))
    sort(own_mail, inbox, moved)
    assert "1 example to take" in call("learn", own_mail, moved).stderr
    call("learn", own_mail, moved, "--yes", code=6)
    assert len(members(own_mail)) == 3


def test_an_undone_table_is_offered_where_it_has_another_name_by_now(own_mail, moved):
    """A file that a person renamed within its class was not offered again."""
    call("undo", own_mail)
    (moved / "weather/t.csv").rename(moved / "weather/wind.csv")
    (offer,) = records("learn", own_mail, moved, "--json")
    assert (offer["place"], offer["undone"]) == ("weather/wind.csv", True)
    call("learn", own_mail, moved, "--yes", "--new", code=6)
    assert len(members(own_mail)) == 2


def test_what_cannot_be_read_again_is_not_noted_as_taken_back(own_mail, inbox, tmp_path):
    """Without the option that had read it, nothing was taken back, now and later."""
    out, field = tmp_path / "out", ("--text-field", "words")
    (inbox / "t.jsonl").write_text('{"number": 1, "words": "please pay the wind"}\n')
    sort(own_mail, inbox, out, *field)
    (sorted_table,) = out.rglob("t.jsonl")
    (out / "weather").mkdir()
    sorted_table.rename(out / "weather/t.jsonl")
    call("learn", own_mail, out, "--yes", "--new", *field)
    (out / "weather/t.jsonl").rename(out / "_review/t.jsonl")
    assert "skipped" in call("learn", own_mail, out, "--yes", code=6).stderr
    assert len(members(own_mail)) == 1
    call("learn", own_mail, out, "--yes", *field)
    assert members(own_mail) == []
    assert "nobody has moved a file" in call("learn", own_mail, out, *field).stderr


def test_a_copy_of_what_is_here_is_noted_and_not_counted(own_mail, inbox, tmp_path):
    """It was "1 example to take", and then "added 0 examples"."""
    sort(own_mail, inbox, tmp_path / "out")
    place = tmp_path / "out/cv/own.txt"
    place.write_text("I apply for the job two")
    call("learn", own_mail, tmp_path / "out", "--yes")
    place.with_name("again.txt").write_text("I apply for the job two\n")
    error = call("learn", own_mail, tmp_path / "out").stderr
    assert "nothing to take: what is in these files is here already (1 example)" in error
    assert "to note where people have put files: protolabel learn" in error
    call("learn", own_mail, tmp_path / "out", "--yes")
    assert "nobody has moved a file" in call("learn", own_mail, tmp_path / "out").stderr


def test_a_mail_whose_logo_says_nothing_is_learned_once_and_whole(own_mail, inbox, tmp_path):
    logo = {"logo.png": drawn("bar", 0)}
    words = "please pay the wind and the rain of this week, and the sun of the next one " * 3
    (inbox / "m.eml").write_bytes(mail("Weather", words, **logo).as_bytes())
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (place,) = out.rglob("m.eml")
    (out / "weather").mkdir()
    place.rename(out / "weather/m.eml")
    call("learn", own_mail, out, "--yes", "--new")
    assert len(members(own_mail)) == 1
    assert "nobody has moved a file" in call("learn", own_mail, out).stderr
    (out / "weather/m.eml").rename(out / "_review/m.eml")
    call("learn", own_mail, out, "--yes")
    assert members(own_mail) == []


def test_a_decision_stays_where_such_a_table_gets_another_name_and_is_mended(own_mail, out):
    call("learn", own_mail, out, "--yes", "--new", code=6)
    identity = records("show", own_mail, "weather", "--json")[0]["members"][0]["id"]
    call("correct", own_mail, identity, "--to", "invoice")
    decided = members(own_mail)
    (out / "weather/two.csv").rename(out / "weather/three.csv")
    call("learn", own_mail, out, "--yes", code=6)
    table = out / "weather/three.csv"
    table.write_text(table.read_text().replace("2,\n", "2,a storm\n"))
    call("learn", own_mail, out, "--yes")
    assert members(own_mail) == sorted([*decided, "a storm"])
