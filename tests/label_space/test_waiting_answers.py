"""Answers on their way to the file are kept where nothing forbids it, whatever else is asked."""

from __future__ import annotations

import threading
import time

import pytest
from other_processes import opened
from remembered import remembered_ids
from stored import store_of

from protolabel import Document, LabelSpace
from protolabel.errors import InputError

DOCUMENTS = [Document(f"d{i}", f"pay cv {'bill ' * i} x{i}", source=f"in/{i}") for i in range(3)]


@pytest.fixture
def space(path):
    with opened(path) as space:
        yield space


def refused(space: LabelSpace) -> None:
    with pytest.raises(InputError, match="of"):
        space.answer_log.remember("of")


@pytest.mark.parametrize(
    "act", [refused, lambda space: space.answer_log.remember("answers"),
            lambda space: space.answer_log.remember(most=100),
            lambda space: space.answer_log.remember("off")],
    ids=["a refusal", "the same", "a number", "off"],
)  # fmt: skip
def test_answers_that_were_allowed_when_they_were_given_are_kept(space, act):
    list(space.label_many(DOCUMENTS))
    act(space)
    assert remembered_ids(space) == ["d0", "d1", "d2"]


def test_answers_of_another_process_are_kept_where_nothing_is_allowed_less(space, path):
    with opened(path) as other:
        list(space.label_many(DOCUMENTS))
        other.answer_log.remember("answers")
        assert remembered_ids(space) == ["d0", "d1", "d2"]


def test_answers_that_wait_are_kept_where_forgetting_is_refused(space, path):
    other = opened(path)
    list(space.label_many(DOCUMENTS))
    errors = []

    def forget() -> None:
        try:
            space.answer_log.forget("nobody")
        except InputError as error:
            errors.append(str(error))

    with store_of(other).exclusively():
        thread = threading.Thread(target=forget)
        thread.start()
        while not space.answer_log.reason and thread.is_alive():
            time.sleep(0.01)
    thread.join()
    other.close()
    assert "nobody" in errors[0]
    assert remembered_ids(space) == ["d0", "d1", "d2"]
