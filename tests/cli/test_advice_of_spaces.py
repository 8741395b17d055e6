"""The advice of errors about label spaces, classes, examples and settings works to the letter."""

from __future__ import annotations

import json

import pytest
from advice import Cases, Desk
from commands import call, members

from protolabel import Example, LabelSpace
from protolabel.label_space.changes import Add

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


# -- classes and examples -------------------------------------------------------------------------


@CASES.of("list them with `protolabel classes SPACE`", "did you mean {}?")
def unknown_class(d: Desk) -> None:
    assert "invoice" in d.obeyed(d.refused("show", d.space, "qqqqqq", code=3))
    call("show", d.space, "invoice")
    near = d.refused("show", d.space, "invocie", code=3).split("'")[1]
    call("show", d.space, near)


@CASES.of("list them with `protolabel export SPACE`")
def unknown_example(d: Desk) -> None:
    assert '"id": "i1"' in d.obeyed(d.refused("remove", d.space, "nope", code=3))
    call("remove", d.space, "i1")


@CASES.of("protolabel unretire SPACE {}")
def retired_class(d: Desk) -> None:
    call("retire", d.space, "invoice")
    command = ("add", d.space, "invoice", "--text", "one more")
    d.obeyed(d.refused(*command, code=3))
    call(*command)


@CASES.of("add new=True to make it")
def class_above_that_is_not_there(d: Desk) -> None:
    command = ("nest", d.space, "cv", "--under", "people")
    assert "--new" in d.refused(*command, code=3)
    call(*command, "--new")
    with LabelSpace(d.space, background=False) as space:
        d.raised(lambda: space.nest("letter", "nobody"))
        space.nest("letter", "nobody", new=True)


@CASES.of("protolabel nest {} {} --under CLASS")
def no_class_above(d: Desk) -> None:
    advice = d.refused("nest", d.space, "cv")
    d.obeyed(advice.replace("CLASS", "letter"))
    assert "letter" in call("classes", d.space).stdout


