"""Small products take one thread, wherever they are computed, and then all is as before."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from threadpoolctl import ThreadpoolController

from protolabel import LabelSpace
from protolabel.label_space.answer_path import answering, decisions_of_view
from protolabel.label_space.answer_path.product_threads import LARGE, product_threads


def numbers() -> set[int]:
    """Return the numbers of threads that NumPy's libraries take now."""
    libraries = ThreadpoolController().select(user_api="blas").lib_controllers
    return {library.num_threads for library in libraries}


def in_another_thread(action: Callable[[], None]) -> None:
    thread = threading.Thread(target=action)
    thread.start()
    thread.join()


@pytest.mark.parametrize("run", [lambda action: action(), in_another_thread])
def test_small_products_take_one_thread_and_large_ones_all(run):
    before = numbers()
    limits = []

    def look():
        with product_threads(1000):
            limits.append(numbers())
        with product_threads(LARGE):
            limits.append(numbers())
        limits.append(numbers())

    run(look)
    assert limits == [{1}, before, before]


@pytest.mark.parametrize("run", [lambda action: action(), in_another_thread])
def test_answers_are_computed_with_one_thread(run, monkeypatch):
    limits, original = [], decisions_of_view.decisions_of

    def decisions_of(*arguments, **settings):
        limits.append(numbers())
        return original(*arguments, **settings)

    monkeypatch.setattr(answering, "decisions_of", decisions_of)
    with LabelSpace.create(encoder="hashing:64", background=False) as space:
        space.add(["pay the bill", "please pay"], "bill")
        run(lambda: [*space.label_many(["pay", "work"])])
    assert limits == [{1}]
