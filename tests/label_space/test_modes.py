"""Modes in a label space: taken up where its examples ask for them, and derived like other fits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from commands import call, records
from fakes import WORDS, WordEncoder
from other_processes import opened
from spaces import four_classes, two_kinds

from protolabel import Answer, LabelSpace, PrototypicalClassifier
from protolabel.errors import InputError, UnknownClassError
from protolabel.label_space.fits.stored_fits import MODES, stored_fits

QUERIES = [" ".join(words) for words in np.random.default_rng(3).choice(WORDS, (40, 4))]
KINDS = {"pay cv": "a", "ship secret": "a", "pay secret": "b", "ship cv": "b"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Classes of two kinds, with all fits."""
    where = tmp_path / "a.space"
    with LabelSpace.create(
        where, encoder=WordEncoder(), names_mean=False, background=False
    ) as space:
        space.configure(threshold="none")
        space.add(two_kinds())
        space.settle()
    return where


@pytest.fixture
def space(path: Path) -> Iterator[LabelSpace]:
    with opened(path) as one:
        yield one


def answers(space: LabelSpace) -> list[Answer]:
    """The settled answers, without the number of the version."""
    space.settle()
    several = space.view().unremembered().label_many(QUERIES, alternatives=4, evidence=0)
    return [replace(answer, space_version=0) for answer in several]


def test_classes_of_two_kinds_are_told_apart_by_themselves(space):
    right = {text: space.label(text).label == label for text, label in KINDS.items()}
    assert all(right.values()), right
    assert 60 <= space.info().modes <= 80  # twenty a class at most
    assert space.view().calibration.accuracy > 0.9
    space.configure(modes="off")
    space.settle()
    assert (space.info().modes, space.info().mode_share) == (0, 0.0)
    assert space.view().calibration.accuracy < 0.85


def test_one_kind_a_class_has_no_modes():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(four_classes(np.random.default_rng(1), each=10))
        space.settle()
        assert space.view().head.head == "refined"
        assert space.view().head.modes is None
        assert space.modes("a") == []
        before = answers(space)
        space.configure(modes="off")
        assert answers(space) == before  # and the setting costs nothing


def test_modes_come_back_from_the_file_bit_for_bit(path, space):
    first = answers(space)
    modes = space.view().head.modes
    with opened(path) as again:
        assert again.view().lacking == ()
        stored = again.view().head.modes
        for name in ("vectors", "columns", "offsets", "trust"):
            np.testing.assert_array_equal(getattr(stored, name), getattr(modes, name))
        assert stored.share == modes.share
        assert answers(again) == first


def test_undo_restores_every_answer_and_an_earlier_version_answers_as_it_did(space):
    first, version = answers(space), space.version
    space.configure(modes="off")
    off = answers(space)
    assert off != first
    space.undo()
    assert answers(space) == first
    space.add("box box sign", "c")
    assert answers(space) != first
    earlier = space.at(version).settled()
    again = earlier.unremembered().label_many(QUERIES, alternatives=4, evidence=0)
    assert [replace(answer, space_version=0) for answer in again] == first
    assert earlier.modes("a")


def test_a_preview_of_the_setting_says_what_then_happens(space):
    before = {a.id: a.label for a in space.label_many(QUERIES)}
    preview = space.preview.configure(modes="off")
    space.configure(modes="off")
    space.settle()
    after = {a.id: a.label for a in space.view().unremembered().label_many(QUERIES)}
    moved = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    documents = [one for one in preview.moved if one.kind == "document"]
    assert {one.id: (one.before.label, one.after.label) for one in documents} == moved
    assert moved


@pytest.mark.parametrize(
    "spoil",
    [lambda body: body[:-4], lambda body: body[:-4] + np.float32(np.nan).tobytes(),
     lambda body: np.int64(9).tobytes() + body[8:], lambda body: b""],
)  # fmt: skip
def test_modes_that_cannot_be_count_as_absent_and_are_made_again(space, spoil):
    first = answers(space)
    rows, snapshot = space.view().rows, space.view().prototypes
    fit = rows.fit(MODES, snapshot.basis)
    rows.keep_fit(replace(fit, body=spoil(fit.body)))
    assert stored_fits(rows, snapshot, modes=True).refined is None
    with opened(Path(rows.path)) as again:
        assert again.view().lacking == ("refinement",)
        assert answers(again) == first


