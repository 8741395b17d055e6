"""Sharpening: remembered documents move descriptions, as one change like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import WORDS, LetterEncoder, WordEncoder
from spelt_numbers import spelt

from protolabel import Document, Example, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.changes import Sharpen
from protolabel.label_space.changes.request import Material, Situation
from protolabel.label_space.session import session_of

BILL, WORK, BILL_TOO, WORK_TOO = WORDS[0], WORDS[1], WORDS[2], WORDS[3]
BILLS = [f"{BILL} {BILL_TOO} {BILL_TOO} x{spelt(n)}" for n in range(12)]
WORKS = [f"{WORK} {WORK_TOO} {WORK_TOO} x{spelt(n)}" for n in range(12)]
LATER = f"{BILL_TOO} {BILL_TOO} {WORK}"  # a bill, in words that no description has


@pytest.fixture
def space(tmp_path: Path) -> Iterator[LabelSpace]:
    """Two classes that are only described, and documents that say each more than that."""
    with LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False) as space:
        space.describe({"bill": BILL, "work": WORK})
        space.configure(kappa=1)
        list(space.label_many([*BILLS, *WORKS]))
        yield space


def test_a_stream_teaches_words_that_no_description_has(space):
    assert space.label(LATER).label == "work"
    change = space.sharpen()
    assert (change.kind, change.detail["n"]) == ("sharpen", 2)
    assert space.label(LATER).label == "bill"
    assert [one.sharpened for one in space.classes()] == [True, True]
    assert [one.description for one in space.classes()] == [BILL, WORK]


def test_undo_and_off_restore_every_vector(space):
    before = space.view().prototypes
    first = space.version
    space.sharpen()
    after = space.view().prototypes
    assert not np.array_equal(before.weights, after.weights)
    space.undo()
    np.testing.assert_array_equal(space.view().prototypes.weights, before.weights)
    space.redo()
    np.testing.assert_array_equal(space.view().prototypes.weights, after.weights)
    space.sharpen(off=True)
    np.testing.assert_array_equal(space.view().prototypes.weights, before.weights)
    np.testing.assert_array_equal(space.at(first).prototypes.weights, before.weights)
    np.testing.assert_array_equal(space.at(first + 1).prototypes.weights, after.weights)
    assert space.check() == []


def test_a_sharpened_description_is_worth_three_examples_until_they_can_tell(tmp_path):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.describe({"bill": BILL, "work": WORK, "idle": WORDS[7]})
        space.add([BILLS[0], WORKS[0]], ["bill", "work"])
        list(space.label_many([*BILLS[1:], *WORKS[1:]]))
        space.settle()
        assert space.settings.kappa == 1.0
        space.sharpen()
        space.settle()
        assert space.settings.kappa == pytest.approx(3.0 ** (2 / 3))
        space.sharpen(off=True)
        space.settle()
        assert space.settings.kappa == 1.0


def test_ten_passes_are_one(space):
    """Also where kappa follows from the examples, and has moved since the first."""
    space.add([f"{WORDS[5]} {BILL}", f"{WORDS[6]} {WORK}"], ["bill", "work"])
    space.configure(kappa="auto")
    space.sharpen()
    space.settle()
    version, weights = space.version, space.view().prototypes.weights
    for _ in range(10):
        assert space.sharpen().version == version
        space.settle()
    np.testing.assert_array_equal(space.view().prototypes.weights, weights)


def test_the_order_and_copies_of_documents_change_nothing(tmp_path, space):
    space.sharpen()
    with LabelSpace.create(tmp_path / "b.space", encoder=WordEncoder(), background=False) as other:
        other.describe({"bill": BILL, "work": WORK})
        other.configure(kappa=1)
        texts = [*BILLS, *WORKS]
        shuffled = np.random.default_rng(0).permutation(len(texts)).tolist() * 3
        list(other.label_many([Document(f"d{n}", texts[i]) for n, i in enumerate(shuffled)]))
        other.sharpen()
        np.testing.assert_array_equal(
            other.view().prototypes.weights, space.view().prototypes.weights
        )


def test_examples_are_no_unlabelled_documents(space):
    """What a class holds already is evidence once, not twice."""
    space.add(BILLS, "bill")
    space.add(WORKS, "work")
    with pytest.raises(InputError, match="remembers no document"):
        space.sharpen()


def judge(space: LabelSpace, name: str, label: str, texts: list[str]) -> None:
    """Label documents, and let a person say which class they have."""
    list(space.label_many([Document(f"{name}{n}", text) for n, text in enumerate(texts)]))
    session = session_of(space)
    session.answer_queue.write()
    key = space.view().rows.class_named(label, space.version).key
    rows = [row for row in session.store.answers.rows() if row.id.startswith(name)]
    session.store.answers.judge([replace(row, class_key=key, person=True) for row in rows], [])


def test_what_a_person_says_of_a_document_counts(space):
    odd = [f"{WORDS[5]} {WORDS[6]} x{n}" for n in range(10)]
    list(space.label_many([Document(f"o{n}", text) for n, text in enumerate(odd)]))
    space.sharpen()
    plain = space.label(odd[0]).alternatives[0].score
    judge(space, "o", "work", odd)
    space.sharpen()
    best = space.label(odd[0]).alternatives[0]
    assert best.label == "work"
    assert best.score > plain


def test_a_new_description_begins_anew(space):
    space.sharpen()
    space.describe("bill", WORDS[7])
    state = {one.name: one.sharpened for one in space.classes()}
    assert state == {"bill": False, "work": True}
    space.rename("work", "job")
    space.retire("job")
    space.unretire("job")
    assert {one.name: one.sharpened for one in space.classes()} == {"bill": False, "job": True}


def test_another_encoder_begins_at_the_words_again(space):
    space.sharpen()
    space.reencode(LetterEncoder())
    fresh = LabelSpace.create(encoder=LetterEncoder(), background=False)
    fresh.describe({"bill": BILL, "work": WORK})
    fresh.configure(kappa=1)
    np.testing.assert_array_equal(space.view().prototypes.weights, fresh.view().prototypes.weights)
    assert space.check() == []


@pytest.mark.parametrize("vectors", [False, True])
def test_an_export_has_it_and_an_import_takes_it(space, vectors):
    space.sharpen()
    records = [json.loads(json.dumps(r)) for r in space.view().export(vectors=vectors)]
    with LabelSpace.create(encoder=WordEncoder(), background=False) as other:
        other.import_records(records)
        np.testing.assert_array_equal(
            other.view().prototypes.weights, space.view().prototypes.weights
        )
        assert [*other.view().export(vectors=vectors)] == records
    records[1]["sharpened_embedding"] = records[1]["sharpened_embedding"][:-1]
    with (
        LabelSpace.create(encoder=WordEncoder(), background=False) as other,
        pytest.raises(InputError, match="a sharpened description of"),
    ):
        other.import_records(records)


def test_a_preview_says_what_would_move_and_changes_nothing(space):
    list(space.label_many([Document("later", LATER)]))
    version = space.version
    preview = space.preview.sharpen()
    assert {(one.id, one.before.label, one.after.label) for one in preview.moved} == {
        ("later", "work", "bill")
    }
    assert space.version == version
    space.sharpen()
    assert space.label(LATER).label == "bill"


def test_without_documents_words_or_the_cosine_it_says_what_to_do(tmp_path):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.describe("bill", BILL)
        with pytest.raises(InputError, match="label some first"):
            space.sharpen()
        space.answer_log.remember("off")
        with pytest.raises(InputError, match="remember answers"):
            space.sharpen()
    with LabelSpace.create(encoder=WordEncoder(), names_mean=False, background=False) as space:
        space.add(BILL, "bill")
        space.label(BILLS[0])
        with pytest.raises(InputError, match="no class with a description"):
            space.sharpen()
    with (
        LabelSpace.create(encoder=WordEncoder(), metric="euclidean", background=False) as space,
        pytest.raises(InputError, match="Euclidean"),
    ):
        space.sharpen()


def test_a_commit_of_the_record_sees_what_was_answered_a_moment_ago(space):
    space.label(Document("new", LATER))
    assert space.commit(Sharpen()).detail["documents"] == len(BILLS) + len(WORKS) + 1


def test_evidence_says_what_the_sharpened_description_gave(space):
    space.add(Example("bill", f"{BILL} {WORDS[4]}"))
    before = space.label(LATER).evidence
    assert before is not None
    assert not before.description_sharpened
    space.sharpen()
    answer, view = space.label(LATER), space.view()
    evidence = answer.evidence
    assert evidence is not None
    assert evidence.description_sharpened
    key = view.rows.class_named(evidence.label, view.version).key
    (own,) = view.rows.vectors([key])
    query = WordEncoder().encode([LATER])[0].astype(float)
    query /= np.linalg.norm(query)
    described = view.settings.kappa * float(own.description @ query)
    from_examples = float(own.sums @ query) / 2**32
    assert evidence.description_score == pytest.approx(float(own.description @ query), abs=1e-6)
    assert evidence.description_share == pytest.approx(
        described / (described + from_examples), abs=1e-6
    )


def test_a_class_described_anew_meanwhile_is_not_sharpened(tmp_path, space, monkeypatch):
    """The vectors are computed before the transaction; another process may describe by then."""
    with LabelSpace(space.view().rows.path, encoder=WordEncoder(), background=False) as other:
        real = Sharpen.embed

        def overtaken(request: Sharpen, situation: Situation) -> Material:
            material = real(request, situation)
            other.describe("bill", WORDS[7])
            return material

        monkeypatch.setattr(Sharpen, "embed", overtaken)
        space.sharpen()
    assert {one.name: one.sharpened for one in space.classes()} == {"bill": False, "work": True}


def test_what_a_person_said_holds_for_copies_of_the_document(space):
    judge(space, "o", "work", [f"{WORDS[5]} x{n}" for n in range(8)])
    space.sharpen()
    weights = space.view().prototypes.weights
    list(space.label_many([Document(f"copy{n}", f"{WORDS[5]}  x{n}") for n in range(8)]))
    assert space.sharpen().detail["n"] == 0
    np.testing.assert_array_equal(space.view().prototypes.weights, weights)


def test_what_lost_its_documents_is_said_to_have_lost_it(space):
    space.sharpen()
    keys = [one.key for one in space.answer_log.documents() if one.label != "work"]
    space.answer_log.forget(keys)
    change = space.sharpen()
    assert "sharpening of 'bill' taken away" in change.summary
    assert change.detail["taken_away"] == ["bill"]


def test_examples_that_are_images_are_no_unlabelled_documents(tmp_path):
    """An answer is known by the image, not by its vector."""
    from fakes import PictureEncoder
    from pictures import png

    pictures = [png([bytes([20 * n] * 4)] * 4, 4) for n in range(5)]
    with LabelSpace.create(encoder=PictureEncoder(), background=False) as space:
        space.describe("photo", WORDS[0])
        list(space.label_many([Document(f"p{n}", image=one) for n, one in enumerate(pictures)]))
        space.add([Example("photo", image=one) for one in pictures])
        with pytest.raises(InputError, match="remembers no document"):
            space.sharpen()


@pytest.mark.parametrize("factor", [1000.0, 0.0, float("nan")])
def test_an_imported_vector_is_one_that_sharpening_makes(space, factor):
    space.sharpen()
    records = [json.loads(json.dumps(r)) for r in space.view().export()]
    records[1]["sharpened_embedding"] = [factor * x for x in records[1]["sharpened_embedding"]]
    with (
        LabelSpace.create(encoder=WordEncoder(), background=False) as other,
        pytest.raises(InputError, match="of length one"),
    ):
        other.import_records(records)


def test_an_import_sharpens_a_class_that_has_the_description_already(space):
    space.sharpen()
    records = list(space.view().export())
    with LabelSpace.create(encoder=WordEncoder(), background=False) as other:
        other.describe({"bill": BILL, "work": WORK})
        assert "sharpened 'bill', 'work'" in other.import_records(records).summary
        np.testing.assert_array_equal(
            other.view().prototypes.weights, space.view().prototypes.weights
        )
        assert "nothing new" in other.import_records(records).summary
