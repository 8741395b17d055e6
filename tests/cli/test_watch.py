"""`protolabel watch`: what it prints, its JSON, and its advice where nothing is remembered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from commands import call, records
from json_page import keys
from mail_space import mail_space
from remembered import remember, vector, vector_space


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """A label space whose stream has more and more bills."""
    path = tmp_path_factory.mktemp("watch") / "mail.space"
    rng = np.random.default_rng(0)
    axes = [i % 3 for i in range(300)] + [0 if i % 3 else 1 for i in range(300)]
    with vector_space(path) as space:
        remember(space, [vector(axis, rng) for axis in axes])
    return path


def test_a_change_is_a_sentence_and_a_row_of_a_table(path):
    result = call("watch", path)
    assert "Since about 2026-01-0" in result.stdout
    assert "of the documents are 'bill'; before, 32." in result.stdout
    assert "share of documents" in result.stdout
    assert "At most one false alarm in 100,000 documents" in result.stderr
    assert f"protolabel next {path}" in result.stderr


def test_the_json_has_the_keys_that_are_documented(path):
    (report,) = records("watch", path, "--json")
    assert list(report) == keys("`protolabel watch`")
    assert list(report["changes"][0]) == keys("`protolabel watch`", 1)
    assert list(report["watched"][0]) == keys("`protolabel watch`", 2)
    assert report["summary"].endswith("changes among 600 documents from 2026-01-05 08:30 to "
                                      "2026-01-13 16:10.")  # fmt: skip


def test_more_evidence_is_asked_for_where_false_alarms_are_to_be_rarer(path):
    (report,) = records("watch", path, "--false-alarm-in", "1000000000", "--json")
    assert report["threshold"] == pytest.approx(100_000)
    assert all(one["e_value"] >= 100_000 for one in report["changes"])
    error = call("watch", path, "--false-alarm-in", "5", code=2).stderr
    assert "--false-alarm-in 5" in error


def test_where_nothing_is_remembered_it_says_how_to_turn_that_on(tmp_path):
    space = mail_space(tmp_path)
    call("set", space, "remember", "off")
    call("label", space, "--text", "please pay the bill")
    result = call("watch", space)
    assert "the setting remember is off" in result.stdout
    advice = f"protolabel set {space} remember answers"
    assert advice in result.stderr
    call(*advice.split()[1:])
    call("label", space, "--text", "please pay the bill")
    assert "all remembered documents are of this hour" in call("watch", space).stdout
    (report,) = records("watch", space, "--moment", "document", "--json")
    assert report["documents"] == 1


@pytest.mark.parametrize(
    ("moment", "span"), [("document", "hour"), ("hour", "hour"), ("day", "day"), ("week", "week")]
)
def test_documents_that_repeat_others_are_named_as_what_they_are(tmp_path, moment, span):
    """Near copies, not equal ones; and with ``document``, those of one hour."""
    rng = np.random.default_rng(1)
    with vector_space(tmp_path / "copies.space") as space:
        letters = [b"pay 0 euros"] * 40
        remember(space, [vector(0, rng) for _ in letters], minutes=0.1, templates=letters)
    result = call("watch", tmp_path / "copies.space", "--moment", moment)
    expected = (
        f"39 documents counted first, then left out: a copy or near copy of another one of the "
        f"same {span}, or of the same mailing; a change must show both times"
    )
    assert expected in " ".join(result.stderr.split())