def test_a_file_without_the_setting_has_it_on(path):
    db = sqlite3.connect(path)
    db.execute("DELETE FROM settings WHERE key = 'modes'")
    db.commit()
    db.close()
    with opened(path) as space:
        assert space.settings.modes is True
        assert space.info().modes > 0


def test_an_estimator_answers_the_same_and_takes_it_from_a_file(path, space):
    examples = two_kinds()
    texts, labels = [e.text for e in examples], [e.label for e in examples]
    estimator = PrototypicalClassifier(WordEncoder()).fit(texts, labels)
    shares = estimator.predict_proba(QUERIES)
    for row, answer in zip(shares, answers(space), strict=True):
        own = dict(zip(estimator.classes_.tolist(), row.tolist(), strict=True))
        for other in answer.alternatives:
            assert own[other.label] == pytest.approx(other.probability, abs=1e-4)
    plain = PrototypicalClassifier(WordEncoder(), modes=False).fit(texts, labels)
    assert not np.allclose(plain.predict_proba(QUERIES), shares, atol=1e-3)
    space.configure(modes="off")
    space.settle()
    loaded = PrototypicalClassifier.load(path, encoder=WordEncoder())
    assert loaded.modes is False
    np.testing.assert_allclose(
        loaded.predict_proba(QUERIES), plain.predict_proba(QUERIES), atol=2e-5
    )


def test_show_and_info_report_modes_by_an_example_each(path, space):
    modes = space.modes("a")
    assert sum(mode.examples for mode in modes) == 24
    assert [m.examples for m in modes] == sorted((m.examples for m in modes), reverse=True)
    ids = {example.id for example in space.show("a")[1]}
    assert {mode.nearest for mode in modes} <= ids
    words = " ".join(call("show", path, "a").stdout.split())
    assert f"{len(modes)} modes: {modes[0].examples} examples like '" in words
    words = " ".join(call("info", path).stdout.split())
    assert f"{space.info().modes} modes of the classes (setting modes)" in words
    (record,) = records("show", path, "a", "--json")
    assert record["modes"] == [{"examples": m.examples, "nearest": m.nearest} for m in modes]
    with pytest.raises(UnknownClassError):
        space.modes("z")


def test_the_setting_is_auto_or_off(space):
    with pytest.raises(InputError, match="auto or off"):
        space.configure(modes="three")
    for word, value in (("off", False), ("auto", True), (False, False), (True, True)):
        space.configure(modes=word)
        assert space.settings.modes is value


def test_evidence_shows_the_examples_of_the_mode_that_raised_the_score(space):
    """By loops: the deciding mode, the examples that lie nearest to it, and their own scores."""
    view, encoder = space.view().unremembered(), WordEncoder()
    head, other = view.head, 0
    columns = {name: k for k, name in enumerate(head.labels)}
    unit = {
        text: v / np.linalg.norm(v)
        for text, v in zip(QUERIES, encoder.encode(QUERIES), strict=True)
    }
    for answer, text in zip(view.label_many(QUERIES, evidence=3), QUERIES, strict=True):
        query, label = unit[text], answer.alternatives[0].label
        column = columns[label]
        rows = [i for i, k in enumerate(head.modes.columns) if k == column]
        near = [float(query @ head.modes.vectors[i]) for i in rows]
        own = float(query @ head.weights[column] + head.biases[column])
        raised = max(near) - head.modes.offsets[column] > own
        anchor = head.modes.vectors[rows[int(np.argmax(near))]] if raised else query
        members = {e.id: encoder.encode([e.text])[0] for e in view.show(label)[1]}
        members = {i: v / np.linalg.norm(v) for i, v in members.items()}
        to_anchor = {i: float(v @ anchor) for i, v in members.items()}
        scores = {i: float(v @ query) for i, v in members.items()}
        nearest = sorted(to_anchor, key=to_anchor.get, reverse=True)[:3]
        shown_ids = [e.id for e in answer.evidence.examples]
        assert min(to_anchor[i] for i in shown_ids) >= to_anchor[nearest[-1]] - 1e-6
        got = [e.score for e in answer.evidence.examples]
        assert got == pytest.approx(sorted((scores[i] for i in shown_ids), reverse=True), abs=1e-6)
        best = sorted(scores.values(), reverse=True)[:3]
        other += got != pytest.approx(best, abs=1e-6)
    assert other > 5, "the modes never decided"
