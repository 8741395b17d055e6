"""`protolabel discover`: lists, previews, accepts, refuses; for people and as JSON."""

from __future__ import annotations

import json
import shlex
from itertools import combinations
from pathlib import Path

import pytest
from commands import call
from mail_space import mail_space
from spelt_numbers import spelt

STRANGE = [f"sunny weather with light wind from the west on day {spelt(n)}" for n in range(7)]


@pytest.fixture
def space(tmp_path: Path) -> Path:
    path = mail_space(tmp_path)
    call("set", path, "threshold", "0.6")
    (tmp_path / "in").mkdir()
    for n, text in enumerate([*STRANGE, "please pay the bill number 9"]):
        (tmp_path / "in" / f"{n}.txt").write_text(text)
    return path


def records(*arguments: object) -> list[dict]:
    return [json.loads(line) for line in call(*arguments, "--json").stdout.splitlines()]


def test_a_walk_from_documents_to_a_class(space, tmp_path):
    inbox = tmp_path / "in"
    listed = call("discover", space, inbox)
    assert "1 proposal from 7 documents of no class" in listed.stdout
    assert "weather" in listed.stdout
    assert f"discover {space} {inbox} --accept P1 --name" in listed.stderr
    accept = ("discover", space, inbox, "--accept", "p1", "--name", "weather report")
    shown_first = call(*accept, "--preview").stdout
    assert "preview of version" in shown_first
    assert "weather report" not in call("classes", space).stdout
    (record,) = records(*accept, "--description", "what the sky does")
    assert (record["proposal"], record["kind"]) == ("P1", "import")
    assert "weather report" in call("classes", space).stdout
    call("undo", space)
    assert "weather report" not in call("classes", space).stdout


def test_advice_lists_the_proposals_of_the_same_documents(space, tmp_path):
    """Of a key that is not there, one that was refused, and documents that are too few."""
    inbox = tmp_path / "in"
    listing = f"protolabel discover {space} {inbox} --encoding utf-8"
    reading = (inbox, "--encoding", "utf-8")
    name = ("--name", "lost", "--new", "--description", "the sky")
    for words in (("--refuse", "P9"), ("--accept", "P9", *name, "--preview")):
        error = call("discover", space, *reading, *words, code=2).stderr
        assert error.strip().endswith(f"to fix it: list them: {listing}")
    few = call("discover", space, *reading, "--least", "20").stderr
    assert "no group has the 20 different documents that a proposal needs" in few
    now = f"{listing} --least 7"  # that group, and no pair that the sentence does not speak of
    assert f"With 7 there is a proposal: {now}" in " ".join(few.split())
    assert "1 proposal from 7 documents" in call(*shlex.split(now)[1:]).stdout
    assert "P1" in call(*shlex.split(listing)[1:]).stdout
    call("discover", space, *reading, "--refuse", "P1")
    refused = call("discover", space, *reading, "--accept", "P1", *name, code=2).stderr
    assert refused.strip().endswith(
        "it was refused; expected the key of one that is listed; to fix it: take back "
        f"what was refused, so that it is listed again: {listing} --reconsider"
    )
    assert "P1" not in call(*shlex.split(listing)[1:]).stdout
    assert "P1" in call(*shlex.split(refused.rpartition(": ")[2])[1:]).stdout
    call("discover", space, *reading, "--accept", "P1", *name)


def test_remembered_documents_are_the_pool(space, tmp_path):
    assert "no remembered document is declined" in call("discover", space).stderr
    call("label", space, tmp_path / "in")
    (discovery,) = records("discover", space)
    (proposal,) = discovery["proposals"]
    assert proposal["size"] == discovery["documents"] == 7
    assert proposal["exemplars"][0]["text"] is None
    assert "7 have too few others like them" in call("discover", space, "--least", "8").stdout


def test_one_document_has_too_few_others_like_it(space, tmp_path):
    (tmp_path / "one.txt").write_text("granite rock of the quarry")
    listed = call("discover", space, tmp_path / "one.txt").stdout
    assert "1 has too few others like it" in " ".join(listed.split())


