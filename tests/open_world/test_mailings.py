"""Documents of one mailing count once: those of an hour and class that lie unusually close."""

from __future__ import annotations

import numpy as np
import pytest

from protolabel.open_world.mailings import mailings_once

DIM = 16


def near(rng, centre, noise):
    return centre + noise * rng.normal(size=DIM)


def ordinary(rng, centre, hours=20, each=8, noise=0.25):
    """Documents of one class over many hours, and the hour of each."""
    rows = [near(rng, centre, noise) for _ in range(hours * each)]
    return rows, [f"{i // each:03d}" for i in range(len(rows))]


@pytest.mark.parametrize("offset", [0.0, 3.0], ids=["any direction", "all documents alike"])
def test_two_mailings_of_one_hour_count_twice_and_all_others_each(offset):
    """Also with an encoder for which all documents are alike."""
    rng = np.random.default_rng(0)
    base = np.full(DIM, offset / np.sqrt(DIM))
    rows, hours = ordinary(rng, base + np.eye(DIM)[0])
    letters = [near(rng, base + np.eye(DIM)[0], 0.25) for _ in range(2)]
    rows += [near(rng, letters[0], 0.01) for _ in range(40)]
    rows += [near(rng, letters[1], 0.01) for _ in range(20)]
    hours += ["900"] * 60
    counts = mailings_once(np.array(rows, np.float32), [1] * len(rows), hours)
    assert counts[:160].all()
    assert counts[160:200].sum() == counts[200:].sum() == 1


def test_a_mailing_that_is_a_class_of_its_own_hour_alone_counts_once():
    """Its class came in one hour: what is usual is that of the other classes."""
    rng = np.random.default_rng(1)
    rows, hours = ordinary(rng, np.eye(DIM)[0])
    letter = np.eye(DIM)[3]
    rows += [near(rng, letter, 0.01) for _ in range(30)]
    keys = [1] * 160 + [None] * 30
    counts = mailings_once(np.array(rows, np.float32), keys, [*hours, *["900"] * 30])
    assert counts[:160].all()
    assert counts[160:].sum() == 1
    alone = mailings_once(np.array(rows[160:], np.float32), [None] * 30, ["900"] * 30)
    assert alone.all()  # nothing says what is usual


def test_few_documents_and_a_class_of_one_template_keep_all():
    rng = np.random.default_rng(2)
    rows, hours = ordinary(rng, np.eye(DIM)[0], noise=0.01)
    assert mailings_once(np.array(rows, np.float32), [7] * len(rows), hours).all()
    few = [*rows, *[rows[0]] * 4]
    keys, more = [1] * len(few), [*hours, *["900"] * 4]
    assert mailings_once(np.array(few, np.float32), keys, more).all()
    assert mailings_once(np.empty((0, DIM), np.float32), [], []).tolist() == []


def mailing(n: int, distance: float, n_others: int = 0, n_hours: int = 5) -> list[bool]:
    """Return which documents of an hour count, of a class whose usual distance is 1.

    Its documents in ``n_hours`` hours are at right angles. ``n`` of the hour lie at ``distance``
    from the first of them, all around it, and ``n_others`` at right angles to it and each other.
    """
    axes = np.eye(32)
    sides = [sign * axes[side] for side in (1, 2, 3) for sign in (1, -1)]
    around = [(1 - distance) * axes[0] + np.sqrt(distance * (2 - distance)) * s for s in sides]
    rows = [axes[0], *around[: n - 1], *axes[4 : 4 + n_others]]
    n_rows = len(rows)
    rows += [*axes[20 : 20 + n_hours - 1]]
    hours = ["900"] * n_rows + [f"{hour:03d}" for hour in range(n_hours - 1)]
    counts = mailings_once(np.array(rows, np.float32), [1] * len(rows), hours)
    assert counts[n_rows:].all()
    return counts[:n_rows].tolist()


def test_what_is_a_mailing_is_what_the_page_on_streams_says():
    """docs/streams.md: five or more, half of the hour at least, at most a fifth as far apart."""
    assert mailing(5, 0.19) == [True] + [False] * 4
    assert mailing(4, 0.19) == [True] * 4
    assert mailing(5, 0.21) == [True] * 5
    assert mailing(5, 0.19, n_others=5) == [True] + [False] * 4 + [True] * 5
    assert mailing(5, 0.19, n_others=6) == [True] * 11
    assert mailing(5, 0.19, n_hours=4) == [True] * 5  # too few hours for a usual distance
