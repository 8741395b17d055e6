"""How many threads NumPy's matrix products take. Nothing is computed here.

A product that is worth a millisecond wakes a second thread. That thread then waits for the next
product in a busy loop, for about 25 ms, and takes a core from the encoder. So small products, which
come between two batches of the encoder, take one thread: docs/decisions/0002 has the measurement.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

LARGE = 2**30  # multiplications: about 20 ms of one core, for which a second thread is worth it


@cache
def _controller() -> ThreadpoolController:
    """Return what sets the threads of NumPy's library; looking for it takes 2 ms."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def product_threads(multiplications: int) -> AbstractContextManager[object]:
    """Return a context in which products take one thread, unless they are large.

    The number is one for the whole process. Of several threads that are in such a context at once,
    the first one sets it, and puts it back when it leaves.

    Args:
        multiplications: of the largest product inside.
    """
    if multiplications >= LARGE:
        return nullcontext()
    context: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return context