@CASES.of("to lift them to the top, use lift()")
def no_class_above_in_python(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        space.nest("cv", "letter")
        d.raised(lambda: space.nest("cv"))
        space.lift("cv")


@CASES.of("lift that class first: protolabel lift SPACE {}")
def class_under_itself(d: Desk) -> None:
    call("nest", d.space, "cv", "--under", "letter")
    command = ("nest", d.space, "letter", "--under", "cv")
    d.obeyed(d.refused(*command, code=3))
    call(*command)


@CASES.of("put it under a class that is nearer to the top")
def class_too_deep(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        space.nest("letter", "level 1", new=True)
        for level in range(1, 7):
            space.nest(f"level {level}", f"level {level + 1}", new=True)
        d.raised(lambda: space.nest("cv", "letter"))
        space.nest("cv", "level 1")


@CASES.of("give one of them another name")
def two_folders_of_one_name(d: Desk) -> None:
    for place in ("past/invoice", "past/money/invoice"):
        (d.folder / place).mkdir(parents=True)
        (d.folder / place / "a.txt").write_text(place)
    command = ("import", d.space, d.folder / "past", "--nested")
    d.refused(*command)
    (d.folder / "past/invoice").rename(d.folder / "past/older")
    call(*command)


@CASES.of("merge instead: protolabel merge SPACE {} {} --into {}")
def name_that_is_taken(d: Desk) -> None:
    d.obeyed(d.refused("rename", d.space, "cv", "invoice", code=3))
    assert "cv" not in call("classes", d.space).stdout


@CASES.of("to change the name alone, rename it")
def merge_of_one(d: Desk) -> None:
    d.refused("merge", d.space, "cv", "--into", "cv")
    call("rename", d.space, "cv", "application")


@CASES.of("to give examples to an existing class, move them")
def split_into_a_class(d: Desk) -> None:
    d.refused("split", d.space, "invoice", "--part", "cv=i1", code=3)
    call("move", d.space, "i1", "--to", "cv")
    assert sorted(members(d.space, "cv")) == ["c1", "i1"]


@CASES.of("write the new class, an equals sign, and the ids of its examples")
def part_without_ids(d: Desk) -> None:
    d.refused("split", d.space, "invoice", "--part", "dunning")
    call("split", d.space, "invoice", "--part", "dunning=i1")


@CASES.of("protolabel describe {} {} 'what it is'")
def class_without_words(d: Desk) -> None:
    d.obeyed(d.refused("describe", d.space, "a new one"))
    assert "a new one" in call("classes", d.space).stdout


@CASES.of("correct the name, or add --new to make a new class")
def name_near_another(d: Desk) -> None:
    d.refused("add", d.space, "invoices", "--text", "one")
    call("add", d.space, "invoice", "--text", "one")
    call("add", d.space, "invoices", "--text", "two", "--new")


@CASES.of("take another name; to leave documents unanswered, no class is needed")
def name_of_the_decline(d: Desk) -> None:
    d.refused("describe", d.space, "None of these", "what nobody knows", code=3)
    call("describe", d.space, "unwanted", "what nobody knows")


@CASES.of(
    "name the class", "remove that character, or, {}",
    "keep the name short and describe it elsewhere, or, {}",
    "if it is the text of a document, swap the two: Example(label, text), add(text, label)",
    "if it is the text of a document, give the class in its place; for a table, say which field is "
    "the label and which the text",
)  # fmt: skip
def names_of_another_form(d: Desk) -> None:
    letter = "TYNE MUTUAL\nEnclosed you find what you asked for. " * 9
    with LabelSpace(d.space, background=False) as space:
        for text in (letter, letter.replace("\n", " ")):
            d.raised(lambda text=text: space.add(Example(text, "cv")))
            d.raised(lambda text=text: space.add("cv", text))
            space.add(Example("cv", text))
            space.undo()
            space.add(text, "cv")
            space.undo()
    table = d.file("rows.jsonl", json.dumps({"text": "cv", "label": letter}))
    d.refused("import", d.space, table)
    call("import", d.space, table, "--label-field", "text", "--text-field", "label")
    d.refused("describe", d.space, "long " * 60, "words")
    call("describe", d.space, "long", "long " * 60)
    d.refused("add", d.space, " ", "--text", "one")
    d.refused("add", d.space, "tax\x07es", "--text", "one")
    call("add", d.space, "taxes", "--text", "one")


@CASES.of(
    "if it is the same document, leave it out with skip_known=True; if not, give it another id, or "
    "none"
)
def id_that_is_taken(d: Desk) -> None:
    row = {"text": "another", "label": "cv", "id": "c1"}
    table = d.file("rows.jsonl", json.dumps(row))
    d.refused("import", d.space, table)
    again = d.file("again.jsonl", json.dumps(row | {"id": "x7"}))
    call("import", d.space, again)
    assert "--skip-known" in d.refused("import", d.space, again)
    call("import", d.space, again, "--skip-known")
    with LabelSpace(d.space, background=False) as space:
        example = Example("cv", "another", "x7")
        d.raised(lambda: space.add(example))
        space.add(example, skip_known=True)


@CASES.of("give it another id, or none")
def id_that_another_document_has(d: Desk) -> None:
    """Also of an export, where each label space has counted its own negative examples."""
    call("add", d.space, "cv", "--not", "--text", "the heater is cold again")
    rows = map(json.loads, call("export", d.space).stdout.splitlines())
    (row,) = [one for one in rows if "not_label" in one]
    other = row | {"text": "a postcard from the sea"}
    table = d.file("rows.jsonl", json.dumps(other))
    assert "skip-known" not in d.refused("import", d.space, table, "--skip-known")
    call("import", d.space, d.file("named.jsonl", json.dumps(other | {"id": "x9"})))
    bare = {"text": "another postcard", "label": "cv"}
    table = d.file("more.jsonl", json.dumps(bare | {"id": row["id"]}))
    assert "skip-known" not in d.refused("import", d.space, table, "--skip-known", "--skip-bad")
    call("import", d.space, d.file("bare.jsonl", json.dumps(bare)))


@CASES.of("name them by their ids")
def source_of_several(d: Desk) -> None:
    for identity in ("x1", "x2"):
        with LabelSpace(d.space, background=False) as space:
            space.add(Example("cv", f"text {identity}", identity, source="in/9.txt"))
    d.refused("remove", d.space, "in/9.txt")
    call("remove", d.space, "x1", "x2")


@CASES.of("protolabel add {} {} --text 'some text'")
def no_examples(d: Desk) -> None:
    d.obeyed(d.refused("add", d.space, "invoice"))
    assert len(members(d.space, "invoice")) == 3


@CASES.of("protolabel add {} CLASS {}", "protolabel {} --text {}")
def class_that_is_left_out(d: Desk) -> None:
    letter = d.file("letter.txt", "my papers")
    d.obeyed(d.refused("add", d.space, letter))
    assert len(members(d.space, "CLASS")) == 1
    d.obeyed(d.refused("add", d.space, "cv", "my other papers"))
    assert len(members(d.space, "cv")) == 2


@CASES.of("protolabel import {} {}")
def folder_of_classes_in_the_place_of_a_class(d: Desk) -> None:
    """Before: "the file", and the advice filed the documents of all classes under one."""
    for label in ("letter", "poem"):
        d.file(f"past/{label}/1.txt", f"my {label} of the year")
    refused = call("add", d.space, d.folder / "past", code=2).stderr
    assert "the folder" in refused
    d.obeyed(d.refused("add", d.space, d.folder / "past"))
    assert len(members(d.space, "letter")) == len(members(d.space, "poem")) == 1
    d.obeyed(d.refused("add", d.space, d.folder / "past/poem"))
    assert len(members(d.space, "CLASS")) == 1


@CASES.of("see the reasons above; nothing was changed")
def no_example_can_be_used(d: Desk) -> None:
    table = d.file("rows.jsonl", '{"text": "", "label": "cv"}\n')
    d.refused("import", d.space, table, "--skip-bad")
    table.write_text('{"text": "my papers", "label": "cv"}\n')
    call("import", d.space, table, "--skip-bad")


@CASES.of("to decline more, take a number nearer to {}; to answer always, none")
def threshold_out_of_range(d: Desk) -> None:
    remedy = d.refused("set", d.space, "threshold", 2)
    assert "nearer to 1;" in remedy
    call("set", d.space, "threshold", 0.99)
    assert "none of these" in call("label", d.space, "--text", "pay").stdout
    call("set", d.space, "threshold", "none")
    assert "none of these" not in call("label", d.space, "--text", "pay").stdout


# -- history --------------------------------------------------------------------------------------


@CASES.of("see `protolabel history SPACE`")
def nothing_to_redo(d: Desk) -> None:
    assert "described" in d.obeyed(d.refused("redo", d.space, code=3))
    assert "described" in d.obeyed(d.refused("classes", d.space, "--at", 99, code=3))
    call("classes", d.space, "--at", 2)
    call("undo", d.space)
    call("redo", d.space)


@CASES.of(
    "look at what has changed, then send it again for that version",
    "send it again with another key",
)
def change_for_a_version(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        version = space.version
        space.add("one more", "cv")
        request = Add([Example("cv", "and one")])
        d.raised(lambda: space.commit(request, only_at=version))
        assert next(space.history()).version == version + 1
        space.commit(request, only_at=version + 1, key="a")
        other = Add([Example("cv", "the last")])
        d.raised(lambda: space.commit(other, key="a"))
        space.commit(other, key="b")
