"""Commands in sentences that are no errors name the label space, in JSON as for people."""

from __future__ import annotations

import shlex

import click
import pytest
from commands import call, records
from common_words import make_common

from protolabel.cli.context import PATH
from protolabel.cli.terminal import about_space
from protolabel.words.sentences_in_records import reworded

ADVICE = "fewer strangers in the stream (protolabel set "


@pytest.fixture
def space(tmp_path):
    """A label space with a target that only fewer strangers, or more classes, would keep."""
    path = make_common(tmp_path / "my mail.space")
    call("set", path, "target", "errors 10%")
    return path


@pytest.mark.parametrize("command", ["set", "info", "label", "label many", "evaluate --space"])
def test_each_place_that_prints_the_sentence_names_the_label_space(space, tmp_path, command):
    texts = tmp_path / "texts.txt"
    texts.write_text("pay the bill\ndear friend\n")
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text('{"text": "soup and some bread", "label": "soup"}\n')
    arguments = {
        "set": ("set", space, "target", "errors 10%"),
        "info": ("info", space),
        "label": ("label", space, "--text", "pay the bill"),
        "label many": ("label", space, texts),
        "evaluate --space": ("evaluate", "--space", space, labelled),
    }
    done = call(*arguments[command])
    words = " ".join(f"{done.stdout} {done.stderr}".split())
    advised = words.split(ADVICE)[1:]
    assert advised
    for one in advised:
        assert one.startswith(f"{shlex.quote(str(space))} strangers SHARE)")


@pytest.mark.parametrize(
    "command",
    ["label", "stream", "label --out", "label --out .csv", "info", "evaluate", "set --preview",
     "label --sort-into", "review"],
)  # fmt: skip
def test_json_names_the_label_space_as_well(space, tmp_path, command):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "bill.txt").write_text("pay the bill\n")
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text('{"text": "soup and some bread", "label": "soup"}\n')
    out = tmp_path / ("answers.csv" if command.endswith(".csv") else "answers.jsonl")
    if command in ("set --preview", "review"):  # a document that had an answer has none now
        call("set", space, "target", "none")
        call("label", space, texts, "--json")
        call(*(("set", space, "target", "errors 10%") if command == "review" else ("info", space)))
    arguments = {
        "label": ("label", space, texts, "--json"),
        "stream": ("stream", space, labelled, "--out", out, "--json"),
        "label --out": ("label", space, texts, "--out", out, "--json"),
        "label --out .csv": ("label", space, texts, "--out", out, "--json"),
        "info": ("info", space, "--json"),
        "evaluate": ("evaluate", "--space", space, labelled, "--json"),
        "set --preview": ("set", space, "target", "errors 10%", "--preview", "--json"),
        "label --sort-into": (
            "label", space, texts, "--sort-into", tmp_path / "sorted", "--json"),
        "review": ("review", space, "--declined", "--json"),
    }  # fmt: skip
    written = call(*arguments[command]).stdout + (out.read_text() if out.exists() else "")
    advised = written.split(ADVICE)[1:]
    assert advised
    for one in advised:
        assert one.startswith(f"{shlex.quote(str(space))} strangers SHARE)")


def test_what_people_wrote_stays_in_json(tmp_path):
    space, text = tmp_path / "mail.space", "run `protolabel undo SPACE`"
    call("init", space, "--encoder", "hashing")
    call("describe", space, "notes", text)
    call("describe", space, "reason", text, "--json")
    assert [one["description"] for one in records("classes", space, "--json")] == [text, text]
    assert sum(one.get("description") == text for one in records("export", space)) == 2


def test_sentences_alone_are_reworded():
    record = {
        "text": "a", "reason": "a", "notes": ["a"], "detail": {"reason": "a"},
        "moved": [{"id": "a", "after": {"reason": "a", "label": "a"}}], "faults": (),
        "calibration": {"reason": None}, "by_class": {"reason": 3},
    }  # fmt: skip
    assert reworded(record, str.upper) == {
        "text": "a", "reason": "A", "notes": ["A"], "detail": {"reason": "a"},
        "moved": [{"id": "a", "after": {"reason": "A", "label": "a"}}], "faults": [],
        "calibration": {"reason": None}, "by_class": {"reason": 3},
    }  # fmt: skip


def test_the_named_command_helps(space):
    words = " ".join(call("info", space).stdout.split())
    command = f"protolabel set {words.split(ADVICE)[1].partition(' SHARE)')[0]}"
    call(*shlex.split(command)[1:], "0%")
    assert not records("info", space, "--json")[0]["refusal"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`protolabel classes SPACE`", "`protolabel classes 'a b'`"),
        ("protolabel evaluate --space SPACE DATA", "protolabel evaluate --space 'a b' DATA"),
        ("protolabel restore BACKUP SPACE --replace", "protolabel restore BACKUP 'a b' --replace"),
        ("protolabel undo SPACE; or SPACE.", "protolabel undo 'a b'; or SPACE."),
        ("protolabel unretire SPACE SPACE", "protolabel unretire 'a b' SPACE"),
        ("protolabel check SPACE/mail.space", "protolabel check SPACE/mail.space"),
        ("protolabel check SPACE.space", "protolabel check SPACE.space"),
        ("class 'SPACE' is new", "class 'SPACE' is new"),
    ],
)
def test_the_word_is_replaced_in_a_command_alone(text, expected):
    with click.Context(click.Command("x")) as context:
        assert about_space(text) == text
        context.meta[PATH] = "a b"
        assert about_space(text) == expected
