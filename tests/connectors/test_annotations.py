"""Exports of annotation tools: recognised by content, one class a document, the rest counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import call

from protolabel import LabelSpace
from protolabel.connectors import read_annotations
from protolabel.connectors.annotations import tool_of
from protolabel.errors import InputError
from protolabel.words.quantity import quantity


def task(text: str, *labels: list[str], skipped: bool = False, **other: object) -> dict:
    """A task of Label Studio with an annotation for each list of labels."""
    annotations = [
        {"id": n, "was_cancelled": skipped, "result": [
            {"type": "choices", "from_name": "kind", "to_name": "text",
             "value": {"choices": choices}}]}
        for n, choices in enumerate(labels)
    ]  # fmt: skip
    return {"id": 7, "data": {"text": text}, "annotations": annotations, "predictions": []} | other


def nested(text: str, *answers: tuple[str, object], question: str = "label") -> dict:
    """A record of Argilla as its JSON export has it."""
    responses = [{"value": v, "user_id": "u", "status": status} for status, v in answers]
    guess = {"value": "guess", "score": 0.9}
    return {"id": "r1", "fields": {"text": text}, "responses": {question: responses},
            "suggestions": {question: guess}, "status": "completed"}  # fmt: skip


def flat(text: str, values: list[object], statuses: list[str]) -> dict:
    """A record of Argilla as its flat export has it."""
    return {"id": "r1", "status": "completed", "text": text, "label.responses": values,
            "label.responses.users": ["u"] * len(values), "label.responses.status": statuses,
            "label.suggestion": "guess"}  # fmt: skip


def old(text: str, answer: object, status: str = "Validated") -> dict:
    return {"text": text, "inputs": {"text": text}, "annotation": answer, "status": status,
            "annotation_agent": "a", "prediction": [{"label": "guess", "score": 1}]}  # fmt: skip


def prodigy(text: str, answer: str, **other: object) -> dict:
    return {"text": text, "answer": answer, "_task_hash": 1, "_input_hash": 2} | other


OPTIONS = [{"id": "bill", "text": "Bill"}, {"id": "cv", "text": "CV"}]
EXPORTS = {
    "Label Studio": (
        [task("pay", ["bill"]), task("both", ["bill", "cv"]), task("open"),
         task("agreed", ["cv"], ["cv"]), task("not agreed", ["cv"], ["bill"]),
         task("skipped", ["cv"], skipped=True)],
        [("pay", "bill"), ("agreed", "cv")],
        {"with several labels": 1, "without an answer": 1, "on which people disagree": 1,
         "that people skipped": 1},
    ),
    "Argilla": (
        [nested("pay", ("submitted", "bill")), nested("open"),
         nested("draft", ("draft", "bill")), nested("many", ("submitted", ["bill", "cv"])),
         nested("one", ("submitted", ["cv"]), ("discarded", "bill")),
         nested("not agreed", ("submitted", "bill"), ("submitted", "cv"))],
        [("pay", "bill"), ("one", "cv")],
        {"without an answer": 1, "that people discarded or left as drafts": 1,
         "with several labels": 1, "on which people disagree": 1},
    ),
    "Argilla, flat": (
        [flat("pay", ["bill"], ["submitted"]), flat("draft", ["cv"], ["draft"])],
        [("pay", "bill")],
        {"that people discarded or left as drafts": 1},
    ),
    "Argilla, version 1": (
        [old("pay", "bill"), old("open", None, "Default"), old("gone", "cv", "Discarded")],
        [("pay", "bill")],
        {"without an answer": 1, "that people discarded or left as drafts": 1},
    ),
    "Prodigy": (
        [prodigy("pay", "accept", label="bill"), prodigy("no", "reject", label="cv"),
         prodigy("what", "ignore", label="cv"),
         prodigy("work", "accept", options=OPTIONS, accept=["cv"]),
         prodigy("both", "accept", options=OPTIONS, accept=["cv", "bill"]),
         prodigy("none", "accept", options=OPTIONS, accept=[])],
        [("pay", "bill"), ("no", "cv"), ("work", "cv")],
        {"that people ignored": 1, "with several labels": 1, "without an answer": 1},
    ),
    "doccano": (
        [{"id": 1, "text": "pay", "label": ["bill"], "Comments": []},
         {"id": 2, "text": "open", "label": []}, {"id": 3, "text": "both", "label": ["a", "b"]},
         {"id": 4, "text": "work", "label": ["cv"]}],
        [("pay", "bill"), ("work", "cv")],
        {"without an answer": 1, "with several labels": 1},
    ),
}  # fmt: skip


def write(path: Path, rows: list[dict], form: str) -> Path:
    if form == "lines":
        path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    else:
        path.write_text("\ufeff" + json.dumps(rows, indent=2 if form == "pretty" else None))
    return path


@pytest.mark.parametrize("form", ["lines", "array", "pretty"])
@pytest.mark.parametrize("name", EXPORTS)
def test_each_export_gives_what_people_agree_on_and_counts_the_rest(name, form, tmp_path):
    rows, pairs, left_out = EXPORTS[name]
    path = write(tmp_path / "export.data", rows, form)  # its name says nothing
    tool = name.split(",")[0]
    assert tool_of(path) == tool
    annotations = read_annotations(path)
    assert annotations.tool == tool
    assert [(e.text, e.label) for e in annotations.examples] == pairs
    assert annotations.left_out == left_out
    assert len(pairs) + sum(left_out.values()) == len(rows)


def test_leaves_of_one_name_under_two_branches_of_a_taxonomy_are_two_classes(tmp_path):
    paths = [["Finance", "Invoice"], ["Finance", "Other"], ["HR", "Other"], ["Spam"]]
    rows = [region("taxonomy", {"taxonomy": [path]}) for path in paths]
    read = read_annotations(write(tmp_path / "export.json", rows, "array"))
    labels = [example.label for example in read.examples]
    assert labels == ["Finance / Invoice", "Finance / Other", "HR / Other", "Spam"]


@pytest.mark.parametrize(
    ("options", "chosen", "label"),
    [
        ([{"id": 1, "text": "bill"}, {"id": 2, "text": "cv"}], 2, "cv"),
        ([{"id": "1", "text": "bill"}, {"id": "2", "text": "cv"}], "2", "cv"),
        ([{"id": 1, "html": "<b>bill</b>"}], 1, "1"),
        (OPTIONS, "cv", "cv"),
        (None, 1, "1"),
    ],
)
def test_an_option_of_prodigy_whose_id_is_a_number_is_named_by_its_text(
    tmp_path, options, chosen, label
):
    rows = [prodigy("work", "accept", options=options, accept=[chosen])]
    read = read_annotations(write(tmp_path / "export.jsonl", rows, "lines"))
    assert [example.label for example in read.examples] == [label]


def region(kind: str, value: dict) -> dict:
    result = {"type": kind, "from_name": "x", "to_name": "text", "value": value}
    return {"data": {"text": "pay"}, "annotations": [{"result": [result]}]}


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (region("labels", {"start": 0, "end": 3, "labels": ["x"]}), "spans of the text"),
        (region("rectanglelabels", {"x": 1}), "regions of an image"),
        (region("ranker", {"ranker": {}}), "rankings"),
        (region("rating", {"rating": 3}), "ratings"),
        (region("other", {}), "answers of type 'other'"),
        (nested("pay", ("submitted", [{"value": "a", "rank": 1}])), "rankings"),
        (nested("pay", ("submitted", [{"start": 0, "end": 1, "label": "x"}])), "spans of the text"),
        (prodigy("pay", "accept", spans=[{"start": 0, "end": 3, "label": "x"}]), "spans"),
        ({"text": "pay", "label": [[0, 3, "x"]]}, "spans of the text"),
        ({"text": "pay", "entities": [], "relations": []}, "spans of the text"),
    ],
)  # fmt: skip
def test_spans_and_rankings_are_refused_with_their_place(record, what, tmp_path):
    path = write(tmp_path / "x.jsonl", [record], "lines")
    with pytest.raises(InputError, match=what) as caught:
        read_annotations(path)
    assert f"{path}:1: " in str(caught.value)


@pytest.mark.parametrize("several_labels", [False, True])
@pytest.mark.parametrize(
    "record",
    [
        region("choices", {"choices": "spam"}),
        region("choices", {"choices": 3}),
        region("choices", ["bill"]),
        {"data": {"text": "pay"}, "annotations": [{"result": 3}]},
        {"fields": {"text": "pay"}, "responses": {"kind": ["bill"]}},
        {"fields": {"text": "pay"}, "responses": ["bill"]},
        {"text": "pay", "kind.responses": 3, "kind.responses.status": ["submitted"]},
    ],
)
def test_a_damaged_record_is_refused_with_its_place(record, several_labels, tmp_path):
    path = write(tmp_path / "x.jsonl", [record], "lines")
    with pytest.raises(InputError, match="not a record as") as caught:
        read_annotations(path, several_labels=several_labels)
    assert f"{path}:1: " in str(caught.value)


@pytest.mark.parametrize(
    "rows",
    [
        [{"text": "pay", "label": "bill"}],
        [{"text": "pay", "answer": "accept"}],  # a column of the user's own
        [{"text": "pay", "annotation": "bill"}],
        [{"data": "x", "annotations": []}],
        [{"protolabel_export": 1, "settings": {}}],
        ["pay"],
    ],
)
def test_a_table_of_ones_own_is_no_export(rows, tmp_path):
    assert tool_of(write(tmp_path / "x.jsonl", rows, "lines")) is None
    with pytest.raises(InputError, match="no export of Label Studio"):
        read_annotations(tmp_path / "x.jsonl")


@pytest.mark.parametrize("content", [b"", b"%PDF-", b"{", b"[", b"[]", b"\xff\xfe{}", b"pay\n"])
def test_a_file_of_another_kind_is_no_export(content, tmp_path):
    (tmp_path / "x").write_bytes(content)
    assert tool_of(tmp_path / "x") is None
    assert tool_of(tmp_path) is None


def test_a_question_and_a_text_are_chosen_by_name(tmp_path):
    record = nested("", ("submitted", "bill"))
    record["fields"] = {"title": "A title", "body": "the body"}
    record["responses"]["tone"] = [{"value": "kind", "user_id": "u", "status": "submitted"}]
    del record["responses"]["label"]
    record["responses"]["topic"] = [{"value": "bill", "user_id": "u", "status": "submitted"}]
    path = write(tmp_path / "x.json", [record], "array")
    with pytest.raises(InputError, match="'tone' and 'topic' may each be the class"):
        read_annotations(path)
    with pytest.raises(InputError, match="'title' and 'body' may each be the text"):
        read_annotations(path, label_field="topic")
    (example,) = read_annotations(path, label_field="topic", text_field="body").examples
    assert (example.text, example.label) == ("the body", "bill")


NAMED = {
    "Label Studio": (task("pay", ["bill"]), "kind"),
    "Argilla": (nested("pay", ("submitted", "bill")), "label"),
    "Argilla, flat": (flat("pay", ["bill"], ["submitted"]), "label"),
    "Prodigy": (prodigy("pay", "accept", label="bill"), "label"),
    "doccano": ({"text": "pay", "label": ["bill"]}, "label"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_field_that_no_record_has_is_refused_with_the_fields_that_are_there(name, tmp_path):
    record, question = NAMED[name]
    path = write(tmp_path / "export.jsonl", [record] * 2, "jsonl")
    with pytest.raises(InputError, match=f"no 'category' among its fields .*{question}") as raised:
        read_annotations(path, label_field="category")
    assert "label_field=" in raised.value.remedy
    with pytest.raises(InputError, match=r"no 'body' among its fields .*text") as raised:
        read_annotations(path, text_field="body")
    assert "text_field=" in raised.value.remedy
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    error = call("import", space, path, "--label-field", "category", code=2).stderr
    assert "no 'category' among its fields" in error
    assert "--label-field" in error


@pytest.mark.parametrize("name", NAMED)
def test_a_field_that_some_records_lack_leaves_those_out(name, tmp_path):
    record, question = NAMED[name]
    other = json.loads(json.dumps(record).replace('"text": "pay"', '"words": "pay"'))
    path = write(tmp_path / "export.jsonl", [record, other], "jsonl")
    if name == "doccano":  # which is recognised by its text
        path = write(path, [record, record | {"words": "pay"}], "jsonl")
    read = read_annotations(path, text_field="words", label_field=question)
    assert len(read.examples) == 1
    assert read.left_out == {"without a text": 1}


def test_a_record_of_another_kind_in_the_middle_is_named(tmp_path):
    path = write(tmp_path / "x.jsonl", [task("pay", ["bill"]), {"text": "x"}], "lines")
    with pytest.raises(InputError, match=r"x\.jsonl:2: not a record of Label Studio"):
        read_annotations(path)


def stream(records: list[dict], form: str) -> str:
    if form == "lines":
        return "".join(json.dumps(record) + "\n" for record in records)
    return json.dumps(records)


@pytest.mark.parametrize("name", sorted(EXPORTS))
@pytest.mark.parametrize("form", ["lines", "array"])
def test_an_export_is_recognised_on_standard_input(name, form, tmp_path):
    """By its content, as a file is; what is none is read as it was."""
    space = tmp_path / "mail.space"
    call("init", space, "--encoder", "hashing")
    rows, examples, _ = EXPORTS[name]
    done = call("import", space, "-", "--new", stdin=stream(rows, form))
    tool = name.split(",")[0]
    assert f"stdin: an export of {tool}: {quantity(len(examples), 'example')}" in done.stderr
    with LabelSpace(space, background=False) as own:
        stored = {(e.text, one.name) for one in own.classes() for e in own.show(one.name)[1]}
        stored |= {(e.text, e.label) for e in own.negatives()}
    assert stored == set(examples)


@pytest.mark.parametrize("form", ["lines", "array"])
def test_a_table_on_standard_input_is_read_whole(form, tmp_path):
    """Also where it is far longer than what is looked at to tell what it is."""
    space = tmp_path / "mail.space"
    call("init", space, "--encoder", "hashing")
    rows = [{"text": f"number {i} " + "word " * 500, "label": "a"} for i in range(600)]
    call("import", space, "-", "--new", stdin=stream(rows, form))
    with LabelSpace(space, background=False) as own:
        assert own.classes()[0].examples == len(rows)


def test_what_people_reject_in_prodigy_is_a_negative_example(tmp_path):
    rows = [prodigy("pay", "accept", label="bill"), prodigy("no", "reject", label="bill"),
            prodigy("so", "reject", label="nothing else")]  # fmt: skip
    path = write(tmp_path / "rows.jsonl", rows, "lines")
    examples = read_annotations(path).examples
    assert [(e.text, e.label, e.negative) for e in examples] == [
        ("pay", "bill", False), ("no", "bill", True), ("so", "nothing else", True),
    ]  # fmt: skip
    space = tmp_path / "mail.space"
    call("init", space, "--encoder", "hashing")
    call("import", space, path)
    with LabelSpace(space, background=False) as opened:
        assert [one.text for one in opened.negatives()] == ["no"]
        assert [info.name for info in opened.classes()] == ["bill"]


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_documents_with_several_labels_are_examples_of_each_where_they_may_have_several(
    name, tmp_path
):
    rows, _, left_out = EXPORTS[name]
    path = write(tmp_path / "rows.jsonl", rows, "lines")
    one, several = read_annotations(path), read_annotations(path, several_labels=True)
    documents = {e.text for e in several.examples} - {e.text for e in one.examples}
    assert len(documents) == left_out.get("with several labels", 0)
    assert "with several labels" not in several.left_out
    for text in documents:
        assert len([e for e in several.examples if e.text == text]) > 1
