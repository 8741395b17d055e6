"""One flipped bit anywhere in a label space file: an answer, or an error that says what to do."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stored import damage

from protolabel import Document, Example, LabelSpace
from protolabel.errors import EncoderError, ProtolabelError, SpaceDamagedError

WORDS = [f"word{n}" for n in range(24)]
QUERIES = ["word0 word1 word2", "word7 word9", "word20 unheard"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> bytes:
    """A file with everything in it: levels, merges, fits, answers, decisions, negatives."""
    path, rng = tmp_path_factory.mktemp("flips") / "sound.space", random.Random(7)
    with LabelSpace.create(path, encoder="hashing:32", background=False, who="Ada") as space:
        space.describe({"a": "word0 things", "b": "word5 things", "c": "word9", "d": "word14"})
        for i, name in enumerate("abcd"):
            texts = (" ".join(rng.choices(WORDS[i * 4 : i * 4 + 6], k=6)) for _ in range(6))
            space.add([Example(name, text) for text in texts])
        space.rename("d", "dd")
        space.nest(["c"], under="b")
        space.merge(["a", "dd"], "a")
        space.undo()
        space.answer_log.remember("text")
        space.settle()
        documents = {"q1": "word8 word9", "q2": "word5", "q3": "word0 word1"}
        list(space.label_many([Document(name, text) for name, text in documents.items()]))
        space.answer_log.write(1.0)
        space.correct("q1", "c")
        space.refute("q2", "a")
        space.correct("q3", "dd")
        space.undo()
    return path.read_bytes()


def doors(space: LabelSpace) -> Iterator[Callable[[], object]]:
    yield lambda: [answer.to_dict() for answer in space.label_many(QUERIES)]
    yield lambda: list(space.view().export(vectors=True))
    yield lambda: list(space.history())
    yield lambda: [change.detail for change in space.history()]
    yield lambda: space.info().to_dict()
    yield lambda: space.classes()
    yield lambda: [space.show(one.name) for one in space.classes()]
    yield lambda: list(space.at(5).export())
    yield lambda: list(space.answer_log.documents())
    yield lambda: [list(space.answer_log.suggestions()), list(space.answer_log.declined())]
    yield lambda: space.preview.undo()
    yield lambda: space.rename("b", "bb")
    yield lambda: space.undo()


def assert_every_door_is_sane(path: Path, sound: bytes, offset: int, bit: int) -> None:
    """Open a file with one bit flipped, and use it by each door."""
    flipped = bytearray(sound)
    flipped[offset] ^= 1 << bit
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    path.write_bytes(flipped)
    try:
        space = LabelSpace(path, background=False)
    except ProtolabelError as error:
        assert_helps(error, (offset, bit))
        return
    with space:
        errors = []
        for door in doors(space):
            try:
                door()
            except ProtolabelError as error:
                assert_helps(error, (offset, bit))
                errors.append(error)
        if any(isinstance(error, SpaceDamagedError) for error in errors):
            assert damage(space), (offset, bit, errors)  # whoever is sent to `check` learns of it


def assert_helps(error: ProtolabelError, flip: tuple[int, int]) -> None:
    """The error says that the file is damaged; or that its encoder is not the one that it names."""
    assert isinstance(error, SpaceDamagedError | EncoderError), (flip, error)
    if isinstance(error, SpaceDamagedError):
        words = ("protolabel check", "protolabel restore", "another path", "upgrade protolabel")
        assert any(word in error.remedy for word in words), (flip, error)


def flips(sound: bytes, n: int, seed: int) -> list[tuple[int, int]]:
    """Offsets and bits, drawn; bytes of zero, which are mostly of no page, come seldom."""
    rng = random.Random(seed)
    drawn: list[tuple[int, int]] = []
    while len(drawn) < n:
        offset = rng.randrange(len(sound))
        if sound[offset] or rng.random() < 0.1:
            drawn.append((offset, rng.randrange(8)))
    return drawn


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of numbers that a flip made immense
def test_a_flipped_bit_ends_in_an_answer_or_an_error_that_helps(tmp_path, sound):
    for offset, bit in flips(sound, 20, seed=1):
        assert_every_door_is_sane(tmp_path / "a.space", sound, offset, bit)


@pytest.mark.parametrize(
    ("words", "damaged"),
    [(b"row INTEGER PRIMARY KEY,\n        key TEXT", b"sow INTEGER PRIMARY KEY,\n        key TEXT"),
     (b"REFERENCES items (item)", b"REFERENCES itels (item)")],
    ids=["a column", "a table"],
)  # fmt: skip
def test_check_finds_a_changed_name_in_the_schema(tmp_path, sound, words, damaged):
    assert words in sound
    (tmp_path / "a.space").write_bytes(sound.replace(words, damaged))
    with LabelSpace(tmp_path / "a.space", background=False) as space:
        assert damage(space)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", range(2, 10))
def test_so_does_each_of_thousands_of_bits(tmp_path, sound, seed):
    for offset, bit in flips(sound, 400, seed):
        assert_every_door_is_sane(tmp_path / "a.space", sound, offset, bit)
