"""An export is an import: the label space that takes it in is the same, but for its history."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protolabel import Document, Example, LabelSpace
from protolabel.errors import ClassError, InputError

NAMES = ("alpha", "Beta_two", "γάμμα", "délta 4")
WORDS = st.text("ab cdé\n✓", min_size=1).map(lambda t: f"w{t}")
VECTORS = st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3).filter(
    lambda v: np.linalg.norm(v) > 1e-3
)
NAME = st.sampled_from(NAMES)

ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("describe"), NAME, WORDS),
        st.tuples(st.just("add"), NAME, WORDS, st.sampled_from(["", "x1", "e2", "e3"])),
        st.tuples(st.just("vector"), NAME, VECTORS),
        st.tuples(st.just("retire"), NAME),
        st.tuples(st.just("restore"), NAME),
        st.tuples(st.just("rename"), NAME, NAME),
        st.tuples(st.just("merge"), NAME, NAME),
        st.tuples(st.just("remove"), st.sampled_from(["e1", "x1", "e2"])),
        st.tuples(st.just("kappa"), st.sampled_from(["auto", "2.5", "0"])),
        st.tuples(st.just("threshold"), st.sampled_from(["auto", "none", "0.25", "-0.5"])),
        st.tuples(st.just("names_mean"), st.booleans()),
    ),
    min_size=1,
    max_size=14,
)


def act(space: LabelSpace, action: tuple, dim: int) -> None:
    match action:
        case ("describe", name, words):
            space.describe(name, words)
        case ("add", name, words, identity):
            space.add(Example(name, words, identity, source=f"in/{name}.txt"))
        case ("vector", name, vector):
            padded = np.zeros(dim, dtype=np.float32)
            padded[: len(vector)] = vector
            space.add(Example(name, embedding=padded))
        case ("retire", name):
            space.retire(name)
        case ("restore", name):
            space.unretire(name)
        case ("rename", old, new):
            space.rename(old, new)
        case ("merge", name, into):
            space.merge([name], into)
        case ("remove", identity):
            space.remove(identity)
        case (key, value):
            space.configure(**{key: value})


def state(space: LabelSpace) -> list[object]:
    """All that people can see of a label space, but for versions and history."""
    classes = [
        (c.name, c.examples, c.description, c.description_from, c.retired) for c in space.classes()
    ]
    members = [
        [(e.id, e.text, e.source, e.has_image) for e in space.show(c.name)[1]]
        for c in space.classes()
    ]
    vectors = [
        space.view().rows.example_embeddings(row.key, space.version).tolist()
        for row in space.view().rows.classes(space.version)
    ]
    return [classes, members, vectors, space.settings, list(space.view().export(vectors=True))]


@settings(max_examples=60, deadline=None)
@given(actions=ACTIONS, vectors=st.booleans(), encoder=st.sampled_from(["hashing:32", "pre:4"]))
def test_the_copy_is_the_same_label_space(actions, vectors, encoder):
    encoder = encoder.replace("pre:", "precomputed:")
    dim = int(encoder.split(":")[1])
    with (
        LabelSpace.create(encoder=encoder, background=False) as space,
        LabelSpace.create(encoder=encoder, background=False) as copy,
    ):
        for action in actions:
            try:
                act(space, action, dim)
            except Exception as error:
                assert type(error).__module__.startswith("protolabel"), error
        records = list(space.view().export(vectors=vectors))
        assume(len(records) > 1)
        copy.import_records(records)
        assert copy.version == 2
        assert state(copy) == state(space)
        query = Document("q", embedding=np.ones(dim, dtype=np.float32))
        first, second = (s.view().unrefined().label(query) for s in (space, copy))
        assert (first.label, first.score) == (second.label, second.score)
        copy.undo()
        assert copy.classes() == []


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([], "an export of nothing"),
        ([{"protolabel_export": 9}], r"an export:1: an export of format 9"),
        ([{"label": "x"}], r"an export:1: no record of an export \(KeyError: 'id'\)"),
        ([{"label": "x", "id": "1", "image": "data:nonsense"}], "an export:1: no record"),
        (
            [{"label": "x", "description": None, "description_from": "hearsay", "retired": False}],
            "an export:1: no record",
        ),
        (
            [{"label": "x", "description": None, "description_from": "none", "retired": False}] * 2,
            "class 'x' again",
        ),
    ],
)
def test_what_is_no_export_is_refused_whole(records, reason):
    with LabelSpace.create(encoder="hashing:32", background=False) as space:
        with pytest.raises(InputError, match=reason):
            space.import_records(records)
        assert space.version == 1


def test_a_label_space_in_use_keeps_its_settings_and_its_examples():
    with (
        LabelSpace.create(encoder="hashing:32", background=False) as space,
        LabelSpace.create(encoder="hashing:32", background=False) as other,
    ):
        space.add("one", "a")
        space.configure(kappa=3)
        other.add(Example("a", "two", "x"))
        other.configure(kappa=5)
        space.import_records(other.view().export())
        assert space.settings.kappa == 3
        assert [e.text for e in space.show("a")[1]] == ["one", "two"]
        with pytest.raises(InputError, match="'x' is taken"):
            space.import_records(other.view().export())


def test_another_encoder_makes_its_own_vectors():
    with (
        LabelSpace.create(encoder="hashing:32", background=False) as space,
        LabelSpace.create(encoder="hashing:64", background=False) as copy,
    ):
        space.add("pay the bill", "invoice")
        copy.import_records(space.view().export(vectors=True))
        assert copy.label("pay the bill").label == "invoice"


@pytest.mark.parametrize(
    ("record", "error"),
    [
        ({"label": "none of these"}, ClassError),
        ({"label": "bill", "description": "\u200b"}, InputError),
        ({"label": "bill", "description": "\ud800"}, InputError),
        ({"label": "bill", "description": ""}, InputError),
    ],
)
def test_an_imported_class_is_held_to_what_every_class_is(record, error):
    whole = {"description": None, "description_from": "given", "retired": False} | record
    with LabelSpace.create(encoder="hashing:32", background=False) as space:
        with pytest.raises(error):
            space.import_records([whole])
        assert space.version == 1


@pytest.mark.parametrize("field", ["id", "source", "text"])
@pytest.mark.parametrize("value", ["\ud800", 3, ["x"]])
def test_an_imported_example_has_whole_texts(field, value):
    record = {"id": "e1", "label": "bill", "text": "pay"} | {field: value}
    with LabelSpace.create(encoder="hashing:32", background=False) as space:
        with pytest.raises(InputError, match=r"mail\.jsonl:1"):
            space.import_records([record], "mail.jsonl")
        assert space.version == 1


def test_an_export_with_a_retired_class_comes_in_twice():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add(["pay", "studies"], ["bill", "cv"])
        space.retire("cv")
        records = list(space.view().export())
    with LabelSpace.create(encoder="hashing", background=False) as other:
        other.import_records(records)
        again = [one | ({"id": ""} if "id" in one else {}) for one in records]
        assert "2 of 2 were here already" in other.import_records(again).summary
        assert [(c.name, c.examples, c.retired) for c in other.classes()] == [
            ("bill", 2, False), ("cv", 2, True),
        ]  # fmt: skip


def test_sharpened_descriptions_of_another_encoder_are_left_out_aloud():
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.describe({"bill": "pay money", "cv": "my studies"})
        list(space.label_many(["please pay the money", "my school and studies"]))
        space.sharpen()
        records = list(space.view().export())
    with LabelSpace.create(encoder="hashing:64", background=False) as other:
        change = other.import_records(records)
        assert "2 sharpened descriptions left out, of another encoder" in change.summary
        assert change.detail["unsharpened"] == ["bill", "cv"]
    with LabelSpace.create(encoder="hashing", background=False) as same:
        assert "left out" not in same.import_records(records).summary
