"""Moving to another encoder: what it comes to, when there is nothing to do, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import WordEncoder
from spaces import fill
from stored import damage
from two_encoders import Letters, Words, counts_of_vectors, many, prototypes

from protolabel import Example, LabelSpace
from protolabel.encoders import CallableEncoder
from protolabel.errors import (
    EncoderError,
    EncoderMismatchError,
    EncoderNotFoundError,
    HistoryError,
    InputError,
)

# -- what it comes to ---------------------------------------------------------------------------


def test_it_equals_a_label_space_made_with_the_new_encoder(space):
    space.retire("cv")
    space.reencode(Letters())
    space.unretire("cv")  # the description of a retired class was carried over as well
    with LabelSpace.create(encoder=Letters(), background=False) as fresh:
        fill(fresh)
        assert prototypes(space.view()) == prototypes(fresh.view())
        for one in (space, fresh):
            one.settle()
        for text in ("pay", "cv", "ship ship"):
            ours, theirs = space.label(text), fresh.label(text)
            assert (ours.label, ours.score, ours.alternatives, ours.evidence) == (
                theirs.label,
                theirs.score,
                theirs.alternatives,
                theirs.evidence,
            )
        # and it goes on as one
        assert space.add("sign here", "bill").detail == fresh.add("sign here", "bill").detail
        assert prototypes(space.view()) == prototypes(fresh.view())
        space.settle()
        assert space.view().head.dim == 26
    assert damage(space) == []


def test_who_it_is_follows(space):
    before = space.view()
    result = space.reencode(Letters())
    assert result.encoded == 6
    assert result.change.kind == "reencode"
    assert result.change.summary == "re-encoded words:8 -> letters:26, 6 vectors"
    assert (space.fingerprint, space.info().encoder_fingerprint) == ("letters:26",) * 2
    assert space.info().dim == 26
    answer = space.label("pay")
    assert (answer.encoder_fingerprint, answer.space_version) == ("letters:26", space.version)
    answer_before = before.label("pay bill")  # a view that a reader holds stays what it was
    assert (answer_before.encoder_fingerprint, answer_before.space_version) == (
        "words:8",
        before.version,
    )
    assert answer_before.evidence.examples
    assert next(space.history()).detail["comparison"]["n"] == 2


def test_undo_and_redo_give_back_every_bit(space):
    space.settle()
    words, answer = prototypes(space.view()), space.label("pay bill")
    space.reencode(Letters())
    letters = prototypes(space.view())
    assert words != letters
    space.undo()
    assert prototypes(space.view()) == words
    space.settle()
    again = space.label("pay bill")
    assert (again.label, again.score, again.evidence) == (
        answer.label,
        answer.score,
        answer.evidence,
    )
    assert again.encoder_fingerprint == "words:8"
    space.redo()
    assert prototypes(space.view()) == letters
    assert space.label("pay bill").encoder_fingerprint == "letters:26"
    for n, dim in ((4, 8), (5, 26), (6, 8), (7, 26)):
        past = space.at(n)
        assert past.info().dim == dim
        assert prototypes(past) == (words if dim == 8 else letters)
        assert past.label("pay").space_version == n
    assert damage(space) == []


def test_what_is_added_after_the_move_never_needs_an_old_vector(space):
    words = prototypes(space.view())
    space.reencode(Letters())
    space.add([Example("bill", "a new bill", id="n1"), Example("tax", "a tax form", id="n2")])
    space.describe("tax", "what the state wants")
    space.merge(["bill", "tax"], "tax")
    newest = prototypes(space.view())
    space.return_to(4)
    assert prototypes(space.view()) == words
    space.add("pay sign", "bill")  # in words again
    space.undo()
    space.undo()
    assert prototypes(space.view()) == newest
    for _ in range(3):
        space.undo()
    assert space.fingerprint == "letters:26"
    space.undo()
    assert prototypes(space.view()) == words
    for _ in range(4):
        space.redo()
    assert prototypes(space.view()) == newest
    space.redo()
    assert prototypes(space.view()) == words
    space.redo()
    with pytest.raises(HistoryError):
        space.redo()
    assert damage(space) == []


def test_there_and_back_encodes_only_what_is_new(space):
    first = space.reencode(Letters())
    assert first.encoded == 6
    space.add("sign sign", "nda")
    back = space.reencode(Words())
    assert back.encoded == 2  # the example and the name of its class
    space.undo()
    assert space.reencode(Words()).encoded == 0


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_the_metric_stays(metric):
    with (
        LabelSpace.create(encoder=Words(), metric=metric, background=False) as space,
        LabelSpace.create(encoder=Letters(), metric=metric, background=False) as fresh,
    ):
        fill(space)
        fill(fresh)
        space.reencode(Letters())
        assert space.info().metric == metric
        assert prototypes(space.view()) == prototypes(fresh.view())
        assert space.label("pay").score == fresh.label("pay").score


def test_a_text_with_a_vector_of_the_old_encoder_is_not_the_old_item(space):
    """In a space of as many dimensions, somebody brings the very vector that it had before."""
    turned = CallableEncoder(lambda t: WordEncoder().encode(t)[:, ::-1], fingerprint="turned")
    before = {e.id: v for e, v in zip(space.show("bill")[1], members(space, "bill"), strict=True)}
    space.reencode(turned)
    space.add([Example("cv", "pay pay bill", id="new", embedding=before["b1"])])
    np.testing.assert_array_equal(members(space, "cv")[1], before["b1"])
    np.testing.assert_array_equal(members(space, "bill")[0], before["b1"][::-1])
    assert damage(space) == []
    space.undo()
    space.undo()
    np.testing.assert_array_equal(members(space, "bill")[0], before["b1"])
    assert damage(space) == []


def members(space: LabelSpace, name: str) -> np.ndarray:
    view = space.view()
    row = view.rows.class_named(name, view.version)
    return view.rows.example_embeddings(row.key, view.version)


# -- nothing to do, and refusals before any work ----------------------------------------------


def test_the_same_vector_space_is_nothing_to_do(space):
    result = space.reencode(Words())
    assert (result.change, result.comparison, result.encoded) == (None, None, 0)
    assert "nothing to do" in result.reason
    with LabelSpace.create(
        encoder=CallableEncoder(Words().encode, fingerprint="x:1/f32"), background=False
    ) as half:
        half.add("pay", "a")
        other = CallableEncoder(Words().encode, fingerprint="x:1/bf16")
        assert "x:1/f32 already" in half.reencode(other).reason
        half.reencode(Letters())
        assert half.reencode(other).encoded == 0  # its vectors are those of x:1/f32
        assert half.fingerprint == "x:1/f32"


def test_examples_without_text_refuse_it_before_any_work(path):
    vector = np.ones(8, np.float32)
    with LabelSpace(path, encoder=Words(), background=False) as space:
        space.add([Example("bill", embedding=vector, id="v1")])
        space.add([Example("bill", " ", embedding=-vector, id="v2")])
        space.add([Example("bill", "with its text", embedding=vector, id="t1")])
        encoder = Letters()
        for action in (space.reencode, space.compare):
            with pytest.raises(InputError, match=r"2 examples .* 'v1' of class 'bill'.*remove"):
                action(encoder)
        assert encoder.texts == []
        assert counts_of_vectors(path).keys() == {"words:8"}
        space.remove("v2")
        with pytest.raises(
            InputError, match="an example has an embedding and neither text nor image: 'v1'"
        ):
            space.reencode(encoder)
        space.remove("v1")
        assert space.reencode(encoder).change is not None
        space.undo()
        space.undo()
        assert "v1" in {e.id for e in space.show("bill")[1]}
        assert damage(space) == []


def test_encoders_that_cannot_serve(path, tmp_path):
    half = tmp_path / "half"
    half.mkdir()
    (half / "config.json").write_text('{"model_type": "bert"')
    before = path.read_bytes()
    with LabelSpace(path, encoder=Words(), background=False) as space:
        for encoder, error, message in (
            (str(half), EncoderError, "config.json"),
            (str(tmp_path / "none"), EncoderNotFoundError, "no encoder answers"),
            ("hashing:none", EncoderError, "hashing:<dim"),
            ("precomputed:8", EncoderError, "made elsewhere"),
        ):
            with pytest.raises(error, match=message):
                space.reencode(encoder)
        broken = CallableEncoder(lambda t: np.full((len(t), 4), np.nan), 4, fingerprint="nan")
        with pytest.raises(EncoderError, match="not finite"):
            space.reencode(broken)
        zeros = CallableEncoder(lambda t: np.zeros((len(t), 4)), 4, fingerprint="zeros")
        with pytest.raises(InputError, match="a vector of zeros"):
            space.reencode(zeros)
        assert (space.version, space.fingerprint) == (4, "words:8")
        assert space.label("pay").label == "bill"
        assert damage(space) == []
    assert len(before) <= len(path.read_bytes())


def test_an_encoder_of_another_size_under_a_known_fingerprint(space):
    space.reencode(Letters())
    space.undo()
    fake = CallableEncoder(lambda t: np.ones((len(t), 3)), 3, fingerprint="letters:26")
    with pytest.raises(EncoderError, match="26"):
        space.reencode(fake)


def test_the_mismatch_error_names_the_command(path):
    with pytest.raises(EncoderMismatchError, match=f"protolabel reencode {path} --encoder"):
        LabelSpace(path, encoder=Letters())


def worse() -> CallableEncoder:
    """Everything looks alike but for its length."""
    return CallableEncoder(
        lambda texts: np.array([[1.0, 0.001 * len(t)] for t in texts]), 2, fingerprint="length:2"
    )


def test_only_if_better_keeps_the_old_encoder_where_the_new_one_is_worse(tmp_path):
    path = tmp_path / "a.space"
    many(path)
    with LabelSpace(path, encoder=Words(), background=False) as space:
        before = prototypes(space.view())
        kept = space.reencode(worse(), only_if_better=True)
        assert kept.change is None
        assert "kept words:8: length:2 is right on" in kept.reason
        assert kept.comparison.new_accuracy < kept.comparison.old_accuracy
        assert (space.version, prototypes(space.view())) == (2, before)
        assert counts_of_vectors(path).keys() == {"words:8"}  # what is of no use does not stay
        assert space.compare(worse()) == kept.comparison
        assert space.reencode(worse()).change is not None  # nobody asked whether it is better
        assert space.reencode(Words(), only_if_better=True).change is not None
        assert prototypes(space.view()) == before
        same = space.reencode(WordEncoder("again"), only_if_better=True)
        assert (same.change, "right on as many" in same.reason) == (None, True)


def test_only_if_better_wants_ten_examples_to_compare(space):
    kept = space.reencode(Letters(), only_if_better=True)
    assert kept.change is None
    assert "2 examples can be compared" in kept.reason
