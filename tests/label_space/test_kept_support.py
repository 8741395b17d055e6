"""What fits are made from, brought up to date after changes, against the same read from nothing."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored import connection_of, damage

from protolabel import Example, LabelSpace
from protolabel.arithmetic import near_vector_pairs
from protolabel.arithmetic.kappa import kappa_rows, scatter_of
from protolabel.encoders import PrecomputedEncoder
from protolabel.errors import ProtolabelError
from protolabel.label_space.fits import kept_support, read_examples
from protolabel.label_space.fits.fit_support import read_support
from protolabel.label_space.fits.kept_support import KeptSupport
from protolabel.label_space.session import session_of

LETTERS = [
    "Dear Sir your invoice 4711 of 3 March has not been paid although the term ended two weeks ago",
    "The heating in our meeting room makes a loud noise since Monday and nobody can work there now",
    "Please find attached my application for the position of engineer that you offered on the web",
]
TEXTS = [
    *LETTERS,
    LETTERS[0].replace("4711", "0815").replace("March", "June"),
    LETTERS[0].upper(),
    LETTERS[1] + " thank you",
    "Hello again. " + LETTERS[2],
    *(f"rate {number} of the loan" for number in range(4)),
    *(f"parcel {number}" for number in range(3)),
    "where is my parcel",
    "Where is  my PARCEL",
    "cancel the contract",
]
CLASSES = ["bill", "repair", "job", "ship", "loan"]


class Hashing:
    """Adds up random vectors of words; texts with nearly the same words have near vectors."""

    def __init__(self, name: str, dim: int, scale: float) -> None:
        self.fingerprint, self.dim, self.scale = f"{name}:{dim}", dim, scale

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dim))
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                weight = 1e-5 if word[0].isdigit() else 1.0
                row += weight * self._vector(word)
        return (self.scale * vectors).astype(np.float32)

    def _vector(self, word: str) -> np.ndarray:
        seed = hashlib.sha256(f"{self.fingerprint} {word}".encode()).digest()
        return np.random.default_rng(list(seed)).normal(size=self.dim)


@dataclass(frozen=True)
class Place:
    """Where a change happens: two classes, a text and an example, all by one number."""

    space: LabelSpace
    number: int

    @property
    def one(self) -> str:
        return CLASSES[self.number % 5]

    @property
    def other(self) -> str:
        return CLASSES[self.number // 5 % 5]

    @property
    def text(self) -> str:
        return TEXTS[self.number // 25 % len(TEXTS)]

    @property
    def id(self) -> str:
        class_names = {info.name for info in self.space.classes()}
        ids = [
            row.id for name in CLASSES if name in class_names for row in self.space.show(name)[1]
        ]
        return ids[self.number % len(ids)] if ids else ""


def add_twice(at: Place) -> None:
    """One document under two labels, and nearly the same once more."""
    examples = [Example(at.one, at.text), Example(at.other, at.text)]
    at.space.add([*examples, Example(at.one, at.text + " 7")])


SIMPLE = {
    "add": lambda at: at.space.add([Example(at.one, at.text)]),
    "add twice": add_twice,
    "remove": lambda at: at.space.remove([at.id]),
    "move": lambda at: at.space.move(at.id, at.one),
    "merge": lambda at: at.space.merge([at.one, at.other], into=at.one),
    "retire": lambda at: at.space.retire(at.one),
    "unretire": lambda at: at.space.unretire(at.one),
    "rename": lambda at: at.space.rename(at.one, at.other),
    "describe": lambda at: at.space.describe(at.one, at.text),
    "undo": lambda at: at.space.undo(),
    "redo": lambda at: at.space.redo(),
    "negative": lambda at: at.space.add([Example(at.one, at.text, negative=True)]),
    "kappa": lambda at: at.space.configure(kappa=1.0 + at.number % 3),
    "nest": lambda at: at.space.nest(at.one, under=at.other),
}
MOST = [kind for kind in SIMPLE if kind not in ("negative", "kappa")]  # often, others seldom
CHANGES = [*MOST, *MOST, *MOST, "elsewhere", "elsewhere", "negative", "kappa", "reencode", "reopen"]


class World:
    """A label space that goes through changes, some of them made over another connection."""

    def __init__(self, path: Path) -> None:
        self.path, self.encoder = path, Hashing("words", 6, 1.0)
        self.space = LabelSpace.create(path, encoder=self.encoder, background=False)
        self.space.add([Example(CLASSES[i % 4], text) for i, text in enumerate(TEXTS[:12])])
        self.kept = KeptSupport(0)

    def close(self) -> None:
        self.space.close()

    def change(self, what: str, number: int) -> None:
        """Make a change, if it is one that can be made."""
        with suppress(ProtolabelError):
            if what == "reencode":
                self.encoder = Hashing("other words", 9, 2.0)
                self.space.reencode(self.encoder)
            elif what == "reopen":
                self.space.close()
                self.space = LabelSpace(self.path, encoder=self.encoder, background=False)
            elif what == "elsewhere":
                with LabelSpace(self.path, encoder=self.encoder, background=False) as another:
                    SIMPLE[MOST[number % len(MOST)]](Place(another, number // len(MOST)))
            else:
                SIMPLE[what](Place(self.space, number))

    def compare(self) -> None:
        """What is kept says what the rows say."""
        view = self.space.view()
        one, two = (read(view.rows, view.prototypes) for read in (self.kept.read, read_support))
        for name in (field.name for field in fields(one.support)):
            if name == "classes":
                for part in ("counts", "sums", "descriptions", "described"):
                    assert_same(
                        getattr(one.support.classes, part), getattr(two.support.classes, part)
                    )
            elif name != "hashes":
                assert_same(getattr(one.support, name), getattr(two.support, name))
        assert_same(one.items, two.items)
        assert_same(one.measured, two.measured)
        assert (one.allowance, one.kappa_prior) == (two.allowance, two.kappa_prior)
        assert (one.negatives is None) == (two.negatives is None)
        if one.scatter is not None:
            scatter = scatter_of(two.support, kappa_rows(two.support))
            for part in ("counts", "means", "squares"):
                assert_same(getattr(one.scatter, part), getattr(scatter, part))


def assert_same(one: Any, two: Any) -> None:
    """Both are the same, to the last bit."""
    if isinstance(one, np.ndarray):
        assert isinstance(two, np.ndarray)
        assert one.dtype == two.dtype
        assert one.shape == two.shape
        assert one.tobytes() == two.tobytes()
    elif hasattr(one, "parents"):  # of a hierarchy
        assert_same(one.parents, two.parents)
        assert_same(one.keys, two.keys)
    else:
        assert one == two


@pytest.fixture(autouse=True)
def whatever_changes(monkeypatch):
    """Bring small label spaces up to date too, whatever share of them changes."""
    monkeypatch.setattr(read_examples, "MOST_TOUCHED", 9.0)
    monkeypatch.setattr(near_vector_pairs, "MOST_CHANGED", 9.0)


SERIES = st.lists(
    st.tuples(st.sampled_from(CHANGES), st.integers(0, 9999), st.booleans()),
    min_size=1,
    max_size=10,
)


def follow(series) -> None:
    """Make changes, and compare after some of them."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "a.space")
        try:
            world.compare()
            for what, number, looked_at in series:
                world.change(what, number)
                if looked_at:
                    world.compare()
            world.compare()
        finally:
            world.close()