def test_the_command_that_is_printed_makes_the_proposal_a_class(space, tmp_path):
    rows = [{"wort": text} for text in ["granite rock of the quarry", "granite rock from a hill"]]
    file = tmp_path / "rocks.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    listed = call("discover", space, file, "--least", "2", "--text-field", "wort").stderr
    _, _, command = listed.strip().rpartition("to make one a class: ")
    assert "--least 2 --text-field wort --accept P1" in command
    _, *words = shlex.split(command)
    assert "added 2 examples" in call(*words[:-1], "rock").stdout


def test_the_command_that_is_printed_names_the_files_of_texts_that_are_not_remembered(
    space, tmp_path
):
    """Before, it could not succeed, and the one that its error named stopped at a broken file."""
    call("label", space, tmp_path / "in")
    (tmp_path / "in" / "broken.txt").write_bytes(b"\0\1\2")
    listed = call("discover", space)
    assert "texts not known" in listed.stdout
    _, _, command = " ".join(listed.stderr.split()).rpartition("name the folder of their files: ")
    assert command.startswith(f"protolabel discover {space} FOLDER --skip-bad --accept P1")
    _, *words = shlex.split(command.replace("FOLDER", str(tmp_path / "in")))
    assert "added 7 examples" in call(*words[:-1], "weather", code=6).stdout


def test_a_proposal_is_accepted_as_it_was_listed(space, tmp_path):
    call("set", space, "remember", "text")
    call("label", space, tmp_path / "in")
    (tmp_path / "in" / "one more.txt").write_text("granite rock of the quarry")
    (tmp_path / "in" / "another.txt").write_text("granite rock from a hill")
    call("label", space, tmp_path / "in")
    (listed,) = records("discover", space, "--least", "2")
    key = listed["proposals"][-1]["key"]
    assert listed["proposals"][-1]["size"] == 2
    call("discover", space)  # which lists the larger one alone
    assert "no proposal 'P9'" in call("discover", space, "--refuse", "P9", code=2).stderr
    assert "rock" in call("discover", space, "--accept", key, "--name", "rock").stdout
    again = call("discover", space, "--accept", key, "--name", "rock", code=2).stderr
    assert "it was accepted" in again


def test_a_key_makes_a_class_of_what_was_listed_and_not_of_what_came_since(space, tmp_path):
    """Twenty letters that nobody had seen became examples of the class that a person had read."""
    inbox = tmp_path / "in"
    accept = ("discover", space, inbox, "--accept", "P1", "--name", "weather")
    error = call(*accept, code=2).stderr  # nobody has read anything under this key
    assert error.strip().endswith(f"to fix it: list them: protolabel discover {space} {inbox}")
    assert "1 proposal from 7 documents" in call("discover", space, inbox).stdout
    for n in range(7, 30):
        text = f"sunny weather with light wind from the west on day {spelt(n)}"
        (inbox / f"{n}.txt").write_text(text)
    assert "added 7 examples" in call(*accept, "--preview").stdout
    assert "added 7 examples" in call(*accept).stdout


def test_what_is_refused_stays_away(space, tmp_path):
    inbox = tmp_path / "in"
    call("discover", space, inbox)
    assert "P1 is not proposed again" in call("discover", space, inbox, "--refuse", "P1").stdout
    again = call("discover", space, inbox)
    assert again.stdout.startswith("0 proposals")
    assert "7 documents in groups that were refused" in again.stderr
    assert "1 proposal " in call("discover", space, inbox, "--reconsider").stdout


def test_a_name_near_another_is_asked_about(space, tmp_path):
    call("discover", space, tmp_path / "in")
    accept = ("discover", space, tmp_path / "in", "--accept", "P1", "--name", "Invoice")
    assert "near to others" in call(*accept, code=2).stderr
    assert "version" in call(*accept, "--new").stdout


