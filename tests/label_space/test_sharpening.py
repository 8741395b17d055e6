"""Sharpening: remembered documents move descriptions, as one change like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import WORDS, LetterEncoder, WordEncoder

from protolabel import Document, Example, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.changes import Sharpen

BILL, WORK, BILL_TOO, WORK_TOO = WORDS[0], WORDS[1], WORDS[2], WORDS[3]
BILLS = [f"{BILL} {BILL_TOO} {BILL_TOO} x{n}" for n in range(12)]
WORKS = [f"{WORK} {WORK_TOO} {WORK_TOO} x{n}" for n in range(12)]
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


def test_what_a_person_says_of_a_document_counts(space):
    odd = [f"{WORDS[5]} {WORDS[6]} x{n}" for n in range(10)]
    answers = list(space.label_many([Document(f"o{n}", text) for n, text in enumerate(odd)]))
    assert answers
    space.sharpen()
    plain = float(space.label(odd[0]).alternatives[0].score)
    rows = [row for row in space._session.store.answers.rows() if row.id.startswith("o")]
    from dataclasses import replace

    key = space.view().rows.class_named("work", space.version).key
    space._session.store.answers.judge([replace(r, label=key, person=True) for r in rows], [])
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
    records[1]["sharpened"] = records[1]["sharpened"][:-1]
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


def test_evidence_adds_up_to_the_score(space):
    space.add(Example("bill", f"{BILL} {WORDS[4]}"))
    space.sharpen()
    answer = space.label(LATER)
    assert answer.evidence is not None
    assert 0.0 <= answer.evidence.description_share <= 1.0
