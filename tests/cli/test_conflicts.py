"""`protolabel conflicts`: an example under the wrong class, by command, and what then helps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import call
from mail_space import mail_space


@pytest.fixture
def space(tmp_path: Path) -> Path:
    path = mail_space(tmp_path)
    call("add", path, "cv", "--text", "please pay the bill number 77")
    return path


def test_a_wrong_example_is_listed_and_moving_it_ends_that(space):
    (report,) = [
        json.loads(line) for line in call("conflicts", space, "--json").stdout.splitlines()
    ]
    (one,) = report["examples"]
    assert (one["label"], one["nearer"]) == ("cv", "invoice")
    assert one["strength"] >= 1
    assert one["evidence"][0]["id"].startswith("i")
    listed = call("conflicts", space)
    assert listed.stdout.startswith("1 example of 19 is clearly nearer")
    assert f"protolabel move {space} --to invoice {one['id']}" in listed.stderr
    call("move", space, "--to", "invoice", one["id"])
    assert call("conflicts", space).stdout.startswith("0 examples of 19")
