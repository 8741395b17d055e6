"""The advice of errors about several labels a document works when done to the letter."""

from __future__ import annotations

import pytest
from advice import Cases, Desk, examples
from commands import call, records
from fakes import WordEncoder

from protolabel import LabelSpace
from protolabel.errors import InputError

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of('for several labels a text: configure(labels="several")')
def two_labels_in_python(d: Desk) -> None:
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        d.raised(lambda: space.add("pay", ["bill", "urgent"]))
        space.configure(labels="several")
        space.add("pay", ["bill", "urgent"])


@CASES.of("`protolabel set SPACE labels several` allows several")
def two_labels_at_the_command_line(d: Desk) -> None:
    command = ("add", d.space, "invoice", "--also", "cv", "--text", "pay for the cv")
    d.obeyed(d.refused(*command))
    call(*command)
    assert records("show", d.space, "cv", "--json")[0]["examples"] == 2


@CASES.of("`protolabel set SPACE labels several` allows several")
def two_classes_of_a_correction(d: Desk) -> None:
    """Before, a person heard of `example 0 with tuple labels`."""
    letter = d.file("letter.txt", "pay for the cv that is here")
    command = ("correct", d.space, letter, "--to", "invoice", "--to", "cv")
    error = call(*command, code=2).stderr
    assert (
        "letter.txt with 2 classes: 'invoice', 'cv'; expected one label for each document" in error
    )
    d.obeyed(d.refused(*command))
    call(*command)
    assert records("show", d.space, "cv", "--json")[0]["examples"] == 2


@CASES.of("`protolabel set SPACE labels several` allows several, or leave it out")
def separator_at_the_command_line(d: Desk) -> None:
    table = d.file("rows.csv", "text,label\npay now,invoice;urgent\n")
    command = ("import", d.space, table, "--label-separator", ";")
    d.obeyed(d.refused(*command))
    call(*command)
    assert records("show", d.space, "urgent", "--json")[0]["examples"] == 1


@CASES.of(
    "add --label-separator {} to give each document all of them, or --new to make a new class",
    "name each class by itself, or add --new to make a new class",
)
def a_name_that_lists_classes(d: Desk) -> None:
    call("set", d.space, "labels", "several")
    table = d.file("rows.csv", 'text,label\n"pay, now",invoice| cv\n')
    remedy = d.refused("import", d.space, table)
    assert "--label-separator '|' to" in remedy
    assert "invoice| cv" not in call("classes", d.space).stdout
    call("import", d.space, table, "--label-separator", "|")
    assert records("show", d.space, "cv", "--json")[0]["examples"] == 2
    d.refused("add", d.space, "invoice/cv", "--text", "both of them")
    words = call("add", d.space, "invoice/cv", "--text", "both of them", "--new").stderr
    assert "class 'invoice/cv' is new, and its name lists the classes" in words
    call("add", d.space, "invoice/rest", "--text", "no list")  # one of the parts is no class
    call("set", d.space, "labels", "one")
    call("add", d.space, "invoice+cv", "--text", "a name like any other")


@CASES.of(
    "write the classes without brackets and quotes, with a mark between them, and add "
    "--label-separator with that mark, or --new to make a new class"
)
def a_name_that_lists_classes_in_brackets(d: Desk) -> None:
    call("set", d.space, "labels", "several")
    table = d.file("rows.csv", 'text,label\n"pay, now","{invoice,cv}"\n')
    d.refused("import", d.space, table)
    call("import", d.copy("new.space"), table, "--new")
    d.file("rows.csv", 'text,label\n"pay, now","invoice,cv"\n')
    call("import", d.space, table, "--label-separator", ",")
    assert records("show", d.space, "cv", "--json")[0]["examples"] == 2


@CASES.of("give several_labels=True, or leave label_separator= out")
def separator_in_python(d: Desk) -> None:
    table = d.file("rows.csv", "text,label\npay now,invoice;urgent\n")
    d.raised(lambda: examples(table, label_separator=";"))
    both = examples(table, label_separator=";", several_labels=True)
    assert [e.label for e in both] == ["invoice", "urgent"]
    assert [e.label for e in examples(table)] == ["invoice;urgent"]


@CASES.of(
    "set threshold to such a chance, or to auto",
    "take a number from 0 to 1; a lower one gives more labels",
)
def target_and_threshold(d: Desk) -> None:
    call("set", d.space, "labels", "several")
    d.refused("set", d.space, "target", "errors 5%")
    d.refused("set", d.space, "threshold", "-0.5")
    call("set", d.space, "threshold", "0.4")
    call("set", d.space, "threshold", "auto")


@CASES.of("give each document the labels of both classes")
def levels_of_several_labels(d: Desk) -> None:
    call("set", d.space, "labels", "several")
    d.refused("nest", d.space, "cv", "--under", "letter")
    call("add", d.space, "cv", "--also", "letter", "--text", "my work in a letter")


@CASES.of("lift them first: protolabel lift SPACE {}")
def several_labels_of_levels(d: Desk) -> None:
    call("nest", d.space, "cv", "invoice", "--under", "letter")
    remedy = d.refused("set", d.space, "labels", "several")
    d.obeyed(remedy.replace("SPACE", str(d.space)))
    call("set", d.space, "labels", "several")


def test_what_needs_one_label_says_what_to_do_instead(desk: Desk) -> None:
    call("set", desk.space, "labels", "several")
    for command, advice in (
        (("risk", desk.space), "protolabel evaluate"),
        (("conflicts", desk.space), "protolabel evaluate"),
        (("next", desk.space), "near one half"),
        (("review", desk.space), "label the documents again"),
        (("label", desk.space, "--text", "pay", "--set", "0.9"), "ask for no set"),
    ):
        error = call(*command, code=2).stderr
        assert "several labels a document" in error
        assert advice in error


def test_a_row_without_a_label_is_refused(tmp_path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "pay", "label": []}\n')
    with pytest.raises(InputError, match="no label"):
        examples(path, several_labels=True)
