"""Turns texts into windows of tokens: whole texts where they fit, passages where they do not.

It knows the tokenizer and no engine. Nothing is cut off: the spans of a text's windows tile it
from its first character to its last. Memory does not grow with a text's length beyond its windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.errors import EncoderError, InputError

if TYPE_CHECKING:
    import numpy.typing as npt

    Ids = npt.NDArray[np.int32]

SLAB = 1 << 16  # characters that are tokenised in one go
_GROUP = 1024  # texts that are tokenised in one go


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens that are encoded in one pass, special tokens included.

    ``owner``: the text's place in the input. ``start``, ``end``: its characters. ``whole``: the
    text is this window alone. ``last``: no further window of this text follows.
    """

    ids: Ids
    owner: int
    start: int
    end: int
    whole: bool
    last: bool


class Windower:
    """A tokenizer and a window size; safe to use from several threads."""

    def __init__(self, path: Path, window: int, passage: int) -> None:
        """Read tokenizer.json at ``path``; ``window`` and ``passage`` count special tokens too.

        Raises:
            EncoderError: the tokenizer cannot be read, or the window is too small for it.
        """
        from tokenizers import Tokenizer

        try:
            self._tokenizer: Any = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise EncoderError(
                f"{path} cannot be read ({error})",
                expected="a tokenizer.json of the `tokenizers` library",
                remedy="download or copy the model again",
            ) from error
        self._tokenizer.no_truncation()  # both come switched on in published files
        self._tokenizer.no_padding()
        around = self._tokenizer.encode("", add_special_tokens=True).ids
        probe = self._tokenizer.encode("a", add_special_tokens=True)
        head = probe.special_tokens_mask.index(0) if 0 in probe.special_tokens_mask else 1
        self._head = np.array(around[:head], np.int32)
        self._tail = np.array(around[head:], np.int32)
        self.n_special = len(around)
        self._window = window
        self._passage = passage - len(around)
        if self._passage < 1 or window < passage:
            raise EncoderError(
                f"a window of {window} tokens", expected=f"more than {len(around)} tokens"
            )

    def windows(self, texts: Sequence[str]) -> Iterator[Window]:
        """The windows of all texts, in order.

        Raises:
            InputError: a text is not a string.
        """
        for first in range(0, len(texts), _GROUP):
            group = [_clean(texts[i], i) for i in range(first, min(first + _GROUP, len(texts)))]
            # What has more characters than this cannot fit: no use in trying.
            short = [text for text in group if len(text) <= 8 * self._window]
            found = iter(self._tokenizer.encode_batch_fast(short, add_special_tokens=True))
            for place, text in enumerate(group, first):
                ids = next(found).ids if len(text) <= 8 * self._window else None
                if ids is not None and len(ids) <= self._window:
                    yield Window(np.array(ids, np.int32), place, 0, len(text), True, True)
                else:
                    yield from self._passages(text, place)

    def _passages(self, text: str, owner: int) -> Iterator[Window]:
        """Cut a text at the last word start that fits, or hard where no word starts."""
        ids = np.empty(0, np.int32)
        starts = np.empty(0, np.int64)
        words = np.empty(0, bool)
        begun, n_yielded = 0, 0
        for more_ids, more_starts, more_words in self._slabs(text):
            ids = np.concatenate([ids, more_ids])
            starts = np.concatenate([starts, more_starts])
            words = np.concatenate([words, more_words])
            at = 0
            while ids.size - at > self._passage:
                cut = at + self._passage
                good = np.flatnonzero(words[at + self._passage // 2 : cut + 1])
                if good.size:
                    cut = at + self._passage // 2 + int(good[-1])
                end = int(starts[cut])
                yield self._window_of(ids[at:cut], owner, begun, end, whole=False, last=False)
                begun, at, n_yielded = end, cut, n_yielded + 1
            ids, starts, words = ids[at:], starts[at:], words[at:]
        yield self._window_of(ids, owner, begun, len(text), whole=n_yielded == 0, last=True)

    def _window_of(
        self, ids: Ids, owner: int, start: int, end: int, *, whole: bool, last: bool
    ) -> Window:
        return Window(np.concatenate([self._head, ids, self._tail]), owner, start, end, whole, last)

    def _slabs(self, text: str) -> Iterator[tuple[Ids, npt.NDArray[np.int64], npt.NDArray[Any]]]:
        """Token numbers, first characters, and whether a word starts there, slab by slab."""
        start, behind = 0, -1
        while start < len(text):
            end = min(start + SLAB, len(text))
            if end < len(text):  # cut before white space, where there is any
                back = next((i for i in range(end, end - SLAB // 8, -1) if text[i].isspace()), end)
                end = back
            found = self._tokenizer.encode(text[start:end], add_special_tokens=False)
            spans = np.array(found.offsets, np.int64).reshape(-1, 2) + start
            if spans.size:
                starts = np.maximum.accumulate(spans[:, 0])
                ends = np.concatenate([[behind], np.maximum.accumulate(spans[:-1, 1])])
                yield np.array(found.ids, np.int32), starts, starts > ends
                behind = int(spans[-1, 1])
            start = end


def _clean(text: object, place: int) -> str:
    if not isinstance(text, str):
        raise InputError(
            f"text {place} is a {type(text).__name__}", expected="a string",
            remedy="turn it into text first; missing texts can be ''",
        )  # fmt: skip
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: one character for one
        return text.encode("utf-8", "replace").decode()
    return text
