"""A copy of a label space keeps which of two statements about near copies came later."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.changes.import_records import import_request
from protolabel.label_space.changes.registry import request_from
from protolabel.label_space.exported_folder import read_exported_folder, write_exported_folder

TEXTS = [
    "The roof of the warehouse in the harbour street was repaired by our team in March and the "
    f"amount is due, order number {n}. Please pay on our account within thirty days, thank you"
    for n in range(1000, 1006)
]
DOCUMENTS = [Document(f"d{n}", text) for n, text in enumerate(TEXTS)]
LABELS = ("invoice", "job")
STATEMENTS = st.lists(
    st.tuples(st.sampled_from(["correct", "refute"]), st.integers(0, 4), st.sampled_from(LABELS)),
    min_size=2,
    max_size=8,
)
KINDS = pytest.mark.parametrize("labels", ["one", "several"])


def space_of(labels: str) -> LabelSpace:
    space = LabelSpace.create(encoder="hashing", background=False, labels=labels)
    space.configure(refine=False)
    space.add(["please pay the amount due", "settle the invoice within days"], "invoice")
    space.add(["I apply for work as a cook", "my skills and my education"], "job")
    space.add(["return the dangerous product", "recall of all heaters, return them"], "recall")
    return space


def state(space: LabelSpace, statements: list[tuple[str, int, str]]) -> None:
    for kind, number, label in statements:
        document = DOCUMENTS[number]
        if kind == "refute":
            space.refute(document, label)
        elif space.settings.several:
            space.correct(document, [label])
        else:
            space.correct(document, label)


def labels_of(space: LabelSpace) -> list[list[str]]:
    answers = space.view().unremembered().label_many(DOCUMENTS)
    return [
        sorted(one.label for one in answer.labels) if answer.labels else [str(answer.label)]
        for answer in answers
    ]


def copy_of(records: object) -> LabelSpace:
    copy = LabelSpace.create(encoder="hashing", background=False)
    copy.import_records(records)
    return copy


@KINDS
@settings(max_examples=12, deadline=None)
@given(statements=STATEMENTS)
def test_what_is_imported_answers_near_copies_as_the_exported_label_space_does(labels, statements):
    with space_of(labels) as space:
        state(space, statements)
        records = list(space.view().export())
        lines = [json.loads(json.dumps(record)) for record in records]
        with copy_of(lines) as copy:
            assert labels_of(copy) == labels_of(space)
            assert list(copy.view().export()) == records
            with copy_of(copy.view().export(vectors=True)) as second:
                assert labels_of(second) == labels_of(space)


@KINDS
@settings(max_examples=3, deadline=None)
@given(statements=STATEMENTS)
def test_a_folder_keeps_the_order_of_statements(labels, statements):
    pytest.importorskip("pyarrow")
    with space_of(labels) as space, tempfile.TemporaryDirectory() as folder:
        state(space, [("refute", 5, "invoice"), *statements])
        write_exported_folder(space.view(), f"{folder}/out")
        with copy_of(read_exported_folder(f"{folder}/out")) as copy:
            assert labels_of(copy) == labels_of(space)


@settings(max_examples=6, deadline=None)
@given(statements=STATEMENTS)
def test_a_saved_estimator_answers_near_copies_as_the_label_space_does(statements):
    pytest.importorskip("sklearn")
    from protolabel import PrototypicalClassifier

    with space_of("one") as space, tempfile.TemporaryDirectory() as folder:
        state(space, statements)
        expected = [label for (label,) in labels_of(space)]
        estimator = PrototypicalClassifier.from_label_space(space)
        assert estimator.predict(TEXTS).tolist() == expected
        path = Path(folder) / "saved.space"
        estimator.save(path)
        assert PrototypicalClassifier.load(path).predict(TEXTS).tolist() == expected
        with LabelSpace(path, background=False) as saved:
            assert [label for (label,) in labels_of(saved)] == expected


def test_a_statement_after_an_import_is_later_than_all_that_came_with_it():
    with space_of("one") as space:
        state(space, [("refute", 0, "invoice"), ("correct", 1, "invoice")])
        with copy_of(space.view().export()) as copy:
            assert labels_of(copy)[2] == ["invoice"]
            state(copy, [("refute", 3, "invoice")])
            assert labels_of(copy)[2] != ["invoice"]
            state(copy, [("correct", 4, "invoice")])
            assert labels_of(copy)[2] == ["invoice"]


def test_undo_and_redo_of_an_import_keep_the_order_of_its_statements():
    with space_of("one") as space:
        state(space, [("refute", 0, "invoice"), ("correct", 1, "invoice")])
        with copy_of(space.view().export()) as copy:
            copy.undo()
            copy.redo()
            assert labels_of(copy) == labels_of(space)


def test_without_an_order_a_refusal_holds_as_before():
    with space_of("one") as space:
        state(space, [("refute", 0, "invoice"), ("correct", 1, "invoice")])
        records = [dict(record) for record in space.view().export()]
        for record in records:
            record.pop("order", None)
        with copy_of(records) as copy:
            assert labels_of(copy)[2] != ["invoice"]


def test_an_import_as_json_keeps_the_order_of_statements():
    with space_of("one") as space:
        state(space, [("refute", 0, "invoice"), ("correct", 1, "invoice")])
        records = list(space.view().export())
        with LabelSpace.create(encoder="hashing", background=False) as copy:
            fields = json.loads(json.dumps(import_request(records, copy.view()).to_dict()))
            copy.commit(request_from(fields))
            assert labels_of(copy) == labels_of(space)


@pytest.mark.parametrize("order", [0, -1, 1.5, True, "1", None, 2**63])
def test_an_order_that_is_no_place_is_refused(order):
    with space_of("one") as space:
        state(space, [("refute", 0, "invoice")])
        records = [dict(record) for record in space.view().export()]
    records[-1]["order"] = order
    with pytest.raises(InputError, match="order: no whole number from 1 on"):
        copy_of(records)
