"""What a label space refuses, and how it is opened: each error says got, expected, what to do."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import WORDS, WordEncoder

from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic.calibration import Calibration
from protolabel.encoders import CallableEncoder, PrecomputedEncoder
from protolabel.errors import (
    ClassError,
    ClassExistsError,
    EncoderMismatchError,
    EncoderNotFoundError,
    InputError,
    UnknownClassError,
    UnknownExampleError,
)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda s: s.describe({}), InputError, "no description"),
        (lambda s: s.describe("x", " "), InputError, "empty description"),
        (lambda s: s.describe("", "words"), InputError, "label is empty"),
        (lambda s: s.add([]), InputError, "no examples"),
        (lambda s: s.add("text"), InputError, "label is empty"),
        (lambda s: s.add("  ", "x"), InputError, "empty text"),
        (lambda s: s.add("\ufffd\ufffd\ufffd\ufffd", "x"), InputError, "100% of the characters"),
        (lambda s: s.add([Example("x")]), InputError, "neither text nor image nor embedding"),
        (lambda s: s.add(["pay"]), InputError, "expected protolabel.Example"),
        (lambda s: s.add([Example("x", embedding=np.ones(3, np.float32))]), InputError, "shape"),
        (
            lambda s: s.add([Example("x", embedding=np.full(8, np.nan, np.float32))]),
            InputError,
            "not finite",
        ),
        (lambda s: s.add([Example("x", embedding=np.zeros(8, np.float32))]), InputError, "zeros"),
        (lambda s: s.add([Example("x", "pay", id="b1")]), InputError, "taken"),
        (
            lambda s: s.add([Example("x", "a", id="n"), Example("x", "b", id="n")]),
            InputError,
            "taken",
        ),
        (lambda s: s.rename("bil", "x"), UnknownClassError, "did you mean 'bill'"),
        (lambda s: s.rename("bill", "cv"), ClassExistsError, "merge instead"),
        (lambda s: s.rename("bill", ""), InputError, "label is empty"),
        (lambda s: s.rename("bill", "a\nb\x00"), InputError, "character"),
        (lambda s: s.merge(["bill", "nope"], "bill"), UnknownClassError, "nope"),
        (lambda s: s.merge(["bill"], "bill"), InputError, "at least one other class"),
        (lambda s: s.split("bill", {"cv": ["b1"]}), ClassExistsError, "move them"),
        (lambda s: s.split("bill", {"x": ["e3"]}), UnknownExampleError, "2 examples of 'bill'"),
        (lambda s: s.split("bill", {"x": ["b1"], "y": ["b1"]}), InputError, "one part"),
        (lambda s: s.retire("x"), UnknownClassError, "no class"),
        (lambda s: s.unretire("bill"), ClassError, "not retired"),
        (lambda s: s.move(["b1", "zz"], "cv"), UnknownExampleError, "zz"),
        (lambda s: s.move([], "cv"), InputError, "at least one"),
        (lambda s: s.remove("zz"), UnknownExampleError, "zz"),
        (lambda s: s.configure(kappa="many"), InputError, "auto, or a number"),
        (lambda s: s.configure(kappa=-1), InputError, "0 to"),
        (lambda s: s.configure(threshold="nan"), InputError, "a number"),
        (lambda s: s.configure(colour="red"), TypeError, "colour"),
        (lambda s: s.configure(refine="maybe"), InputError, "on or off"),
        (lambda s: s.configure(), InputError, "no setting"),
        (lambda s: s.show("cvv"), UnknownClassError, "did you mean 'cv'"),
        (lambda s: s.label(Document("d7")), InputError, "d7"),
    ],
)
def test_a_request_that_cannot_be_met_leaves_everything_as_it_was(space, change, error, message):
    before, version = list(space.view().export()), space.version
    with pytest.raises(error, match=message):
        change(space)
    assert (list(space.view().export()), space.version) == (before, version)


def test_a_retired_class_refuses_changes_until_it_is_restored(space):
    space.retire("bill")
    for change in (
        lambda: space.add("pay", "bill"),
        lambda: space.describe("bill", "x"),
        lambda: space.retire("bill"),
        lambda: space.merge(["bill"], "cv"),
        lambda: space.move("e3", "bill"),
    ):
        with pytest.raises(ClassError, match="unretire"):
            change()
    space.rename("bill", "old bill")
    space.unretire("old bill")
    assert space.label("pay").label == "old bill"


def test_names_that_are_codes_describe_nothing():
    with LabelSpace.create(encoder=WordEncoder(), names_mean=False, background=False) as space:
        space.add("pay", "box")
        (info,) = space.classes()
        assert (info.description, info.description_from) == (None, "none")
        assert space.label("box").evidence.description_share == 0.0


def test_a_name_describes_a_class_until_words_do(space):
    assert {c.name: c.description_from for c in space.classes()}["cv"] == "name"
    space.describe("cv", "work")
    assert {c.name: c.description_from for c in space.classes()}["cv"] == "given"


def test_a_function_of_one_s_own_is_an_encoder(tmp_path):
    def lengths(texts):
        return np.array([[len(t), t.count("a") + 1] for t in texts])

    encoder = CallableEncoder(lengths, fingerprint="lengths/1")
    with LabelSpace.create(tmp_path / "f.space", encoder=encoder, background=False) as space:
        space.add([Example("long", "x" * 60), Example("aaa", "aaaa")])
        assert space.label("x" * 40).label == "long"
    with LabelSpace(tmp_path / "f.space", background=False) as space:
        assert len(space.classes()) == 2
        with pytest.raises(EncoderNotFoundError, match="encoder="):
            space.label("aa")
    with LabelSpace(tmp_path / "f.space", encoder=encoder, background=False) as space:
        assert space.label("aa").label == "aaa"


def test_another_encoder_s_vectors_are_refused(path):
    with pytest.raises(EncoderMismatchError, match="words:8"):
        LabelSpace(path, encoder=WordEncoder("other"), background=False)
    with (
        LabelSpace(path, encoder="hashing:8", background=False) as space,
        pytest.raises(EncoderMismatchError, match="hashing"),
    ):
        space.label("pay")


def test_embeddings_and_texts_may_be_mixed(space):
    vector = WordEncoder().encode(["pay pay bill"])[0]
    answers = list(
        space.label_many(
            [
                Document("v", embedding=vector),
                Document("t", "pay pay bill"),
                Document("w", embedding=3 * vector),
            ]
        )
    )
    assert [a.id for a in answers] == ["v", "t", "w"]
    assert len({round(a.score, 6) for a in answers}) == 1


def test_vectors_made_elsewhere_need_no_text():
    with LabelSpace.create(encoder=PrecomputedEncoder(2), background=False) as space:
        space.add(
            [
                Example("x", embedding=np.array([1, 0], np.float32)),
                Example("y", embedding=np.array([0, 1], np.float32)),
            ]
        )
        answer = space.label(Document("q", embedding=np.array([0.2, 0.9], np.float32)))
        assert answer.label == "y"
        assert space.rename("y", "z").version == 3
        with pytest.raises(InputError, match="made elsewhere"):
            space.label("words")


def test_what_is_added_is_encoded_once(tmp_path):
    encoder = WordEncoder()
    with LabelSpace.create(tmp_path / "x.space", encoder=encoder, background=False) as space:
        space.add([Example("new one", w) for w in WORDS])
        assert sorted(encoder.texts) == sorted([*WORDS, "new one"])
        encoder.texts.clear()
        space.rename("new one", "other")
        space.undo()
        space.redo()
        space.retire("other")
        space.unretire("other")
        assert encoder.texts == []


def test_history_says_who_did_what(path, monkeypatch):
    with LabelSpace(path, encoder=WordEncoder(), who="Ada", background=False) as space:
        space.rename("cv", "CV")
        first = next(space.history())
        assert (first.who, first.kind, first.summary) == ("Ada", "rename", "renamed 'cv' to 'CV'")
        assert [c.version for c in space.history(limit=2)] == [5, 4]
    monkeypatch.setenv("PROTOLABEL_USER", "Grace")
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        assert space.undo().who == "Grace"


def test_what_python_prints_is_short():
    """It was an address in memory, and two hundred floats of a calibration."""
    encoder, rng = PrecomputedEncoder(8), np.random.default_rng(0)
    with LabelSpace.create(encoder=encoder, background=False) as space:
        assert repr(space) == "LabelSpace(':memory:')"
        for label in range(4):
            vectors = np.eye(8)[label] + 0.3 * rng.normal(size=(10, 8))
            space.add([Example(f"class {label}", embedding=vector) for vector in vectors])
        space.settle()
        calibration = space.view().calibration
    assert isinstance(calibration, Calibration)
    assert "accuracy=" in repr(calibration)
    assert len(repr(calibration)) < 1000
