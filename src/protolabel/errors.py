"""The error tree: which errors callers can catch. How to handle them is for callers to decide.

::

    ProtolabelError               exit code 1
    ├── InputError                exit code 2   a document, file, line or argument is not usable
    │   └── ItemError                           carries which of several it is about
    │       ├── ImageError
    │       └── TextError                       the encoder refuses a text
    ├── ClassError                exit code 3   the label space is not as the request takes it to be
    │   ├── UnknownClassError                   carries near names
    │   ├── ClassExistsError
    │   ├── UnknownExampleError
    │   ├── HistoryError                        nothing to undo or redo, no such version
    │   ├── VersionConflictError                somebody has changed it meanwhile
    │   └── RepeatedKeyError                    another request had the key of this one
    ├── TrainingError             exit code 1   a training run cannot go on
    ├── TemporaryFolderError      exit code 1   no room for copies of files inside others
    ├── EncoderError              exit code 4   no encoder, or not the space's own
    │   ├── EncoderNotFoundError
    │   └── EncoderMismatchError
    ├── MissingPackageError       exit code 7   an optional package is not installed
    └── StoreError                exit code 5   the file under a label space
        ├── SpaceNotFoundError
        ├── SpaceExistsError
        ├── SpaceDamagedError
        ├── StoreFullError
        └── StoreBusyError

Each message says what was got, what was expected, and what to do. Exit codes are turned into
process exits in one place (``protolabel.cli``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Self

from protolabel.words.quantity import quantity
from protolabel.words.suggestions import close_names, did_you_mean

__all__ = [
    "ClassError",
    "ClassExistsError",
    "EncoderError",
    "EncoderMismatchError",
    "EncoderNotFoundError",
    "HistoryError",
    "ImageError",
    "InputError",
    "ItemError",
    "MissingPackageError",
    "ProtolabelError",
    "RepeatedKeyError",
    "SpaceDamagedError",
    "SpaceExistsError",
    "SpaceNotFoundError",
    "StoreBusyError",
    "StoreError",
    "StoreFullError",
    "TemporaryFolderError",
    "TextError",
    "TrainingError",
    "UnknownClassError",
    "UnknownExampleError",
    "VersionConflictError",
]


class ProtolabelError(Exception):
    """Base of every error that protolabel raises on purpose.

    ``got`` is what was met, ``expected`` what would have been right, ``remedy`` what to do now.
    ``command`` is the remedy for somebody at the command line, where that is another one.
    """

    exit_code = 1

    def __init__(
        self, got: str, *, expected: str = "", remedy: str = "", command: str = ""
    ) -> None:
        self.got, self.expected, self.remedy, self.command = got, expected, remedy, command
        super().__init__(self._message(remedy))

    def at_command_line(self) -> str:
        """Return the message, with the remedy in commands and options."""
        return self._message(self.command) if self.command else str(self)

    def rewrite_remedies(self, rewritten: Callable[[str], str]) -> None:
        """Rewrite the remedy for Python and for the command line.

        :meta private:
        """
        self.remedy, self.command = rewritten(self.remedy), rewritten(self.command)
        self.args = (self._message(self.remedy),)

    def _message(self, remedy: str) -> str:
        parts = [self.got]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if remedy:
            parts.append(f"to fix it: {remedy}")
        return "; ".join(parts)


class InputError(ProtolabelError):
    """A document, file, line or argument cannot be used; nothing of its batch was stored."""

    exit_code = 2


class ItemError(InputError):
    """One of several cannot be used; ``position`` is its place among those given together."""

    def __init__(
        self, got: str, *, expected: str = "", remedy: str = "", position: int = 0
    ) -> None:
        super().__init__(got, expected=expected, remedy=remedy)
        self.position = position

    def at(self, position: int) -> Self:
        """Return the same error about the one of that place."""
        return type(self)(self.got, expected=self.expected, remedy=self.remedy, position=position)

    def about(self, name: str) -> Self:
        """Return the same error with the name of the document."""
        named = f"{name}: {self.got}"
        return type(self)(named, expected=self.expected, remedy=self.remedy, position=self.position)


class ImageError(ItemError):
    """An image cannot be used; ``position`` is its place among those given together."""


class TextError(ItemError):
    """The encoder refuses a text; ``position`` is its place among those given together."""


class ClassError(ProtolabelError):
    """The label space is not as the request takes it to be.

    A class, an example, a version or the key of a request is another, or is not there. Whoever
    offers another class catches ``UnknownClassError`` and ``ClassExistsError``.
    """

    exit_code = 3


_LIST_CLASSES = "list them with `protolabel classes SPACE`"


class UnknownClassError(ClassError):
    """No class of that name; ``suggestions`` are the nearest names, best first."""

    def __init__(self, name: str, names: Iterable[str], *, remedy: str = "") -> None:
        names = list(names)
        self.name = name
        self.suggestions = close_names(name, names)
        super().__init__(
            f"no class named {name!r}",
            expected=f"{names[0]!r}, the one class of this label space"
            if len(names) == 1
            else f"one of the {quantity(len(names), 'class')} of this label space",
            remedy=did_you_mean(self.suggestions) or remedy or _LIST_CLASSES,
        )


class ClassExistsError(ClassError):
    """A class of that name is there already, live or retired."""


class UnknownExampleError(ClassError):
    """No example of that id."""


class HistoryError(ClassError):
    """Nothing to undo or redo, or no such version."""


class VersionConflictError(ClassError):
    """The label space has another version than the one that a change was made for."""


class RepeatedKeyError(ClassError):
    """A key that names one request came with another one."""

    @classmethod
    def of(cls, key: str, owner: str) -> Self:
        """Return the error about a key; ``owner`` is what had it, such as ``change 7``."""
        return cls(
            f"the key {key[:60]!r}, which {owner} had",
            expected="a key of its own for each request",
            remedy="send it again with another key",
        )


class TrainingError(ProtolabelError):
    """A training run cannot go on: a loss, a gradient or a weight is no finite number."""


class TemporaryFolderError(ProtolabelError):
    """The temporary folder is full or cannot be written to: no document is at fault."""


class EncoderError(ProtolabelError):
    """The encoder cannot do what was asked."""

    exit_code = 4


class EncoderNotFoundError(EncoderError):
    """No encoder answers to that name; the message lists where it was looked for."""


class EncoderMismatchError(EncoderError):
    """The encoder is not the one whose vectors the label space holds."""


class MissingPackageError(ProtolabelError):
    """An optional package is not installed; the message names the line that installs it."""

    exit_code = 7


class StoreError(ProtolabelError):
    """The file under a label space cannot be used as asked."""

    exit_code = 5


class SpaceNotFoundError(StoreError):
    """No label space at that path."""


class SpaceExistsError(StoreError):
    """Something is at that path already."""


class SpaceDamagedError(StoreError):
    """The file is not a label space, or is damaged."""


class StoreFullError(StoreError):
    """No room to write; the file is as it was before the change."""


class StoreBusyError(StoreError):
    """Another process kept the file locked for longer than the waiting time."""