def test_what_to_label_next(space, tmp_path, monkeypatch):
    assert "nothing is remembered" in call("next", space).stderr
    listed = call("next", space, tmp_path / "in", "--count", "3")
    assert listed.stdout.startswith("3 of 8 documents to label next")
    assert " text" in listed.stdout
    call("label", space, tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    lines = call("next", space, "--count", "2").stdout.splitlines()
    assert lines[2].split("  ")[-1].strip() == "stands for"  # texts are not remembered
    assert lines[2].startswith("key ")
    assert lines[-1].split()[1].startswith("in/")
    (advice,) = records("next", space, "--count", "2")
    keys = [one["key"][:8] for one in advice["documents"]]
    assert [one.split()[0] for one in lines[-2:]] == keys
    assert not call("next", space, tmp_path / "in").stdout.splitlines()[2].startswith("key ")
    assert (len(advice["documents"]), advice["of"]) == (2, 8)


LETTER = (
    "dear {} thank you for the sunny days in our hotel by the lake where the wind was light and "
    "the water warm so that we shall come back next summer with all the children and their friends"
)


def test_a_group_can_be_accepted_as_it_was_listed_without_texts(space, tmp_path):
    """Without texts each letter counts; with them they are near copies, and no group.

    Before: "proposal 'P1' is not among those of these documents", to what the list had advised.
    """
    inbox = tmp_path / "letters"
    inbox.mkdir()
    for n, name in enumerate(("anna", "berta", "carla", "dora", "emma", "frida")):
        (inbox / f"{n}.txt").write_text(LETTER.format(name))
    call("label", space, inbox)
    listed = call("discover", space)
    assert "1 proposal from 6 documents" in listed.stdout
    advised = " ".join(listed.stderr.split()).partition("name the folder of their files: ")[2]
    words = shlex.split(advised.replace("FOLDER", str(inbox)).replace("NAME", "thanks"))[1:]
    assert "--accept" in words
    assert "0 proposals" in call("discover", space, inbox).stdout
    assert "added 6 examples" in call("discover", space, inbox, *words[4:], "--preview").stdout
    call(*words, "--new")
    assert "thanks" in call("classes", space).stdout
    assert "was accepted" in call(*words, code=2).stderr


def test_a_group_whose_documents_are_mostly_elsewhere_is_not_taken_as_listed(space, tmp_path):
    inbox = tmp_path / "in"
    call("discover", space, inbox)
    for n in range(5):
        (inbox / f"{n}.txt").unlink()
    accept = ("discover", space, inbox, "--accept", "P1", "--name", "weather", "--new")
    assert "not among those of these documents" in call(*accept, code=2).stderr


def test_of_what_is_not_refused_a_smaller_least_is_advised_that_proposes_something(tmp_path):
    """It read "-3 more like them make a proposal", and the advised command listed nothing."""
    space, inbox = tmp_path / "n.space", tmp_path / "in"
    inbox.mkdir()
    parcels = ["parcel", "courier", "depot", "address", "doorstep", "tracking", "label", "sender"]
    passwords = ["password", "account", "login", "reset", "browser"]
    letters = [*combinations(parcels, 5)][::7] + [*combinations(passwords, 4)][:3]
    for n, words in enumerate(letters):
        (inbox / f"{n}.txt").write_text(" ".join(words))
    call("init", space, "--encoder", "hashing")
    (proposal,) = records("discover", space, inbox)[0]["proposals"]
    assert proposal["size"] == 8
    call("discover", space, inbox, "--refuse", proposal["key"])
    outcome = call("discover", space, inbox)
    assert outcome.stdout.startswith("0 proposals")
    advice = " ".join(outcome.stderr.split()).partition("With 3 there is a proposal: ")[2]
    advice = advice.partition(" where you know")[0]
    assert call(*shlex.split(advice)[1:]).stdout.startswith("1 proposal ")


def test_of_documents_like_a_refused_group_it_says_so_and_what_helps_the_others(space, tmp_path):
    """They were said to be like no other, and to be made a class by hand."""
    inbox = tmp_path / "in"
    call("discover", space, inbox)
    call("discover", space, inbox, "--refuse", "P1")
    for n in range(3, 7):
        (inbox / f"{n}.txt").unlink()
    words = " ".join(call("discover", space, inbox).stderr.split())
    assert words.endswith("3 of them are like what was refused")
    for n in range(3):
        (inbox / f"p{n}.txt").write_text(f"my password {spelt(n)} is lost and I cannot log in")
    words = " ".join(call("discover", space, inbox).stderr.split())
    assert "3 of them are like what was refused" in words
    advice = words.partition("With 3 there is a proposal: ")[2].partition(" where you know")[0]
    assert call(*shlex.split(advice)[1:]).stdout.startswith("1 proposal ")


def test_a_refusal_that_cannot_outlive_a_forgotten_document_ends_with_a_word(space, tmp_path):
    """Of documents that are not remembered, there is nothing to know the group by."""
    inbox = tmp_path / "in"
    call("discover", space, inbox)
    call("discover", space, inbox, "--refuse", "P1")
    forgotten = call("forget", space, "--source", inbox / "2.txt")
    assert "1 refusal of a proposed class ends" in forgotten.stderr
    call("label", space, inbox)
    call("discover", space, inbox)
    call("discover", space, inbox, "--refuse", "P2")
    forgotten = call("forget", space, "--source", inbox / "3.txt")
    assert "refusal" not in forgotten.stderr
    assert "0 proposals" in call("discover", space, inbox).stdout


def test_a_target_that_cannot_be_promised_is_said_when_it_fills_the_pool(space, tmp_path):
    """What is declined for the target's sake is no new class."""
    call("set", space, "threshold", "auto")
    call("set", space, "target", "errors 0.1%")
    refusal = " ".join(call("discover", space, tmp_path / "in").stderr.split())
    assert "every document is declined" in refusal
    accept = ("discover", space, tmp_path / "in", "--accept", "P1", "--name", "weather")
    note = " ".join(call(*accept, "--description", "the weather").stderr.split())
    assert "every document is declined" in note


@pytest.mark.parametrize(
    "words", [("--accept", "P2", "--name", "foo", "--preview"), ("--accept", "P7", "--name", "foo"),
              ("--refuse", "P7"), ("--preview",)]
)  # fmt: skip
def test_no_refusal_is_taken_back_by_a_preview_or_by_what_is_refused(space, tmp_path, words):
    """Before, all of a person's refusals were gone, after `nothing was changed`, too."""
    inbox = tmp_path / "in"
    call("discover", space, inbox)
    call("discover", space, inbox, "--refuse", "P1")
    error = call("discover", space, inbox, "--reconsider", *words, code=2).stderr
    assert "taken back" not in error
    assert "7 documents in groups that were refused" in call("discover", space, inbox).stderr


def test_no_refusal_is_taken_back_where_the_documents_cannot_be_read(space, tmp_path):
    inbox = tmp_path / "in"
    call("discover", space, inbox)
    call("discover", space, inbox, "--refuse", "P1")
    (tmp_path / "broken.jsonl").write_text("{")
    for bad in ("nowhere", "broken.jsonl"):
        done = call("discover", space, inbox, tmp_path / bad, "--reconsider", code=2)
        assert "taken back" not in done.stderr
    assert "7 documents in groups that were refused" in call("discover", space, inbox).stderr


def test_it_speaks_of_the_state_that_declined_the_documents(space, tmp_path):
    """Before, it said above a table of declined documents that none could be declined."""
    call("set", space, "threshold", "auto")
    for n, label in enumerate(("invoice", "cv", "order")):
        file = tmp_path / f"{label}.jsonl"
        rows = [{"text": f"{label} {label} {label} letter {spelt(20 * n + i)}"} for i in range(8)]
        file.write_text("".join(json.dumps(row | {"label": label}) + "\n" for row in rows))
        call("import", space, file)
    done = call("discover", space, tmp_path / "in")
    assert "1 proposal from 7 documents of no class" in done.stdout
    assert "calibrated" not in done.stderr
    assert "could be declined" not in done.stderr


def test_where_none_can_be_declined_it_says_so_once(tmp_path):
    small = tmp_path / "small.space"
    call("init", small, "--encoder", "hashing")
    for label in ("invoice", "cv"):
        call("add", small, label, "--text", f"a letter about an {label}")
    (tmp_path / "one.txt").write_text("granite rock of the quarry")
    words = " ".join(call("discover", small, tmp_path / "one.txt").stderr.split())
    assert "calibrate" not in words
    assert words.count("be declined") == 1
