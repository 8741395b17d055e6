"""Review and forget: documents that prefer another class now, and what is no longer remembered."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from answered import answered_space
from commands import call, records
from pseudo_terminals import in_terminal
from stored import connection_of

from protolabel import LabelSpace
from protolabel.store.noted_decisions import ABOUT_ANSWERS, MOST_NOTE_BYTES, NotedDecisions


@pytest.fixture
def space(tmp_path):
    return answered_space(tmp_path)


@pytest.fixture
def changed(space):
    """A label space with one suggestion: the reminder was labelled an invoice."""
    call("add", space, "reminder", "--text", "reminder: amount overdue")
    return space


def keys(space) -> list[str]:
    return [record["key"] for record in records("review", space, "--json")]


def test_a_new_class_lists_the_documents_that_prefer_it(changed):
    (one,) = records("review", changed, "--json")
    assert one["id"] == "1.txt"
    assert (one["label"], one["answer"]["label"]) == ("invoice", "reminder")
    assert one["answer"]["evidence"]["examples"][0]["id"] == "e5"
    printed = call("review", changed)
    assert "1 document of 3 would get another class now" in printed.stdout
    assert "--accept-all" in printed.stderr
    assert keys(changed) == [one["key"]]


def test_documents_that_would_be_declined_now_are_counted_and_listed(space):
    before = {r["id"]: r["label"] for r in records("review", space, "--all", "--json")}
    call("set", space, "threshold", "0.9999")
    printed = call("review", space)
    assert "0 documents of 3 would get another class now" in printed.stdout
    assert "3 other documents would be declined now; to list them: " in printed.stderr
    assert "3 other documents would be" in call("review", space, "--json").stderr
    command = printed.stderr.partition("to list them: ")[2].splitlines()[0]
    words = command.removeprefix("protolabel ").split()
    assert "3 documents of 3 would be declined now" in call(*words).stdout
    listed = records(*words, "--json")
    assert {r["id"]: r["label"] for r in listed} == before
    assert {r["answer"]["label"] for r in listed} == {None}
    assert "1 other document would" in call("review", space, "--from", "cv").stderr
    assert len(records("review", space, "--declined", "--from", "cv", "--json")) == 1
    assert "declined" not in call("review", space, "--to", "cv").stderr
    for option in (("--to", "cv"), ("--all",), ("--accept-all",), ("--reconsider",)):
        assert "expected --declined alone" in call(*words, *option, code=2).stderr
    call("label", space, space.parent / "inbox")
    assert "declined" not in call("review", space).stderr


def test_what_a_person_decided_would_not_be_declined(space):
    call("correct", space, space.parent / "inbox" / "0.txt", "--to", "invoice")
    call("set", space, "threshold", "0.9999")
    listed = records("review", space, "--declined", "--json")
    assert "0.txt" not in {r["id"] for r in listed}
    assert f"{len(listed)} other" in call("review", space).stderr


def test_what_is_accepted_is_listed_no_more_and_its_old_label_is_never_proposed(changed):
    (key,) = keys(changed)
    (decided,) = records("review", changed, "--accept", key[:8], "--json")
    assert (decided["decision"], decided["answer"]["label"]) == ("accepted", "reminder")
    call("undo", changed)  # the class is gone again, so that the space prefers the old label
    proposals = {r["answer"]["label"] for r in records("review", changed, "--json")}
    assert proposals <= {"cv"}
    (one,) = [r for r in records("review", changed, "--all", "--json") if r["key"] == key]
    assert (one["label"], one["by"]) == ("reminder", "person")
    call("label", changed, changed.parent / "inbox")  # answers do not overrule a person
    (one,) = [r for r in records("review", changed, "--all", "--json") if r["key"] == key]
    assert (one["label"], one["by"]) == ("reminder", "person")


def test_the_list_can_be_narrowed_to_a_class_that_has_ended(changed):
    call("label", changed, changed.parent / "inbox")
    call("undo", changed)
    listed = call("review", changed, "--list")
    assert "reminder" in listed.stdout
    narrow = call("review", changed, "--list", "--from", "reminder", "--to", "invoice")
    assert "reminder" in narrow.stdout
    _, *words = narrow.stderr.partition("to accept one: ")[2].partition(" --accept KEY")[0].split()
    assert words[-4:] == ["--to", "invoice", "--from", "reminder"]
    assert "accepted" in call(*words, "--accept-all").stdout
    refusal = call("review", changed, "--from", "nobody", code=2).stderr
    assert "or one that remembered documents have" in refusal


def test_what_is_remembered_goes_along_with_a_merged_class_not_with_its_former_name(space):
    def labels(*options: str) -> dict[str, tuple[str | None, str]]:
        listed = records("review", space, "--all", *options, "--json")
        return {r["id"]: (r["label"], r["by"]) for r in listed}

    call("correct", space, space.parent / "inbox" / "2.txt", "--to", "invoice")
    call("rename", space, "invoice", "bill")
    call("add", space, "invoice", "--text", "second reminder: an offer", "--new")
    before = labels()
    assert before["2.txt"] == ("bill", "person")
    call("merge", space, "bill", "cv", "--into", "cv")
    after = {name: ("cv", by) for name, (_, by) in before.items()}
    assert labels() == after
    for options in (("--list", "--from", "invoice"), ("--declined", "--from", "invoice")):
        assert records("review", space, *options, "--json") == []
    assert {r["label"] for r in records("review", space, "--list", "--json")} <= {"cv"}
    call("undo", space)
    assert labels() == before


def test_what_is_dismissed_never_comes_back_by_itself(changed):
    (key,) = keys(changed)
    printed = call("review", changed, "--dismiss", "1.txt")
    assert "stays invoice" in printed.stdout
    call("add", changed, "reminder", "--text", "amount overdue: second reminder")
    call("undo", changed)
    call("redo", changed)
    assert keys(changed) == []
    assert records("review", changed, "--reconsider", "--json")[0] == {"reconsidered": 1}
    assert keys(changed) == [key]


def hinted(printed: str, words: str) -> list[str]:
    """Return the arguments of the command that follows these words in a hint."""
    command = printed.partition(words)[2].splitlines()[0].partition(" KEY")[0]
    return shlex.split(command)[1:]


def test_the_command_advised_after_reconsider_takes_no_decision_back(space):
    call("add", space, "reminder", "--text", "reminder: amount overdue")
    call("add", space, "work", "--text", "my work so far")
    first, second = keys(space)
    command = hinted(call("review", space, "--reconsider").stderr, "to accept one: ")
    for key in (first, second):
        call(*command, key)
    assert keys(space) == []
    decided = {r["key"]: r["by"] for r in records("review", space, "--all", "--json")}
    assert [decided[key] for key in (first, second)] == ["person", "person"]


@pytest.mark.parametrize("options", [("--reconsider",), ("--as-examples",), ("--list",)])
def test_the_command_advised_for_declined_documents_lists_them_and_undoes_nothing(space, options):
    call("set", space, "threshold", "0.9999")
    command = hinted(call("review", space, *options).stderr, "to list them: ")
    call("correct", space, space.parent / "inbox" / "0.txt", "--to", "invoice")
    assert "would be declined now" in call(*command).stdout
    assert command == ["review", str(space), "--declined"]
    (one,) = [r for r in records("review", space, "--all", "--json") if r["id"] == "0.txt"]
    assert (one["label"], one["by"]) == ("invoice", "person")


def test_accepted_documents_become_examples_only_if_asked_for(changed):
    before = records("info", changed, "--json")[0]
    error = call("review", changed, "--accept-all", "--as-examples", code=2).stderr
    assert "its text is not remembered" in error
    call("set", changed, "remember", "text")
    call("label", changed, changed.parent / "inbox")
    call("review", changed, "--reconsider")
    assert keys(changed) == []  # labelled again: the answer is the new one already
    assert records("info", changed, "--json")[0]["examples"] == before["examples"]


def test_accepted_texts_are_added_as_one_change(space):
    call("set", space, "remember", "text")
    call("label", space, space.parent / "inbox")
    call("add", space, "reminder", "--text", "reminder: amount overdue")
    printed = call("review", space, "--accept-all", "--as-examples").stdout
    assert "added 1 example to 'reminder'" in printed
    printed = call("show", space, "reminder").stdout
    assert "second reminder: amount" in printed


def test_an_example_that_was_removed_is_not_proposed_again(space):
    inbox = space.parent / "inbox"
    call("add", space, "reminder", inbox / "1.txt")
    (key,) = keys(space)
    call("add", space, "reminder", "--text", "reminder: amount overdue")
    assert keys(space) == [key]
    call("remove", space, "e5")
    assert keys(space) == []


def test_forget_names_what_it_does_not_know(space):
    assert (
        "no remembered document named 'x'" in call("forget", space, "--source", "x", code=2).stderr
    )
    assert "nothing to forget" in call("forget", space, code=2).stderr


def test_a_person_is_asked_before_all_is_forgotten(space):
    """Before, the error about nothing to forget named --all, which erased all without a word."""
    assert "erased for good" in in_terminal("forget", space, "--all", typed="n\n")
    assert len(records("review", space, "--all", "--json")) == 3
    assert "3 documents forgotten" in in_terminal("forget", space, "--all", "--yes")


def test_a_folder_is_forgotten_with_all_that_lies_in_it_and_stays_forgotten(space):
    inbox = space.parent / "inbox"
    assert records("forget", space, "--source", inbox, "--json") == [{"forgotten": 3}]
    call("label", space, inbox)
    assert records("review", space, "--all", "--json") == []
    call("label", space, "--text", "another document")
    assert len(records("review", space, "--all", "--json")) == 1
    lifted = "documents that were forgotten by --source before are remembered if labelled again"
    assert lifted in call("forget", space, "--all").stderr
    call("label", space, inbox)
    assert len(records("review", space, "--all", "--json")) == 3
    assert lifted not in call("forget", space, "--all").stderr


def test_nothing_is_remembered_where_that_is_switched_off(space):
    call("forget", space, "--all")
    call("set", space, "remember", "off")
    call("label", space, space.parent / "inbox")
    assert records("review", space, "--all", "--json") == []
    call("undo", space)  # undo takes back the example before, and not the switch
    call("return", space, "2")
    assert records("info", space, "--json")[0]["settings"]["remember"] == "off"


def test_the_oldest_documents_leave_first(space):
    call("set", space, "remember_most", "2")
    call("label", space, "--text", "a fourth document")
    ids = [record["id"] for record in records("review", space, "--all", "--json")]
    assert len(ids) == 2
    assert ids[-1] == "text:1"


@pytest.mark.parametrize("options", [
    ["--accept-all"], ["--reconsider"], ["--from", "invoice"], ["--to", "invoice"], ["--declined"],
    ["--dismiss", "1"], ["--as-examples"],
])  # fmt: skip
def test_the_list_of_all_refuses_what_would_have_no_effect_on_it(tmp_path, options):
    """It listed all documents, decided nothing, and ended with 0."""
    space = tmp_path / "mail.space"
    call("init", space, "--encoder", "hashing")
    outcome = call("review", space, "--all", *options, code=2)
    assert "--all" in outcome.stderr or "--declined" in outcome.stderr
    assert "to fix it: leave" in outcome.stderr


@pytest.mark.parametrize("option", [(), ("--preview",), ("--json",)])
def test_an_undo_that_cannot_take_a_decision_back_names_the_commands_to_type(space, option):
    call("correct", space, space.parent / "inbox" / "0.txt", "--to", "cv")
    with (
        LabelSpace(space, background=False) as open_space,
        connection_of(open_space).transaction("IMMEDIATE") as db,
    ):
        NotedDecisions(ABOUT_ANSWERS).note(
            db, 10_000, f"[{' ' * MOST_NOTE_BYTES}]"
        )  # as many would
    hint = " ".join(call("undo", space, *option).stderr.split())
    assert "made with 1 change stay as they are" in hint
    listing, taking_back = hint.split("`")[1::2]
    decided = call(*shlex.split(listing)[1:]).stdout
    assert "person" in decided
    assert "1 document reconsidered" in call(*shlex.split(taking_back)[1:]).stdout
    assert "person" not in call(*shlex.split(listing)[1:]).stdout


@pytest.fixture
def equal_files(tmp_path, monkeypatch):
    """Two equal files of a class that would be another one now."""
    monkeypatch.chdir(tmp_path)
    for name in ("in/p.txt", "in/sub/p.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("the second reminder of the amount")
    call("init", "e.space", "--encoder", "hashing")
    call("add", "e.space", "invoice", "--text", "the amount of the bill")
    call("label", "e.space", "in")
    call("add", "e.space", "reminder", "--text", "the second reminder")


def by_source(space):
    rows = records("review", space, "--all", "--json")
    return {row["source"]: (row["label"], row["by"]) for row in rows}


@pytest.mark.parametrize(
    ("options", "label"),
    [
        (("--accept", "in/p.txt"), "reminder"),
        (("--dismiss", "in/sub/p.txt"), "invoice"),
        (("--accept-all",), "reminder"),
        (("--accept-all", "--dismiss", "in/p.txt"), "invoice"),
    ],
)
def test_equal_files_are_decided_on_together(equal_files, options, label):
    call("review", "e.space", *options)
    assert by_source("e.space") == dict.fromkeys(("in/p.txt", "in/sub/p.txt"), (label, "person"))


def test_equal_files_are_not_decided_on_in_two_ways(equal_files):
    before = by_source("e.space")
    options = ("--accept", "in/p.txt", "--dismiss", "in/sub/p.txt")
    done = call("review", "e.space", *options, code=2)
    assert "in/p.txt accepted and dismissed" in done.stderr
    assert by_source("e.space") == before
