"""A person's last word is what `review` lists, whether a path or an example named the document."""

from __future__ import annotations

import pytest
from commands import call, records

from protolabel import LabelSpace


@pytest.mark.parametrize("command", ["correct", "move"])
def test_review_lists_the_last_correction(tmp_path, command):
    space, letter = tmp_path / "a.space", tmp_path / "1.txt"
    with LabelSpace.create(space, encoder="hashing", background=False) as opened:
        opened.add(["please pay the amount", "my work and studies", "rain today"], list("ict"))
    letter.write_text("please read my letter about my studies and work")
    call("label", space, letter)
    call("correct", space, letter, "--to", "t")
    call("correct", space, letter, "--to", "c")
    members = [m for one in records("show", space, "c", "--json") for m in one["members"]]
    name = next(m["id"] for m in members if "letter" in m["text"])
    call(command, space, "1.txt" if command == "correct" else name, "--to", "t")
    (listed,) = records("review", space, "--all", "--list", "--json")
    assert (listed["label"], listed["by"]) == ("t", "person")


@pytest.mark.parametrize("option", ["--to", "--not"])
def test_the_file_of_another_folder_is_not_taken_for_the_one_that_was_answered(
    tmp_path, monkeypatch, option
):
    """The remembered path is relative, and another file has it here."""
    space = tmp_path / "a.space"
    with LabelSpace.create(space, encoder="hashing", background=False) as opened:
        opened.add(["please pay the amount", "my work and studies"], ["i", "c"])
    for day, text in (("mon", "my letter of Monday"), ("tue", "another text of Tuesday")):
        (tmp_path / day / "inbox").mkdir(parents=True)
        (tmp_path / day / "inbox" / "1.txt").write_text(text)
    monkeypatch.chdir(tmp_path / "mon")
    call("label", space, "inbox")
    monkeypatch.chdir(tmp_path / "tue")
    error = call("correct", space, "1.txt", option, "c", code=2).stderr
    assert "holds another document than the one of the name '1.txt' that was answered" in error
    assert "name it by its path: inbox/1.txt" in error
    (listed,) = records("review", space, "--all", "--list", "--json")
    assert listed["by"] == "label space"
    monkeypatch.chdir(tmp_path / "mon")
    call("correct", space, "1.txt", option, "c")
    monkeypatch.chdir(tmp_path / "tue")
    call("correct", space, "inbox/1.txt", option, "c")


@pytest.mark.parametrize("option", ["--to", "--not"])
def test_a_file_that_is_not_there_now_is_called_as_somebody_typed_it(tmp_path, monkeypatch, option):
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create("a.space", encoder="hashing", background=False) as opened:
        opened.add(["please pay the amount", "my work and studies"], ["i", "c"])
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.txt").write_text("my letter of Monday")
    (tmp_path / "in" / "y.txt").write_text("another letter")
    call("label", "a.space", "in")
    (tmp_path / "in" / "x.txt").unlink()
    error = call("correct", "a.space", "x.txt", option, "c", "--in", "in", code=2).stderr
    assert "no example and no file 'x.txt'; 'in/x.txt' was answered, and is not there now" in error
