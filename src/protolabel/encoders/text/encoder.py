"""Encodes texts with the model in a local folder. Finds no folder, caches nothing.

The composition: :mod:`folder` says what the model is, :mod:`windows` turns texts into tokens,
:mod:`network` builds or reads the network, :mod:`inference` runs tokens through it, and
:mod:`protolabel.arithmetic.passages` pools what was split. All vectors have unit length.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from protolabel.arithmetic.passages import (
    BEGINNINGS,
    DEFAULT_POOLING,
    Pooled,
    Pooling,
    pool_passages,
    rule_name,
)
from protolabel.beginnings import Beginnings
from protolabel.encoders.engine import openvino
from protolabel.encoders.fingerprint import compatible
from protolabel.encoders.folder import COPY_AGAIN
from protolabel.encoders.text.folder import ModelFolder, digest, longest_window, read_folder
from protolabel.encoders.text.inference import Inference
from protolabel.encoders.text.network import read_network
from protolabel.encoders.text.precision import Precision, compiled
from protolabel.encoders.text.token_kinds import shares_unread
from protolabel.encoders.text.windows import Window, Windower
from protolabel.encoders.text_arguments import require_text_list
from protolabel.errors import EncoderError
from protolabel.joined_parts import joined_beginnings
from protolabel.types import Encoded

if TYPE_CHECKING:
    from protolabel.arrays import Doubles, Embeddings, Floats, Mask

PASSAGE = 128  # tokens of a passage of a text that exceeds the window: docs/decisions/0003
WAVE = 1 << 17  # tokens that are read ahead and sorted together; bounds the memory


class TransformerEncoder:
    """A sentence encoder from a folder, torch-free; one instance may serve many threads.

    ``precision``: of its arithmetic; :mod:`precision` says which there are and what "auto" picks.
    ``threads``: processor threads for inference, all cores when None. ``normalizes``: whether the
    folder itself asks for unit length; the vectors have it either way. ``folder``: where it is.
    ``pooling``: how the passages of a long text become its vector.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        precision: Precision = "auto",
        threads: int | None = None,
        pooling: Pooling = DEFAULT_POOLING,
    ) -> None:
        """Read, build and compile.

        Raises:
            EncoderError: the folder is incomplete, damaged or of an unsupported kind, or the
                precision is not to be had on this processor.
        """
        self.folder = str(path)
        folder = read_folder(Path(path))
        window, cut = longest_window(folder), words_of(rules_of(folder))
        with ThreadPoolExecutor(3) as aside:  # reading, hashing and compiling leave it free
            aside.submit(openvino)  # is imported while the weights are read
            identity = aside.submit(digest, folder, f"{cut} {rule_name(pooling)}")
            windower = aside.submit(windower_of, folder, pooling)
            network = read_network(folder)
            graph, used = compiled(network, precision, threads)
            self._inference = Inference(graph, network, folder.pooling, window)
            self._windower = windower.result()
            if self._windower.n_tokens > network.vocabulary:
                raise EncoderError(
                    f"{folder.tokenizer_path} knows {self._windower.n_tokens} tokens",
                    expected=f"at most {network.vocabulary}, the vocab_size in config.json",
                    remedy=COPY_AGAIN + ": weights and tokenizer do not belong together",
                )
            self._fingerprint = f"{network.family}:{identity.result()}/{used}"
        self.pooling: Pooling = pooling
        self._files, self._cut = folder, cut
        self._dim = network.dim
        self._window = window
        self.normalizes = folder.normalizes
        self._specials = self._windower.n_special

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._dim

    @property
    def windower(self) -> Windower:
        """What splits its texts into windows; measurements count tokens with it."""
        return self._windower

    @property
    def fingerprint(self) -> str:
        """``family:identity/precision``; identity hashes all that decides the vectors."""
        return self._fingerprint

    def variant(self, fingerprint: str) -> TransformerEncoder | None:
        """Return the same network with the pooling rule of a fingerprint; None if none has it."""
        family, precision = (
            self._fingerprint.partition(":")[0],
            self._fingerprint.rpartition("/")[2],
        )
        for pooling in get_args(Pooling):
            identity = digest(self._files, f"{self._cut} {rule_name(pooling)}")
            name = f"{family}:{identity}/{precision}"
            if compatible(name, fingerprint):
                other = copy.copy(self)
                other.pooling, other._fingerprint = pooling, name
                other._windower = windower_of(self._files, pooling)
                return other
        return None

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts whole: (n, d) float32 of unit length, in the order given.

        Raises:
            InputError: ``texts`` is not a list of strings.
        """
        return self._encode(texts, keep=False).embeddings

    def encode_documents(self, texts: Sequence[str]) -> Encoded:
        """Encode as :meth:`encode`, with the passages of texts that exceed the window.

        Raises:
            InputError: ``texts`` is not a list of strings.
        """
        return self._encode(texts, keep=True)

    def encode_tokens(self, n_tokens: int) -> Embeddings:
        """Embed each token of the vocabulary alone: (n, d) float32, in the order of numbers."""
        head, tail = self._windower.around
        numbers = np.arange(n_tokens, dtype=np.int32)
        return self._inference.vectors(
            [np.concatenate([head, number, tail]) for number in numbers[:, None]]
        )

    def _encode(self, texts: Sequence[str], *, keep: bool) -> Encoded:
        require_text_list(texts)
        out = np.empty((len(texts), self._dim), np.float32)
        # of each text: tokens and words; unknown tokens and words spelled out in letters
        n_units, n_unread = np.zeros((2, len(texts), 2))
        passages: list[Embeddings] = []
        owners: list[int] = []
        spans: list[tuple[int, int]] = []
        weights: list[Floats] = []
        beginnings: list[Beginnings] = []
        begins: list[Embeddings] = []  # of the text that is being read, and its passages
        part: list[Embeddings] = []
        sizes: list[int] = []
        for wave in self._waves(texts):
            vectors = self._inference.vectors([window.ids for window in wave])
            whole = self._take_in(wave, vectors, out, n_units, n_unread)
            for place in np.flatnonzero(~whole).tolist():
                window, vector = wave[place], vectors[place]
                if window.beginning:  # its tokens are in the passages
                    begins.append(vector)
                    continue
                part.append(vector)
                sizes.append(max(1, window.ids.size - self._specials))
                if keep:
                    owners.append(window.owner)
                    spans.append((window.start, window.end))
                if window.last:
                    rows = np.stack(part)
                    pooled = pool_passages(
                        rows,
                        np.array(sizes, np.int64),
                        np.stack(begins) if begins else None,
                        pooling=self.pooling,
                    )
                    out[window.owner] = pooled.embedding
                    if keep:
                        passages.append(rows)
                        weights.append(pooled.weights)
                        beginnings.extend(_beginnings(begins, window.owner, pooled))
                    begins, part, sizes = [], [], []
        return Encoded(
            out,
            np.concatenate(passages) if passages else np.empty((0, self._dim), np.float32),
            np.array(owners, np.int64),
            np.array(spans, np.int64).reshape(-1, 2),
            shares_unread(n_units, n_unread),
            np.concatenate(weights) if weights else np.empty(0, np.float32),
            joined_beginnings(beginnings, [0] * len(beginnings)),
        )

    def _take_in(
        self,
        wave: list[Window],
        vectors: Embeddings,
        out: Embeddings,
        n_units: Doubles,
        n_unread: Doubles,
    ) -> Mask:
        """Put the vectors of texts of one window in place, and count what is unread in all texts.

        Returns:
            (n,) bool: which windows are a whole text.
        """
        n = len(wave)
        owners = np.fromiter((window.owner for window in wave), np.int64, n)
        sizes = np.fromiter((window.ids.size for window in wave), np.int64, n)
        once = np.fromiter((not window.beginning for window in wave), np.bool_, n)
        whole = np.fromiter((window.whole for window in wave), np.bool_, n)
        counts = self._windower.count(wave)
        units = np.stack([sizes - self._specials, counts.words], axis=1)
        np.add.at(n_units, owners[once], units[once])
        np.add.at(n_unread, owners[once], np.stack([counts.unknown, counts.letters], axis=1)[once])
        out[owners[whole]] = vectors[whole]
        return whole

    def _waves(self, texts: Sequence[str]) -> Iterator[list[Window]]:
        wave: list[Window] = []
        n_tokens = 0
        for window in self._windower.windows(texts):
            wave.append(window)
            n_tokens += window.ids.size
            if n_tokens >= WAVE:
                yield wave
                wave, n_tokens = [], 0
        if wave:
            yield wave


def rules_of(folder: ModelFolder) -> dict[str, object]:
    """Return the settings that decide vectors besides the files that :func:`digest` reads.

    They are part of every identity that is made of a folder; their names and order stay.
    """
    window, passage = _lengths(folder)
    rules = {"window": window, "pooling": folder.pooling, "passages": passage}
    return rules | ({"prompt": folder.prompt} if folder.prompt else {})


def words_of(rules: Mapping[str, object]) -> str:
    """Return rules as an identity has them."""
    return " ".join(f"{name}={value}" for name, value in rules.items())


def windower_of(folder: ModelFolder, pooling: Pooling = DEFAULT_POOLING) -> Windower:
    """Return what cuts texts into the windows that the encoder of a folder reads."""
    window, passage = _lengths(folder)
    begins = BEGINNINGS if pooling == "beginnings" else ()
    return Windower(
        folder.tokenizer_path, window, passage, begins, folder.prompt, folder.strips_ends
    )


def _lengths(folder: ModelFolder) -> tuple[int, int]:
    """Return the most tokens of a window, and of a passage of a longer text."""
    window = longest_window(folder)
    return window, min(PASSAGE, window)


def _beginnings(vectors: list[Embeddings], owner: int, pooled: Pooled) -> Iterator[Beginnings]:
    """Yield the beginnings of a document, if it has any."""
    if vectors:
        owners = np.full(len(vectors), owner, np.int64)
        weights = np.full(len(vectors), pooled.beginning, np.float32)
        yield Beginnings(np.stack(vectors), owners, weights)