@settings(deadline=None, max_examples=15)
@given(series=SERIES)
def test_after_any_changes_it_is_what_is_read_from_nothing(series):
    follow(series)


@pytest.mark.slow
@settings(deadline=None, max_examples=400)
@given(series=SERIES)
def test_after_many_changes_it_is_what_is_read_from_nothing(series):
    follow(series)


@pytest.mark.parametrize("what", ["add", "remove", "move", "merge", "retire", "undo", "elsewhere"])
def test_a_change_is_taken_in_without_reading_all(tmp_path, what):
    world = World(tmp_path / "a.space")
    world.change("add", 26)
    world.compare()
    world.change(what, 401)
    world.compare()
    assert world.kept.updates == 1
    world.close()


def test_one_example_more_is_read_alone(tmp_path):
    """Neither the vectors nor the texts of the others are read again."""
    world = World(tmp_path / "a.space")
    world.compare()
    world.space.add([Example("job", "a document that nobody has seen before")])
    view, statements = world.space.view(), []
    database = connection_of(world.space).db
    database.set_trace_callback(statements.append)
    world.kept.read(view.rows, view.prototypes)
    database.set_trace_callback(None)
    assert sum("text FROM items" in one for one in statements) == 1
    assert sum("FROM vectors" in one for one in statements) == 1
    assert not [one for one in statements if "JOIN vectors x" in one]
    world.close()


