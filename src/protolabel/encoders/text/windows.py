"""Turns texts into windows of tokens: whole texts where they fit, passages where they do not.

It knows the tokenizer and no engine. Nothing is cut off: the spans of a text's windows tile it
from its first character to its last; its beginnings are windows besides. Memory does not grow with
a text's length beyond its windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from protolabel.encoders.text.token_kinds import Counts, TokenKinds
from protolabel.encoders.text.tokenizer_file import read_tokenizer
from protolabel.encoders.text_arguments import require_text
from protolabel.errors import EncoderError
from protolabel.words.text import words_apart

if TYPE_CHECKING:
    import numpy.typing as npt

    Ids = npt.NDArray[np.int32]

SLAB = 1 << 16  # characters that are tokenised as one
_SLABS = 16  # slabs that are tokenised in one go
_GROUP = 1024  # texts that are tokenised in one go


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens that are encoded in one pass, special tokens included.

    ``owner``: the text's place in the input. ``start``, ``end``: its characters. ``whole``: the
    text is this window alone. ``last``: no further window of this text follows.
    ``beginning``: it begins a split text, and is encoded besides the passages that tile the text.
    """

    ids: Ids
    owner: int
    start: int
    end: int
    whole: bool
    last: bool
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class _Slab:
    """A stretch of tokens: numbers, first characters, whether a word starts, end of the text."""

    ids: Ids
    starts: npt.NDArray[np.int64]
    words: npt.NDArray[np.bool_]
    last: bool


class Windower:
    """A tokenizer and a window size; safe to use from several threads."""

    def __init__(
        self,
        path: Path,
        window: int,
        passage: int,
        beginnings: Sequence[int] = (),
        prompt: str = "",
        strips_ends: bool = False,
    ) -> None:
        """Read tokenizer.json.

        Args:
            path: of the file.
            window: tokens of the longest window, special ones included.
            passage: tokens of a passage of a longer text, likewise.
            beginnings: tokens of the beginnings of a longer text that are windows besides, special
                tokens not included; those that are no shorter than a passage are left out.
            prompt: what comes before the text in every window; its tokens count as special ones.
            strips_ends: as of :func:`read_tokenizer`.

        Raises:
            EncoderError: the tokenizer cannot be read, or the window is too small for it.
        """
        self._tokenizer = read_tokenizer(path, strips_ends=strips_ends)
        around = self._tokenizer.encode("", add_special_tokens=True).ids
        probe = self._tokenizer.encode("a", add_special_tokens=True)
        head = probe.special_tokens_mask.index(0) if 0 in probe.special_tokens_mask else 1
        self._prompt = prompt
        joint = self._tokenizer.encode(prompt + "a", add_special_tokens=False)
        words = joint.ids[: _n_of_prompt(joint.offsets, prompt)]
        around = [*around[:head], *words, *around[head:]]
        head += len(words)
        self._head = np.array(around[:head], np.int32)
        self._tail = np.array(around[head:], np.int32)
        self.n_special = len(around)
        self.n_tokens = self._tokenizer.get_vocab_size(with_added_tokens=True)
        if any(probe.type_ids):
            raise EncoderError(
                f"{path} gives a text's tokens another type than 0",
                expected="a tokenizer that numbers a single text 0",
                remedy="pick another encoder",
            )
        self._kinds = TokenKinds(self._tokenizer, self.n_tokens)
        self._special_words = int(self._kinds.count([np.array(around, np.int32)]).words[0])
        self._window = window
        self._passage = passage - len(around)
        self._beginnings = [size for size in beginnings if size < self._passage]
        if self._passage < 1 or window < passage:
            raise EncoderError(
                f"{path.parent} has a window of {window} tokens, and the special tokens and the "
                f"prompt take {len(around)}",
                expected=f"more than {len(around)} tokens",
                remedy="raise max_seq_length in sentence_bert_config.json, shorten the default "
                "prompt in config_sentence_transformers.json, or pick another encoder",
            )

    @property
    def around(self) -> tuple[Ids, Ids]:
        """What comes before and after a text in each of its windows."""
        return self._head, self._tail

    def count(self, windows: Sequence[Window]) -> Counts:
        """Return the tokens of each window that begin a word, that are one letter, or unknown.

        The special tokens around the text are no words. :class:`TokenKinds` says which letters
        count.
        """
        counts = self._kinds.count([window.ids for window in windows])
        return counts._replace(words=counts.words - self._special_words)

    def windows(self, texts: Sequence[str]) -> Iterator[Window]:
        """Yield the windows of all texts, in order.

        Raises:
            InputError: a text is not a string.
        """
        for first in range(0, len(texts), _GROUP):
            group = [cleaned(texts[i], i) for i in range(first, min(first + _GROUP, len(texts)))]
            # Offsets cost as much again: they are had where a text will hardly fit, or did not.
            few = [self._prompt + text for text in group if len(text) <= 3 * self._window]
            encodings = iter(self._tokenizer.encode_batch_fast(few, add_special_tokens=True))
            ids = [next(encodings).ids if len(text) <= 3 * self._window else None for text in group]
            fits = [row is not None and len(row) <= self._window for row in ids]
            slabs = self._slabs([t for t, fit in zip(group, fits, strict=True) if not fit])
            for place, (text, row, fit) in enumerate(zip(group, ids, fits, strict=True), first):
                if fit:
                    yield Window(np.array(row, np.int32), place, 0, len(text), True, True)
                else:
                    yield from self._passages(text, place, slabs)

    def _passages(self, text: str, owner: int, slabs: Iterator[_Slab]) -> Iterator[Window]:
        """Cut a text at the last word start that fits, or hard where no word starts."""
        left = _Slab(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, bool), False)
        begun, split = 0, False
        while not left.last:
            left = _whole_slab(left, next(slabs))
            at = 0
            # What fits in one window is one window, though passages may be shorter than that.
            whole = self._window - self.n_special
            while left.ids.size - at > (self._passage if split else whole):
                if not split:
                    yield from self._starts(left, owner)
                cut = _cut(left, at, self._passage)
                end = int(left.starts[cut])
                yield self._window_of(left.ids[at:cut], owner, begun, end, whole=False, last=False)
                begun, at, split = end, cut, True
            left = _Slab(left.ids[at:], left.starts[at:], left.words[at:], left.last)
        yield self._window_of(left.ids, owner, begun, len(text), whole=not split, last=True)

    def _starts(self, text: _Slab, owner: int) -> Iterator[Window]:
        """Yield the beginnings of a text that is longer than the window."""
        for size in self._beginnings:
            cut = _cut(text, 0, size)
            ids = np.concatenate([self._head, text.ids[:cut], self._tail])
            end = int(text.starts[cut])
            yield Window(ids, owner, 0, end, whole=False, last=False, beginning=True)

    def _window_of(
        self, ids: Ids, owner: int, start: int, end: int, *, whole: bool, last: bool
    ) -> Window:
        return Window(np.concatenate([self._head, ids, self._tail]), owner, start, end, whole, last)

    def _slabs(self, texts: list[str]) -> Iterator[_Slab]:
        """Yield the tokens of all texts, slab by slab; a few slabs are tokenised together."""
        todo = [(text, start, end) for text in texts for start, end in _cuts(text)]
        for first in range(0, len(todo), _SLABS):
            slabs = todo[first : first + _SLABS]
            prompts = ["" if start else self._prompt for _, start, _ in slabs]
            encodings = self._tokenizer.encode_batch(
                [p + text[start:end] for p, (text, start, end) in zip(prompts, slabs, strict=True)],
                add_special_tokens=False,
            )
            for prompt, (text, start, end), tokens in zip(prompts, slabs, encodings, strict=True):
                pairs = chain.from_iterable(tokens.offsets)
                spans = np.fromiter(pairs, np.int64, 2 * len(tokens)).reshape(-1, 2)
                skipped = _n_of_prompt(tokens.offsets, prompt)  # these are in every window's head
                spans = np.maximum(spans[skipped:] - len(prompt), 0) + start
                # Tokens of one character (bytes of an emoji) share its span: never run backwards.
                starts = np.maximum.accumulate(spans[:, 0])
                words = np.ones(starts.size, bool)
                words[1:] = spans[1:, 0] > spans[:-1, 1]
                ids = np.array(tokens.ids[skipped:], np.int32)
                yield _Slab(ids, starts, words, end == len(text))


