"""One bad document among many: how much is encoded for it, and how often an encoder is asked."""

from __future__ import annotations

import math

import pytest
from fakes import WordEncoder

from protolabel import Document, LabelSpace
from protolabel.encoders.usable_parts import usable_parts
from protolabel.errors import InputError, ItemError

N = 512


@pytest.fixture(scope="module")
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="module")
def space(encoder: WordEncoder) -> LabelSpace:
    space = LabelSpace.create(encoder=encoder, background=False)
    space.add(["pay bill", "cv work"], ["bill", "cv"])
    return space


@pytest.mark.parametrize("bad", [0, 300, N - 1])
def test_each_good_document_is_encoded_once_whatever_stands_beside_it(space, encoder, bad):
    documents = [Document(str(i), "pay bill" if i != bad else None) for i in range(N)]
    encoder.texts.clear()
    outcomes = list(space.label_each(documents, evidence=0))
    assert [isinstance(outcome, InputError) for outcome in outcomes] == [i == bad for i in range(N)]
    assert len(encoder.texts) == N - 1


def test_a_stream_that_ends_at_a_bad_document_has_encoded_those_before_it_once(space, encoder):
    documents = [Document(str(i), "pay bill" if i != 300 else None) for i in range(N)]
    encoder.texts.clear()
    answers = space.label_many(documents, evidence=0)
    assert [next(answers).id for _ in range(300)] == [str(i) for i in range(300)]
    with pytest.raises(InputError, match="neither text"):
        next(answers)
    assert list(answers) == []
    assert len(encoder.texts) == 300


@pytest.mark.parametrize("bad", range(0, N, 37))
def test_a_bad_item_is_alone_after_twice_the_logarithm_of_calls(bad):
    sizes: list[int] = []

    def use(items, first):
        assert list(items) == list(range(first, first + len(items)))
        sizes.append(len(items))
        if bad in items:
            raise InputError("bad")
        return items

    parts = list(usable_parts(range(N), use))
    assert [i for items, _ in parts for i in items] == list(range(N))
    assert [list(items) for items, outcome in parts if isinstance(outcome, InputError)] == [[bad]]
    assert len(sizes) == 1 + 2 * math.log2(N)


@pytest.mark.parametrize("bad", [{0}, {300}, {N - 1}, {0, 1, 2}, {5, 99, 98, N - 1}])
def test_an_item_that_the_error_names_is_alone_at_once(bad):
    calls = 0

    def use(items, first):
        nonlocal calls
        calls += 1
        for place, item in enumerate(items):
            if item in bad:
                raise ItemError("bad", position=place)
        return items

    parts = list(usable_parts(range(N), use))
    assert [i for items, _ in parts for i in items] == list(range(N))
    refused = [list(items) for items, outcome in parts if isinstance(outcome, InputError)]
    assert refused == [[item] for item in sorted(bad)]
    assert calls <= 1 + 3 * len(bad)


@pytest.mark.parametrize("position", [-1, 0, 7, N])
def test_an_error_that_names_another_item_refuses_none_but_the_bad_one(position):
    def use(items, first):
        if 300 in items:
            raise ItemError("bad", position=position)
        return items

    parts = list(usable_parts(range(N), use))
    assert [i for items, _ in parts for i in items] == list(range(N))
    assert [list(i) for i, outcome in parts if isinstance(outcome, InputError)] == [[300]]
