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
