"""JSON arrays of any length -> their values, read piece by piece.

What a value holds is not checked here. Memory is bounded by the longest value, not by the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NoReturn

from protolabel.errors import InputError
from protolabel.readers.json_objects import DECODER
from protolabel.readers.rows import Origin

_WHITE = " \t\r\n"


def array_items(pieces: Iterable[str], origin: Origin, limit: int) -> Iterator[object]:
    """Yield the values of a JSON array, or values one after the other."""
    text, inside = _Window(pieces), False
    while mark := text.skip(_WHITE + "," if inside else _WHITE):
        if mark == "[" and not inside:
            inside, text.at = True, text.at + 1
        elif mark == "]" and inside:
            inside, text.at = False, text.at + 1
        else:
            yield text.value(origin, limit)
    if inside:
        raise InputError(
            f"{origin.name}:{text.line}: the array is not closed, so something may be missing",
            expected="a whole JSON array of objects",
            remedy="write the file again",
        )


class _Window:
    """A stretch of a long text, moved along it: ``at`` is the place in ``text`` reached so far."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._line, self._column, self._ended = 1, 0, False
        self.text, self.at = "", 0

    @property
    def line(self) -> int:
        """Return the line that has been reached."""
        return self._line + self.text.count("\n", 0, self.at)

    def skip(self, characters: str) -> str:
        """Move over these characters, and return the next one, empty at the end."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in characters:
                    return self.text[self.at]
                self.at += 1
            if self._ended:
                return ""
            self._extend()

    def value(self, origin: Origin, limit: int) -> object:
        """Return the JSON value that begins here, and move behind it."""
        while True:
            try:
                value, end = DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as error:
                if self._ended or not self._may_be_cut(error):
                    self._refuse(origin, error)
            else:
                if self._ended or self.text[end - 1] in '}]"':
                    self.at = end
                    return value
            if len(self.text) - self.at > limit:
                raise InputError(
                    f"{origin.name}:{self.line}: an object of more than {limit:,} bytes",
                    expected=f"at most {limit:,} bytes a document",
                    remedy="split it",
                )
            self._extend()

    def _extend(self) -> None:
        """Drop what lies behind, and read at least as much again as lies ahead."""
        self._line = self.line
        start = self.text.rfind("\n", 0, self.at) + 1
        self._column = self.at - start + (0 if start else self._column)
        ahead = self.text[self.at :]
        parts, size = [ahead], 0
        while size < max(len(ahead), 1):
            piece = next(self._pieces, None)
            if piece is None:
                self._ended = True
                break
            parts.append(piece)
            size += len(piece)
        self.text, self.at = "".join(parts), 0

    def _may_be_cut(self, error: Exception) -> bool:
        """Return whether more text may mend a failure to parse."""
        if not isinstance(error, json.JSONDecodeError):
            return False
        return error.msg.startswith("Unterminated") or error.pos >= len(self.text) - len(
            "-Infinity"
        )

    def _refuse(self, origin: Origin, error: Exception) -> NoReturn:
        line, reason = self.line, f"JSON that cannot be read ({error})"
        if isinstance(error, json.JSONDecodeError):
            start = self.text.rfind("\n", 0, error.pos) + 1
            line = self._line + self.text.count("\n", 0, error.pos)
            column = error.pos - start + 1 + (0 if start else self._column)
            reason = f"not JSON at column {column} ({error.msg})"
        raise InputError(
            f"{origin.name}:{line}: {reason}",
            expected='a JSON array of objects such as {"text": "..."}',
            remedy="write the file again with a JSON library",
        ) from error