def _n_of_prompt(offsets: Sequence[tuple[int, int]], prompt: str) -> int:
    """Return how many tokens are of the prompt, by the offsets of the tokens of prompt and text.

    The space at the end of a prompt may be part of the text's first token.
    """
    end = len(prompt.rstrip())
    return next((i for i, (start, _) in enumerate(offsets) if start >= end), len(offsets))


def _cut(text: _Slab, at: int, size: int) -> int:
    """Return where a stretch of at most ``size`` tokens from ``at`` ends: at a word start."""
    least = at + max(1, size // 2)
    good = np.flatnonzero(text.words[least : at + size + 1])
    return least + int(good[-1]) if good.size else at + size


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    """Yield slabs that tile a text, at least one, cut before white space where it is near."""
    start = 0
    while start + SLAB < len(text):
        end = start + SLAB
        end = next((i for i in range(end, end - SLAB // 8, -1) if text[i].isspace()), end)
        yield start, end
        start = end
    yield start, len(text)


def _whole_slab(a: _Slab, b: _Slab) -> _Slab:
    return _Slab(
        np.concatenate([a.ids, b.ids]),
        np.concatenate([a.starts, b.starts]),
        np.concatenate([a.words, b.words]),
        b.last,
    )


def cleaned(text: object, place: int) -> str:
    """Return a text as it is tokenised, here and in training: one character for each of its own.

    Raises InputError where it is no string; ``place`` says which one it is.
    """
    content = require_text(text, place)
    try:
        content.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: one character for one
        content = content.encode("utf-8", "replace").decode()
    return words_apart(content)
