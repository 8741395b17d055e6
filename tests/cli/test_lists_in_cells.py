"""Several labels in one cell, as protolabel and other programs write them, through every door."""

from __future__ import annotations

import csv
import json
import shlex

import pandas as pd
import pytest
from commands import call, class_sizes
from fakes import WordEncoder
from several_letters import make_letters

from protolabel import LabelSpace, read_dataset, read_examples
from protolabel.columns.label_lists import list_of_cell, listed_in
from protolabel.errors import InputError
from protolabel.readers.truth import read_named_labels

LISTS = {
    "JSON": '["cv", "invoice"]',
    "Python": "['cv', 'invoice']",
    "NumPy": "['cv' 'invoice']",
    "a tuple": "('cv', 'invoice')",
    "a set": "{'cv', 'invoice'}",
    "Label Studio": '{"choices": ["cv", "invoice"]}',
}
MARKS = ("#", ";", "; ", "|", "||", ",", "/", "+", "&", "~", "^", ":", "->", "\uff1b", "\u3001")


def table(path, cell, *, of="text"):
    rows = [(of, "label"), ("pay now", "invoice"), ("apply here", "cv"), ("both of them", cell)]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize("name", LISTS)
def test_a_list_in_a_cell_is_the_list_that_it_is(name, several, tmp_path):
    call("import", several, table(tmp_path / "a.csv", LISTS[name]))
    assert class_sizes(several) == {"invoice": 2, "cv": 2}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_in_a_cell_is_refused_where_a_document_has_one_label(name, tmp_path):
    space = tmp_path / "one.space"
    call("init", space, "--encoder", "hashing")
    path = table(tmp_path / "a.csv", LISTS[name])
    error = call("import", space, path, code=2).stderr
    assert f"{path}:4: 'label' is a list" in error
    assert "expected one label" in error
    assert not class_sizes(space)


def test_an_object_of_label_studio_in_json_and_one_of_something_else(several, tmp_path):
    path = tmp_path / "a.jsonl"
    rows = [{"text": "both of them", "kind": {"choices": ["cv", "invoice"]}}]
    path.write_text("\n".join(map(json.dumps, rows)))
    call("import", several, path, "--label-field", "kind")
    assert class_sizes(several) == {"cv": 1, "invoice": 1}
    other = table(tmp_path / "a.csv", '{"rating": 3}')
    assert "'label' is an object" in call("import", several, other, code=2).stderr


def test_the_labels_of_a_set_stand_in_the_order_in_which_it_is_written():
    names = [f"class {n}" for n in (5, 3, 1, 4, 2, 0)]
    assert list_of_cell("{" + ", ".join(map(repr, names)) + "}") == names


@pytest.mark.parametrize(
    ("name", "separator"), [("x#y/z", "/"), ("x&y/z", "/"), ("x&y;z", ";"), ("x#y~z", "#")]
)
def test_of_marks_that_all_part_classes_the_usual_one_counts(name, separator):
    """Of two unusual ones, the first does."""
    parts = name.split(separator)
    other = next(mark for mark in "#&~" if mark in name and mark != separator)
    classes = {*parts, *name.split(other)}
    assert listed_in(name, classes.__contains__) == (separator, parts)


@pytest.mark.parametrize("mark", MARKS)
def test_any_mark_between_classes_is_asked_about(mark, several, tmp_path):
    path = table(tmp_path / "a.csv", f"cv{mark}invoice")
    error = call("import", several, path, code=2).stderr
    assert "new classes with names that list others" in error
    assert f"--label-separator {shlex.quote(mark.strip())} to give" in error
    assert not class_sizes(several)
    call("import", several, path, "--label-separator", mark.strip())
    assert class_sizes(several) == {"invoice": 2, "cv": 2}


@pytest.mark.parametrize("name", ["[Spam]", "credit-note", "invoice_cv", "R&D", "1. cv"])
def test_a_name_that_lists_no_classes_is_a_name(name, several, tmp_path):
    call("import", several, table(tmp_path / "a.csv", name))
    assert class_sizes(several) == {"invoice": 1, "cv": 1, name: 1}


def test_classes_that_a_row_is_not_of_are_a_list_too(tmp_path):
    path = tmp_path / "not.csv"
    path.write_text('text,label,not_label\nthe weather,,"[""cv"", ""invoice""]"\n')
    examples = read_examples(path, negatives=True)
    assert [(e.label, e.negative) for e in examples] == [("cv", True), ("invoice", True)]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_in_a_table_of_pandas(name):
    frame = pd.DataFrame({"text": ["pay", "both"], "label": ["invoice", LISTS[name]]})
    with LabelSpace.create(encoder=WordEncoder(), background=False, labels="several") as space:
        space.add(frame)
        assert {one.name: one.examples for one in space.classes()} == {"invoice": 2, "cv": 1}
    with (
        LabelSpace.create(encoder=WordEncoder(), background=False) as space,
        pytest.raises(InputError, match="list labels"),
    ):
        space.add(frame)
    with pytest.raises(InputError, match="2 labels"):
        list(read_dataset(frame))


