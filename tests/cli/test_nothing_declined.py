"""`discover` where nothing can be declined yet says so, why, and what to do."""

from __future__ import annotations

import re
import shlex

import pytest
from commands import call, records
from own_service import served

from protolabel import LabelSpace
from protolabel.label_space.answer_path.threshold_advice import low_threshold_sentence
from protolabel.label_space.configuration.settings import require_range


@pytest.fixture
def space(tmp_path):
    path = tmp_path / "mail.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as label_space:
        label_space.describe({"bill": "pay the amount due", "cv": "skills and work"})
    (tmp_path / "in").mkdir()
    for name, text in (("a", "sunny and light wind"), ("b", "sunny with light wind")):
        (tmp_path / "in" / f"{name}.txt").write_text(text)
    return path


def test_discover_says_why_nothing_is_declined_and_its_advice_works(space, tmp_path):
    discover = ("discover", space, tmp_path / "in", "--least", "2")
    words = " ".join(call(*discover).stderr.split())
    assert "no document can be declined yet: needs 3 classes" in words
    command = re.search(r"`protolabel (set [^`]*)`", words)
    call(*shlex.split(command[1]))
    after = call(*discover)
    assert "from 2 documents of no class" in after.stdout
    assert "can be declined" not in after.stderr
    assert records(*discover, "--json")[0]["undeclined"] == ""


def test_it_is_said_of_remembered_documents_and_of_a_threshold_that_is_off(space):
    assert "no document can be declined yet" in " ".join(call("discover", space).stderr.split())
    call("set", space, "threshold", "none")
    words = " ".join(call("discover", space).stderr.split())
    assert "the threshold is off" in words
    assert f"`protolabel set {space} threshold auto`" in words
    call("set", space, "threshold", "0.4")
    assert "can be declined" not in call("discover", space).stderr


def test_a_request_says_it_with_a_request_as_the_remedy(space):
    assert "needs 3 classes" in records("discover", space, "--json")[0]["undeclined"]
    with served(space) as ask:
        words = ask("POST", "/discover", {"least": 2}).json()["undeclined"]
        assert "no document can be declined yet: needs 3 classes" in words
        assert "the change `configure`" in words
        assert ask("GET", "/proposals").json()["undeclined"] is None
        threshold = {"kind": "configure", "values": {"threshold": "0.4"}}
        assert ask("POST", "/changes", threshold).status_code == 200
        assert ask("POST", "/discover", {"least": 2}).json()["undeclined"] == ""


def test_a_job_says_it_with_a_request_as_the_remedy(space):
    with served(space) as ask:
        job = ask("POST", "/jobs", {"kind": "discover", "least": 2}).json()
        last = ask("GET", f"/jobs/{job['id']}/events").text.splitlines()[-1]
        assert "no document can be declined yet" in last
        assert "the change `configure`" in last


def test_the_advised_threshold_is_halfway_between_own_and_other_classes(space, tmp_path):
    """It was 0.4 for every encoder; with one whose strangers score 0.6, nothing was declined."""
    call("add", space, "bill", "--text", "pay the bill", "--text", "pay this bill now")
    call("add", space, "cv", "--text", "I have skills", "--text", "skills and work")
    with LabelSpace(space) as label_space:
        label_space.settle()
        midway = label_space.view().calibration.midway
    words = " ".join(call("discover", space, tmp_path / "in").stderr.split())
    advice = f"threshold {midway:g}` is halfway between the scores of the examples with their own"
    assert advice in words


def test_where_a_threshold_declines_nothing_it_says_how_the_documents_score(space, tmp_path):
    """After the advice was followed, it said "0 documents of no class" and nothing else."""
    discover = ("discover", space, tmp_path / "in", "--least", "2")
    call("set", space, "threshold", "-0.9")
    words = " ".join(call(*discover).stderr.split())
    assert "the threshold, set to -0.9, declines none of the documents that can be grouped" in words
    command = re.search(r"`protolabel (set [^`]*)` declines that one", words)
    call(*shlex.split(command[1]))
    assert not call(*discover).stdout.startswith("0 proposals from 0 documents")
    call("set", space, "threshold", "-0.9")
    call("label", space, tmp_path / "in")
    assert "declines none of" in " ".join(call("discover", space).stderr.split())


def test_examples_and_blank_documents_say_nothing_of_what_can_be_grouped(space, tmp_path):
    """The lowest score was that of an example, which is never grouped, whatever the threshold."""
    inbox = tmp_path / "in"
    call("set", space, "threshold", "-0.9")
    call("label", space, inbox)
    call("correct", space, inbox / "a.txt", "--to", "cv")
    (inbox / "blank.txt").write_text(" ")
    (inbox / "b.txt").unlink()
    done = call("discover", space, inbox, "--skip-bad")
    assert "declines none" not in done.stderr


METRICS = pytest.mark.parametrize("metric", ["cosine", "euclidean"])


@METRICS
def test_the_threshold_that_is_named_without_examples_may_be_set(metric, tmp_path):
    """It was 0.4 also where scores are 0 at most, and `set` refused it."""
    space = tmp_path / "m.space"
    call("init", space, "--encoder", "hashing", "--metric", metric)
    call("describe", space, "bill", "pay the amount due")
    words = " ".join(call("discover", space).stderr.split())
    command = re.search(r"such as `protolabel (set [^`]*)`", words)
    call(*shlex.split(command[1]))
    assert "can be declined" not in call("discover", space).stderr


@METRICS
@pytest.mark.parametrize("changes", range(4))
def test_no_threshold_is_advised_that_may_not_be_set(metric, changes, tmp_path):
    """Where the lowest score was the highest that there is, it was 1.01, or 0.01."""
    space, bill = tmp_path / "m.space", "Invoice: please pay the amount of the bill for the chairs"
    call("init", space, "--encoder", "hashing", "--metric", metric)
    call("set", space, "names_mean", "off")
    call("set", space, "remember", "text")
    call("add", space, "bill", "--text", bill)
    call("add", space, "cv", "--text", "skills and work")
    call("set", space, "threshold", "0.5" if metric == "cosine" else "-1")
    text = bill + "!" if changes == 0 else bill + " no" * changes
    call("label", space, "--text", text)
    words = " ".join(call("discover", space).stderr.split())
    assert "declines none of the documents that can be grouped" in words
    command = re.search(r"`protolabel (set [^`]*)` declines that one", words)
    assert (command is None) == (changes == 0) == ("and no threshold may be higher" in words)
    if command:
        call(*shlex.split(command[1]))
        assert "from 1 document of no class" in call("discover", space).stdout


@METRICS
def test_the_advised_threshold_is_above_the_lowest_score_and_may_be_set(metric):
    highest = 1.0 if metric == "cosine" else 0.0
    for lowest in [highest - n / 1000 for n in range(0, 1500, 7)] + [
        highest - 1e-4,
        highest + 1e-7,
    ]:
        words = low_threshold_sentence(-2.0, lowest, metric)
        advised = re.search(r"threshold (\S+)` declines", words)
        if advised:
            require_range({"threshold": advised[1]}, metric)
            assert float(advised[1]) > lowest
        else:
            assert lowest >= highest
