"""What to label next: where answers are in doubt, and no two of the same kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from commands import call
from fakes import WORDS, WordEncoder

from protolabel import Document, Example, LabelSpace
from protolabel.encoders import PrecomputedEncoder
from protolabel.open_world.choice import choose, doubts
from protolabel.open_world.next_to_label import next_to_label

ONE, TWO, THREE = WORDS[:3]


@pytest.fixture
def space(tmp_path: Path) -> Iterator[LabelSpace]:
    space = LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False)
    for label in (ONE, TWO, THREE):
        space.add([f"{f'{label} ' * (9 + i)}{WORDS[7]} x{i}" for i in range(5)], label)
    yield space
    space.close()


def between(one: str, two: str, n: int) -> list[Document]:
    return [
        Document(f"{one}-{two}-{i}", f"{f'{one} {two} ' * (4 + i)}{one if i % 2 else two} y{i}")
        for i in range(n)
    ]


def clear(word: str, n: int) -> list[Document]:
    return [Document(f"{word}-{i}", f"{f'{word} ' * (20 + i)} z{i}") for i in range(n)]


def test_each_doubtful_region_gives_one_document_and_the_larger_comes_first(space):
    documents = [*clear(ONE, 12), *between(ONE, TWO, 4), *between(TWO, THREE, 9), *clear(TWO, 8)]
    advice = next_to_label(space, documents, count=2)
    kinds = [one.id.rpartition("-")[0] for one in advice.chosen]
    assert kinds == [f"{TWO}-{THREE}", f"{ONE}-{TWO}"]
    assert advice.documents == len(documents)
    assert advice.chosen[0].gain >= advice.chosen[1].gain > 0
    assert advice.chosen[0].nearest in (TWO, THREE)


def test_a_chance_counts_strangers_in_as_that_of_an_answer_does(tmp_path):
    """Four classes simulate strangers. What stands for itself is wrong as often as its answer."""
    with LabelSpace.create(tmp_path / "b.space", encoder=WordEncoder(), background=False) as four:
        for label in WORDS[:4]:
            four.add([f"{f'{label} ' * (3 + i)}{f'{WORDS[7]} ' * i}x{i}" for i in range(8)], label)
        four.settle()
        for document in (*between(ONE, TWO, 1), Document("far", f"{ONE} {WORDS[6]} {WORDS[7]}")):
            answer = four.label(document)
            probability, none = answer.probability, answer.none_probability
            assert probability is not None
            assert none is not None
            assert 0.01 < none < 0.99
            (chosen,) = next_to_label(four, [document]).chosen
            assert chosen.gain == pytest.approx(1 - max(probability * (1 - none), none))


def test_remembered_documents_that_a_person_judged_are_not_asked_about(space):
    documents = between(ONE, TWO, 4)
    list(space.label_many(documents))
    assert next_to_label(space).documents == 4
    space.correct(documents[0], ONE)
    assert next_to_label(space).documents == 3


def test_nothing_to_choose_from(space):
    advice = next_to_label(space)
    assert (advice.chosen, advice.documents) == ((), 0)


def test_a_space_without_classes_asks_about_different_documents(tmp_path):
    with LabelSpace.create(tmp_path / "b.space", encoder=WordEncoder(), background=False) as empty:
        advice = next_to_label(empty, [*clear(ONE, 6), *clear(TWO, 6), *clear(THREE, 6)], count=3)
    assert {one.id.partition("-")[0] for one in advice.chosen} == {ONE, TWO, THREE}


def test_doubt_is_the_lead_of_the_likeliest_by_loops():
    chances = np.random.default_rng(0).dirichlet(np.ones(4), 20)
    expected = []
    for row in chances:
        first, second = sorted(row, reverse=True)[:2]
        expected.append(1 - (first - second))
    np.testing.assert_allclose(doubts(chances), expected)


def test_the_gain_of_all_regions_is_all_that_is_expected_to_be_wrong():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(60, 4)).astype(np.float32)
    errors = rng.random(60)
    choice = choose(vectors, rng.random(60), errors, 7)
    assert len(set(choice.places.tolist())) == 7
    np.testing.assert_allclose(choice.gains.sum(), errors.sum())
    assert choice.sizes.sum() == 60


def pairs_of_vectors(scale: float, origin: float) -> tuple[list[Example], list[Document]]:
    """Two classes with one example each, and documents at one, at the other, and between them."""
    rng = np.random.default_rng(0)
    one, two = np.eye(4)[:2]
    axes = [
        *[(one, f"one-{i}") for i in range(9)],
        *[(one + two, f"between-{i}") for i in range(3)],
    ]

    def placed(vector: np.ndarray) -> np.ndarray:
        return (origin + scale * vector).astype(np.float32)

    examples = [Example("one", embedding=placed(one)), Example("two", embedding=placed(two))]
    documents = [
        Document(name, embedding=placed(axis / np.linalg.norm(axis) + 0.05 * rng.normal(size=4)))
        for axis, name in axes
    ]
    return examples, documents


@pytest.mark.parametrize(("scale", "origin"), [(1.0, 0.0), (100.0, 0.0), (0.01, 0.0), (1.0, 50.0)])
def test_without_a_calibration_doubt_does_not_depend_on_the_unit_of_distances(scale, origin):
    examples, documents = pairs_of_vectors(scale, origin)
    with LabelSpace.create(encoder=PrecomputedEncoder(4), metric="euclidean") as space:
        space.add(examples)
        (first,) = next_to_label(space, documents, count=1).chosen
    assert first.id.startswith("between")


def test_without_a_calibration_no_gain_is_stated(tmp_path):
    examples, documents = pairs_of_vectors(1.0, 0.0)
    path = tmp_path / "c.space"
    with LabelSpace.create(path, encoder=PrecomputedEncoder(4), background=False) as space:
        space.add(examples)
        space.answer_log.remember("answers")
        list(space.label_many(documents))
        advice = next_to_label(space, count=2)
    assert [one.gain for one in advice.chosen] == [None, None]
    result = call("next", path)
    assert "gain" not in result.stdout
    assert "no gain is estimated" in result.stderr
    assert f"protolabel info {path}" in result.stderr
