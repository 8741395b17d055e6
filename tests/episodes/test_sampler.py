"""Scenarios and the episodes drawn from them."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import LabelSpace
from protolabel.episodes.sampler import STRANGER, Mixture, Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError

COUNTS = st.lists(st.integers(6, 20), min_size=4, max_size=9)


@st.composite
def drawn(draw):
    counts = draw(COUNTS)
    order = np.random.default_rng(draw(st.integers(0, 99)))
    labels = order.permutation(np.repeat(np.arange(len(counts)), counts))
    low = draw(st.integers(1, 3))
    scenario = Scenario(
        n_way=(2, draw(st.integers(2, len(counts) - 1))),
        n_shot=(low, draw(st.integers(low, 8))),
        n_query=draw(st.integers(1, 3)),
        uneven=draw(st.booleans()),
        described=draw(st.sampled_from([0.0, 0.5])),
        described_only=draw(st.sampled_from([0.0, 0.5])),
        n_strangers=draw(st.integers(0, 3)),
    )
    return labels, scenario, draw(st.integers(0, 10**6))


@settings(max_examples=80, deadline=None)
@given(drawn())
def test_an_episode_is_what_its_scenario_says(case):
    labels, s, seed = case
    e = Sampler(labels, s).draw(generator_of(seed))
    assert s.ways[0] <= e.n_way <= s.ways[1]
    assert len(set(e.classes.tolist())) == e.n_way
    rows = e.support.tolist() + e.query.tolist()
    own = e.query_class != STRANGER
    assert len(set(e.support.tolist()) | set(e.query[own].tolist())) == len(e.support) + own.sum()
    assert not set(e.support.tolist()) & set(e.query.tolist())
    assert (labels[e.support] == e.classes[e.support_class]).all()
    assert (labels[e.query[own]] == e.classes[e.query_class[own]]).all()
    assert not np.isin(labels[e.query[~own]], e.classes).any()
    assert (~own).sum() == s.n_strangers
    assert (np.bincount(e.query_class[own], minlength=e.n_way) == s.n_query).all()
    shots = np.bincount(e.support_class, minlength=e.n_way)
    have = np.bincount(labels)[e.classes]
    if len(e.support):
        assert (shots <= np.minimum(s.shots[1], have - s.n_query)).all()
        assert (shots >= np.minimum(s.shots[0], have - s.n_query)).all()
        if not s.uneven:
            assert (shots == np.minimum(shots.max(), have - s.n_query)).all()
    else:
        assert e.described
        assert s.described_only > 0
    assert len(rows) == len(e.support) + len(e.query)


def test_the_same_generator_gives_the_same_episode_and_another_another():
    labels = np.repeat(np.arange(20), 20)
    sampler = Sampler(labels, Scenario(5, 5, 5))
    a, b, c = (sampler.draw(generator_of(7, n)) for n in (1, 1, 2))
    assert (a.support == b.support).all()
    assert (a.query == b.query).all()
    assert not np.array_equal(a.support, c.support)


def test_what_a_sampler_keeps_is_a_number_a_document():
    """A large class among 1,500 small ones: a table by class would take 1.2 GB."""
    labels = np.concatenate([np.zeros(100_000, np.int64), np.repeat(np.arange(1, 1501), 67)])
    tracemalloc.start()
    sampler = Sampler(labels, Scenario(20, 5, 5, n_strangers=3))
    episode = sampler.draw(generator_of(1))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 * len(labels)
    assert episode.n_way == 20


def test_episodes_are_those_of_a_table_by_class():
    """By the definition: the smallest random keys of each row of a table of all classes."""
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(7), [6, 9, 7, 20, 8, 11, 6]))
    scenario = Scenario((2, 5), (1, 4), 2, uneven=True)
    for number in range(50):
        episode = Sampler(labels, scenario).draw(generator_of(3, number))
        rng = generator_of(3, number)
        way = int(rng.integers(2, 6))
        picked = rng.choice(7, way, replace=False)
        rng.random()
        members = [np.flatnonzero(labels == k) for k in picked]
        shots = [min(int(n), len(rows) - 2)
                 for n, rows in zip(rng.integers(1, 5, way), members, strict=True)]  # fmt: skip
        support, query = [], []
        for row, shot, keys in zip(members, shots, rng.random((way, 20)), strict=True):
            order = sorted(range(len(row)), key=keys.__getitem__)
            support += [int(row[i]) for i in order[:shot]]
            query += [int(row[i]) for i in order[shot : shot + 2]]
        assert episode.classes.tolist() == picked.tolist()
        assert episode.support.tolist() == support
        assert episode.query.tolist() == query


def test_every_document_is_drawn_equally_often():
    labels = np.repeat(np.arange(4), [6, 7, 8, 9])
    sampler = Sampler(labels, Scenario(2, 2, 1))
    counts = np.zeros(len(labels))
    n = 4000
    for i in range(n):
        e = sampler.draw(generator_of(3, i))
        np.add.at(counts, np.concatenate([e.support, e.query]), 1)
    expected = n * 0.5 * 3 / np.bincount(labels)[labels]  # 2 of 4 classes, 3 documents of each
    assert (np.abs(counts - expected) < 5 * np.sqrt(expected)).all()


def test_the_shares_of_episodes_with_descriptions():
    labels = np.repeat(np.arange(6), 10)
    sampler = Sampler(labels, Scenario(3, 2, 2, described=0.3, described_only=0.2))
    drawn = [sampler.draw(generator_of(5, i)) for i in range(2000)]
    only = np.mean([len(e.support) == 0 for e in drawn])
    both = np.mean([e.described and len(e.support) > 0 for e in drawn])
    assert abs(only - 0.2) < 0.05
    assert abs(both - 0.3) < 0.05


def test_classes_without_a_description_are_not_described():
    labels = np.repeat(np.arange(3), 10)
    has_text = np.array([True, True, False])
    sampler = Sampler(labels, Scenario(2, 2, 2, described_only=1.0), described=has_text)
    for i in range(50):
        e = sampler.draw(generator_of(1, i))
        assert e.described == bool(has_text[e.classes].all())
        assert e.described or len(e.support)


@pytest.mark.parametrize("n_way", [2, (2, 4)])
def test_a_sampler_knows_how_many_of_its_episodes_can_be_described(n_way):
    labels = np.repeat(np.arange(6), 10)
    has_text = np.array([True, True, False, True, True, False])
    sampler = Sampler(labels, Scenario(n_way, 2, 2, described=1.0), described=has_text)
    drawn = [sampler.draw(generator_of(3, i)).described for i in range(3000)]
    assert abs(np.mean(drawn) - sampler.described_share) < 0.05
    assert 0.1 < sampler.described_share < 0.5


def test_a_class_with_too_few_is_named():
    labels = np.repeat([0, 1, 2], [5, 2, 5])
    with pytest.raises(InputError, match="class 'refund' has 2 documents; expected 4: 1 of supp"):
        Sampler(labels, Scenario(2, 1, 3), names=["bill", "refund", "loss"])
    Sampler(labels, Scenario(2, 1, 3), classes=[0, 2])


def test_too_few_classes_are_counted():
    with pytest.raises(InputError, match="3 classes to draw from; expected 5"):
        Sampler(np.repeat([0, 1, 2], 9), Scenario(5, 1, 1))
    with pytest.raises(InputError, match="3 and one for strangers"):
        Sampler(np.repeat([0, 1, 2], 9), Scenario(3, 1, 1, n_strangers=1))


@pytest.mark.parametrize(
    "fields",
    [
        {"n_way": 1},
        {"n_shot": 0},
        {"n_shot": (3, 2)},
        {"n_query": 0},
        {"n_strangers": -1},
        {"described": 0.7, "described_only": 0.7},
        {"described": math.nan},
        {"described_only": math.nan},
        {"described": -0.1},
    ],
)
def test_a_scenario_that_cannot_be_drawn_is_refused(fields):
    with pytest.raises(InputError):
        Scenario(**fields)


def test_a_scenario_like_a_label_space():
    space = LabelSpace.create(encoder="hashing", background=False)
    with pytest.raises(InputError, match="0 classes"):
        Scenario.like(space)
    for label, n in {"bill": 2, "refund": 4, "loss": 3, "other": 0}.items():
        if n:
            space.describe(label, f"about {label}s")
            for i in range(n):
                space.add(f"{label} number {i}", label)
        else:
            space.describe(label, "anything else")
    s = Scenario.like(space)
    assert s.ways == (4, 4)
    assert s.shots == (2, 4)
    assert s.uneven
    assert s.described_only == 0.25
    assert s.described == 0.75


def test_a_mixture_draws_from_each_as_often_as_it_has_classes():
    few = Sampler(np.repeat(np.arange(5), 9), Scenario(3, 1, 1))
    many = Sampler(np.repeat(np.arange(15), 9), Scenario(3, 1, 1))
    mixture = Mixture([few, many])
    which = [mixture.draw(generator_of(2, i)).dataset for i in range(1000)]
    assert abs(np.mean(which) - 0.75) < 0.06