def test_a_repair_is_read_from_nothing(tmp_path):
    world = World(tmp_path / "a.space")
    world.compare()
    database = connection_of(world.space).db
    database.execute("UPDATE sums SET n = n + 1")
    damage(world.space, repair=True)
    session_of(world.space).refresh()
    world.compare()
    world.close()


def test_a_file_that_went_its_own_way_is_read_from_nothing(tmp_path):
    """Both have a version of that number, and what was kept is of the other one's."""
    world = World(tmp_path / "a.space")
    world.space.backup(tmp_path / "b.space")
    world.space.add([Example("job", "one text")])
    world.compare()
    kept = world.kept
    world.close()
    world.space = LabelSpace(tmp_path / "b.space", encoder=world.encoder, background=False)
    world.space.add([Example("bill", "another text")])
    world.space.add([Example("bill", "and one more")])
    world.compare()
    assert kept.updates == 0
    world.close()


def test_small_spaces_and_those_with_negatives_keep_nothing(tmp_path):
    world = World(tmp_path / "a.space")
    small = KeptSupport()
    for kept in (small, small):
        kept.read(world.space.view().rows, world.space.view().prototypes)
    assert small.is_empty
    world.compare()
    assert not world.kept.is_empty
    world.change("negative", 0)
    world.compare()
    assert world.kept.is_empty
    world.close()


def test_nothing_is_kept_beyond_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_support, "MOST_NUMBERS", 50)
    world = World(tmp_path / "a.space")
    world.compare()
    assert world.kept.is_empty
    world.close()


def test_nothing_is_kept_after_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_support, "LEAST_EXAMPLES", 0)
    world = World(tmp_path / "a.space")
    session = session_of(world.space)
    world.space.settle(refined=False)
    assert not session.kept_support.is_empty
    world.close()
    assert session.kept_support.is_empty
    assert session.kept_scores.is_empty


def test_where_vectors_lie_too_close_together_all_is_read_each_time(tmp_path):
    vectors = 1 + 1e-7 * np.random.default_rng(0).normal(size=(200, 4))
    vectors *= np.repeat([1, -1], 100)[:, None]
    with LabelSpace.create(tmp_path / "a", encoder=PrecomputedEncoder(4), background=False) as one:
        one.add([Example("ab"[i % 2], embedding=v.astype("f4")) for i, v in enumerate(vectors)])
        kept, view = KeptSupport(0), one.view()
        got, expected = (read(view.rows, view.prototypes) for read in (kept.read, read_support))
        assert_same(got.support.groups, expected.support.groups)
        assert kept.is_empty


def test_threads_that_read_at_the_same_time_read_the_same(tmp_path):
    world = World(tmp_path / "a.space")
    world.compare()
    for number in range(6):
        world.change("add", 26 * number)
        view = world.space.view()
        with ThreadPoolExecutor(3) as pool:
            calls = [pool.submit(world.kept.read, view.rows, view.prototypes) for _ in range(3)]
        expected = read_support(view.rows, view.prototypes).support
        for call in calls:
            assert_same(call.result().support.groups, expected.groups)
            assert_same(call.result().support.embeddings, expected.embeddings)
    world.close()