@pytest.fixture(scope="module")
def letters(tmp_path_factory):
    """A label space of several labels, six files, and what it answers them."""
    folder = tmp_path_factory.mktemp("letters")
    make_letters(folder / "a.space")
    (folder / "in").mkdir()
    texts = {
        "1": "please pay the attached bill, this cannot wait, call me now",
        "2": "my cv and references, many regards",
        "3": "an interview for the position, answer today at once",
        "4": "please pay the attached bill, the last reminder, quickly",
        "5": "call me now, quickly",
        "6": "your invoice for the roof",
    }
    for number, text in texts.items():
        (folder / "in" / f"{number}.txt").write_text(text)
    output = call("label", folder / "a.space", folder / "in", "--json").stdout
    answers = [json.loads(line) for line in output.splitlines()]
    labels = {a["id"]: [one["label"] for one in a["labels"]] for a in answers}
    assert any(len(names) > 1 for names in labels.values())
    return folder, labels


def truth_of_lists(path, labels):
    rows = [{"file": name, "label": names[::-1]} for name, names in labels.items()]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def truth_of_cells(path, labels, mark):
    with path.open("w", newline="") as file:
        rows = [(name, mark.join(reversed(names))) for name, names in labels.items()]
        csv.writer(file).writerows([("file", "label"), *rows])
    return path


def shares(*args):
    record = json.loads(call("evaluate", *args, "--json").stdout)
    return {name: share["share"] for name, share in record["shares"].items()}


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "xlsx", "parquet"])
@pytest.mark.parametrize("with_space", [False, True])
def test_own_answers_of_several_labels_are_read_as_they_were_given(
    suffix, with_space, letters, tmp_path
):
    """The truth is what was answered, in another order: so all of it is right."""
    folder, labels = letters
    out = tmp_path / f"b.{suffix}"
    call("label", folder / "a.space", folder / "in", "--out", out)
    space = ("--space", folder / "a.space") if with_space else ()
    truth = truth_of_lists(tmp_path / "truth.jsonl", labels)
    right = shares("--answers", out, "--truth", truth, *space)
    assert set(right.values()) == {1.0}
    assert "micro F1, over all labels" in right
    cells = truth_of_cells(tmp_path / "truth.csv", labels, " + ")
    args = ("--answers", out, "--truth", cells, *space)
    error = call("evaluate", *args, code=2).stderr
    assert f"{cells}:" in error
    assert "--label-separator +" in error
    assert shares(*args, "--label-separator", "+") == right
    for spelling in (json.dumps, repr, lambda names: json.dumps({"choices": names})):
        spelt = {name: [spelling(names)] for name, names in labels.items()}
        assert shares(*args[:3], truth_of_cells(tmp_path / "t.csv", spelt, ""), *space) == right


def test_own_answers_as_truth_are_split_too(letters, tmp_path):
    folder, labels = letters
    call("label", folder / "a.space", folder / "in", "--out", tmp_path / "b.csv")
    read = {row.id: list(row.labels) for row in read_named_labels(str(tmp_path / "b.csv"))}
    assert read == labels


def test_a_class_with_a_semicolon_in_own_answers_of_one_label_stays_one(tmp_path):
    space = tmp_path / "one.space"
    call("init", space, "--encoder", "hashing")
    for label, text in (("Hinz; Kunz", "pay bill amount due"), ("Kunz", "apply job work")):
        call("add", space, label, *(f"--text={text} {n}" for n in ("one", "two", "three")))
    (tmp_path / "a.txt").write_text("pay bill amount due")
    for suffix in ("csv", "xlsx", "parquet", "jsonl"):
        out = tmp_path / f"b.{suffix}"
        call("label", space, tmp_path / "a.txt", "--out", out)
        (row,) = read_named_labels(str(out))
        assert row.labels == ("Hinz; Kunz",)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "jsonl"])
def test_a_single_class_with_a_semicolon_stays_one_where_the_label_space_is_known(suffix, tmp_path):
    """Such an answer has no margin, as one of several labels has none."""
    space, truth, out = tmp_path / "one.space", tmp_path / "t.csv", tmp_path / f"b.{suffix}"
    call("init", space, "--encoder", "hashing")
    call("add", space, "Hinz; Kunz", *(f"--text=pay bill {n}" for n in ("one", "two", "three")))
    (tmp_path / "a.txt").write_text("pay bill one")
    call("label", space, tmp_path / "a.txt", "--out", out)
    truth.write_text("id,label\na.txt,Hinz; Kunz\n")
    right = shares("--answers", out, "--truth", truth, "--space", space)
    assert right == {"right": 1.0, "answered": 1.0, "right among the answered": 1.0}
    assert shares("--answers", out, "--truth", out, "--space", space) == right


def test_documents_beside_a_truth_whose_cells_list_classes(letters, tmp_path):
    folder, labels = letters
    truth = truth_of_cells(tmp_path / "truth.csv", labels, "#")
    args = ("--space", folder / "a.space", folder / "in", "--truth", truth)
    assert "--label-separator '#'" in call("evaluate", *args, code=2).stderr
    assert set(shares(*args, "--label-separator", "#").values()) == {1.0}


def test_labelled_documents_whose_cells_list_classes(letters, tmp_path):
    folder, labels = letters
    data = tmp_path / "data.csv"
    with data.open("w", newline="") as file:
        rows = [((folder / "in" / name).read_text(), "#".join(n)) for name, n in labels.items()]
        csv.writer(file).writerows([("text", "label"), *rows])
    args = ("--space", folder / "a.space", data)
    assert "--label-separator '#'" in call("evaluate", *args, code=2).stderr
    assert set(shares(*args, "--label-separator", "#").values()) == {1.0}
