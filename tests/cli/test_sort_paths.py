"""The documents of sorted files have the paths that the inputs lead to, as they were typed."""

from __future__ import annotations

import pytest
from commands import call, records
from sorted_folders import NONSENSE


def sources_of_remembered(space) -> set[str]:
    return {one["source"] for one in records("review", space, "--list", "--all", "--json")}


@pytest.mark.parametrize("how", ["copy", "link", "move"])
@pytest.mark.parametrize("typed", ["inbox", "./inbox/", "out/../inbox", "whole"])
def test_what_is_answered_again_keeps_the_paths_that_were_typed(
    own_mail, inbox, tmp_path, monkeypatch, typed, how
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    name = str(inbox) if typed == "whole" else typed
    command = ("label", own_mail, name, "--sort-into", "out", "--by", how)
    call(*command)
    before = sources_of_remembered(own_mail)
    assert len(before) == 4
    assert all(source.startswith(name) for source in before)
    call("add", own_mail, "nonsense", "--text", NONSENSE)
    done = call(*command, "--again", "declined")
    assert "nonsense" in done.stdout
    assert sources_of_remembered(own_mail) == before
