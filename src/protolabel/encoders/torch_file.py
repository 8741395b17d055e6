"""Reads the tensors of a file that torch wrote in its format of before 2020. It calls nothing.

Such a file is five pickles (a magic number, a version, sizes, tensors, the names of the storages),
and then the numbers of each storage. A pickle is a program. Here its operations are read one by
one, and those that would call a function only note which. An operation that torch does not write
for a dictionary of tensors is refused. torch itself is not needed.
"""

from __future__ import annotations

import math
import pickletools
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from protolabel.encoders.folder import COPY_AGAIN
from protolabel.errors import EncoderError

Arrays = dict[str, np.ndarray[Any, np.dtype[Any]]]

_TYPES = {"torch FloatStorage": "<f4", "torch LongStorage": "<i8"}
_TENSOR, _DICTIONARY, _STORAGE = "torch._utils _rebuild_tensor_v2", "collections OrderedDict", ""


@dataclass(frozen=True)
class Note:
    """A function that a pickle names, and what it would be called with."""

    function: str
    arguments: tuple[Any, ...] = ()


def read_torch_file(source: IO[bytes]) -> Arrays:
    """Return the tensors of a file by their names.

    Raises:
        EncoderError: it is cut short, or of another kind.
    """
    source.seek(0)
    try:
        header = [value_of_pickle(source) for _ in range(3)]
        tensors, keys = value_of_pickle(source), value_of_pickle(source)
        if header[1] != 1001 or not header[2]["little_endian"]:
            raise ValueError(f"it is of version {header[1]}")
        types = {tensor.arguments[0].arguments[2]: _TYPES[tensor.arguments[0].arguments[1].function]
                 for tensor in tensors.values()}  # fmt: skip
        storages = {key: _storage(source, types[key]) for key in keys}
        return {name: _tensor(tensor, storages) for name, tensor in tensors.items()}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error) as error:
        raise EncoderError(
            f"a file of torch that cannot be read ({error})",
            expected="a dictionary of tensors, in the format of before 2020",
            remedy=COPY_AGAIN,
        ) from error


def value_of_pickle(source: IO[bytes]) -> Any:
    """Return what a pickle says, with a :class:`Note` where it would call a function.

    Raises:
        ValueError: it has an operation that torch does not write for a dictionary of tensors.
    """
    stack = _Stack()
    for operation, argument, _ in pickletools.genops(source):
        if operation.name not in _OPERATIONS:
            raise ValueError(f"it has the operation {operation.name}")
        _OPERATIONS[operation.name](stack, argument)
    return stack.values.pop()


class _Stack:
    """The values that a pickle has made so far, and what its operations do to them."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[Any, Any] = {}

    def push(self, value: Any) -> None:
        self.values.append(value)

    def mark(self, _: Any) -> None:
        self._marks.append(len(self.values))

    def keep(self, place: Any) -> None:
        self._memo[place] = self.values[-1]

    def recall(self, place: Any) -> None:
        self.push(self._memo[place])

    def last(self, n: int | None = None) -> tuple[Any, ...]:
        """Take off the last n values, or those since the mark."""
        at = self._marks.pop() if n is None else len(self.values) - n
        values = tuple(self.values[at:])
        del self.values[at:]
        return values

    def set_items(self, n: int | None = None) -> None:
        items = self.last(n)
        self.values[-1].update(zip(items[::2], items[1::2], strict=True))

    def append(self, n: int | None = None) -> None:
        items = self.last(n)
        self.values[-1].extend(items)

    def call(self, _: Any) -> None:
        note, arguments = self.last(2)
        self.push({} if note.function == _DICTIONARY else Note(note.function, arguments))


_OPERATIONS: dict[str, Callable[[_Stack, Any], object]] = {
    "PROTO": lambda stack, _: None,
    "STOP": lambda stack, _: None,
    "MARK": _Stack.mark,
    "BINPUT": _Stack.keep,
    "LONG_BINPUT": _Stack.keep,
    "BINGET": _Stack.recall,
    "LONG_BINGET": _Stack.recall,
    "TUPLE": lambda stack, _: stack.push(stack.last()),
    "TUPLE1": lambda stack, _: stack.push(stack.last(1)),
    "TUPLE2": lambda stack, _: stack.push(stack.last(2)),
    "TUPLE3": lambda stack, _: stack.push(stack.last(3)),
    "EMPTY_TUPLE": lambda stack, _: stack.push(()),
    "EMPTY_DICT": lambda stack, _: stack.push({}),
    "EMPTY_LIST": lambda stack, _: stack.push([]),
    "NONE": lambda stack, _: stack.push(None),
    "NEWTRUE": lambda stack, _: stack.push(True),
    "NEWFALSE": lambda stack, _: stack.push(False),
    "BINUNICODE": _Stack.push,
    "BININT": _Stack.push,
    "BININT1": _Stack.push,
    "BININT2": _Stack.push,
    "LONG1": _Stack.push,
    "SETITEM": lambda stack, _: stack.set_items(2),
    "SETITEMS": lambda stack, _: stack.set_items(),
    "APPEND": lambda stack, _: stack.append(1),
    "APPENDS": lambda stack, _: stack.append(),
    "GLOBAL": lambda stack, function: stack.push(Note(function)),
    "BINPERSID": lambda stack, _: stack.push(Note(_STORAGE, *stack.last(1))),
    "REDUCE": _Stack.call,
    "BUILD": lambda stack, _: stack.last(1),  # the versions of the layers
}


def _storage(source: IO[bytes], kind: str) -> np.ndarray[Any, np.dtype[Any]]:
    (n,) = struct.unpack("<q", source.read(8))
    size = n * np.dtype(kind).itemsize
    return np.frombuffer(source.read(size), kind, n)


def _tensor(note: Note, storages: Arrays) -> np.ndarray[Any, np.dtype[Any]]:
    if note.function != _TENSOR:
        raise ValueError(f"it calls {note.function}")
    storage, start, shape, strides = note.arguments[:4]
    values = storages[storage.arguments[2]]
    last = start + sum(step * (n - 1) for n, step in zip(shape, strides, strict=True))
    if start < 0 or min(strides, default=0) < 0 or (math.prod(shape) and last >= values.size):
        raise ValueError(f"a tensor of shape {shape} in a storage of {values.size}")
    steps = tuple(values.itemsize * step for step in strides)
    return np.lib.stride_tricks.as_strided(values[start:], shape, steps).copy()
