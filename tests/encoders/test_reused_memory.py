"""Programs that fill one array again and again: what they handed over before stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
import pytest
from fakes import WordEncoder

from protolabel import Document, Example, LabelSpace

Metric = Literal["cosine", "euclidean"]
TEXTS = ("please pay the bill", "the game was won", "rain is expected", "pay the bill again")


def into_one_buffer() -> Any:
    """An encoder function that writes all its vectors into the same memory."""
    encoder = WordEncoder()
    buffer = np.zeros((64, encoder.dim), np.float32)

    def encode(texts: Sequence[str]) -> np.ndarray:
        buffer[: len(texts)] = encoder.encode(list(texts))
        return buffer[: len(texts)]

    return encode


def into_new_memory() -> Any:
    """The same function, with memory of its own for each call."""
    encoder = WordEncoder()
    return lambda texts: encoder.encode(list(texts)).copy()


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_a_function_that_writes_into_one_buffer_gives_the_same_answers(metric: Metric) -> None:
    answers = []
    for function in (into_one_buffer(), into_new_memory()):
        with LabelSpace.create(metric=metric, encoder=function) as space:
            space.add(TEXTS[0], "a")
            space.add(TEXTS[1], "b")
            answers.append([(answer.label, answer.score) for answer in map(space.label, TEXTS)])
    assert answers[0] == answers[1]


class OfAnotherLibrary:
    """An array that NumPy can read, and that keeps its memory wherever it is copied."""

    def __init__(self, memory: np.ndarray) -> None:
        self.memory = memory

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.memory


@pytest.mark.parametrize("kind", [np.asarray, memoryview, OfAnotherLibrary])
def test_documents_that_share_one_array_are_answered_by_what_it_held(
    kind: Callable[[np.ndarray], Any],
) -> None:
    shared = np.zeros(4, np.float32)

    def filled(position: int) -> Any:
        shared[:] = 0.0
        shared[position] = 1.0
        return kind(shared)

    def examples() -> Iterator[Example]:
        for position, label in enumerate(("x", "y")):
            yield Example(label, embedding=filled(position))

    def documents() -> Iterator[Document]:
        for number in range(4):
            yield Document(str(number), embedding=filled(number % 2))

    with LabelSpace.create(encoder="precomputed:4") as space:
        space.add(examples())
        assert [answer.label for answer in space.label_many(documents())] == ["x", "y", "x", "y"]
