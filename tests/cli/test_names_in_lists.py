"""Labels that stand in a list are names of one class each: nobody is asked what separates them."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pytest
from commands import call, class_sizes
from fakes import WordEncoder

from protolabel import LabelSpace, read_dataset, read_examples
from protolabel.connectors.annotations import read_annotations

LABELS = (["R&D"], ["R", "D"], ["R"], ["D"])
TEXTS = ("a patent of ours", "both of them", "research", "development")


def own(folder):
    rows = [{"text": t, "label": names} for t, names in zip(TEXTS, LABELS, strict=True)]
    return jsonl(folder / "own.jsonl", rows)


def doccano(folder):
    pairs = enumerate(zip(TEXTS, LABELS, strict=True))
    rows = [{"id": i, "text": text, "label": names} for i, (text, names) in pairs]
    return jsonl(folder / "doccano.jsonl", rows)


def prodigy(folder):
    return jsonl(
        folder / "prodigy.jsonl",
        [
            {"text": t, "accept": names, "answer": "accept", "options": [], "_view_id": "choice"}
            for t, names in zip(TEXTS, LABELS, strict=True)
        ],
    )


def cells(folder):
    with (folder / "cells.csv").open("w", newline="") as file:
        rows = zip(TEXTS, map(json.dumps, LABELS), strict=True)
        csv.writer(file).writerows([("text", "label"), *rows])
    return folder / "cells.csv"


def jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("source", [own, doccano, prodigy, cells])
def test_a_name_in_a_list_is_taken_without_a_question_or_a_hint(source, several, tmp_path):
    done = call("import", several, source(tmp_path))
    assert "lists the classes" not in done.stdout + done.stderr
    names = class_sizes(several)
    assert names == {"R&D": 1, "R": 2, "D": 2}


def test_a_cell_that_is_no_list_is_asked_about_beside_lists(several, tmp_path):
    path = own(tmp_path)
    path.write_text(path.read_text() + '{"text": "more", "label": "D&R"}\n')
    error = call("import", several, path, code=2).stderr
    assert "'D&R' (there is 'D' and 'R')" in error
    assert "R&D" not in error
    call("import", several, path, "--label-separator", "&")
    names = class_sizes(several)
    assert names == {"R&D": 1, "R": 3, "D": 3}


def test_documents_to_evaluate_on_may_have_names_in_lists(several, tmp_path):
    for label in ("R", "D"):
        texts = (f"--text={label} {word}" for word in ("one", "two", "three"))
        call("add", several, label, *texts)
    assert "lists" not in call("evaluate", "--space", several, own(tmp_path)).stderr


def test_readers_say_which_labels_stood_in_a_list(tmp_path):
    table = tmp_path / "a.jsonl"
    jsonl(table, [{"text": "one", "label": ["R&D"]}, {"text": "two", "label": "R&D"}])
    options = {"several_labels": True}
    assert [e.is_name for e in read_examples(table, **options)] == [True, False]
    annotations = read_annotations(doccano(tmp_path), several_labels=True)
    assert all(e.is_name for e in annotations.examples)
    frame = pd.DataFrame({"text": ["one", "two"], "label": [["R&D"], "R&D"]})
    assert [e.is_name for e in read_dataset(frame)] == [True, False]


def test_a_list_of_labels_in_python_has_no_hint_about_lists():
    with LabelSpace.create(encoder=WordEncoder(), background=False, labels="several") as space:
        space.add(["research", "development"], ["R", "D"])
        assert not space.add("a patent", ["R&D"]).hints
        assert any("lists" in hint for hint in space.add("two patents", "D&R").hints)
