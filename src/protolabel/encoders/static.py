"""Encodes texts by a table of token vectors: very fast, and less accurate. No network runs.

The vector of a text is the mean of its tokens' vectors, each with a weight, at unit length. The
folder is laid out as model2vec writes it: ``model.safetensors`` with ``embeddings`` (v, d) and
perhaps ``weights`` (v,), ``tokenizer.json``, and ``config.json``. :mod:`distillation` makes one
from a sentence encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.arrays import unit
from protolabel.encoders.directions import are_parallel
from protolabel.encoders.folder import (
    CONFIG,
    COPY_AGAIN,
    WEIGHTS,
    digest_of_files,
    read_settings,
    read_tensors,
    require_weights,
    tensor_types,
)
from protolabel.encoders.text.files import TOKENIZER
from protolabel.encoders.text_arguments import require_text_list
from protolabel.errors import EncoderError
from protolabel.types import Encoded
from protolabel.words.quantity import quantity

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings, Floats

MODEL_TYPE = "model2vec"
_GROUP = 1024  # texts that are tokenised in one go
_FREE = (  # settings that change no vector here
    "model_type", "architectures", "tokenizer_name", "apply_pca", "apply_zipf", "sif_coefficient",
    "hidden_dim", "seq_length", "normalize", "embedding_dtype", "max_length", "distilled_from",
    "pooling", "pad_token",
)  # fmt: skip


class StaticEncoder:
    """Token vectors from a folder; threads may share it. All vectors have unit length.

    A text of unknown tokens alone has the vector of zeros, as has a text without any token.
    ``folder``: the one that says what the encoder has learned from.
    """

    def __init__(
        self, path: str | Path, fingerprint: str = "", source: str | Path | None = None
    ) -> None:
        """Read the table and the tokenizer.

        Args:
            path: of the folder.
            fingerprint: of its vectors; made from the files where it is empty.
            source: folder of the sentence encoder that it was made from; None where none is known.

        Raises:
            EncoderError: a file is missing or damaged, or asks for something else.
        """
        from protolabel.encoders.text.token_kinds import TokenKinds
        from protolabel.encoders.text.tokenizer_file import read_tokenizer

        folder = Path(path)
        self.folder = str(path if source is None else source)
        config = read_settings(folder / CONFIG, required=True)
        unknown = sorted(set(config) - set(_FREE))
        if unknown:
            raise EncoderError(
                f"{folder / CONFIG} holds the setting {unknown[0]}, which is not understood",
                expected=f"settings of {MODEL_TYPE}",
                remedy="pick another encoder",
            )
        weights_path = require_weights(folder)
        tensors, types = read_tensors(weights_path), tensor_types(weights_path)
        table = tensors.get("embeddings")
        if table is None or table.ndim != 2 or not table.shape[1] or "mapping" in types:
            what = ", ".join(f"{name} ({kind})" for name, kind in sorted(types.items()))
            raise EncoderError(
                f"{weights_path} holds {what or 'nothing'}",
                expected="a tensor `embeddings` of (tokens, dimensions) in floating point, one row "
                "for each token, and no `mapping` of tokens to shared rows",
                remedy="pick an encoder without quantised rows or vocabulary",
            )
        self._tokenizer = read_tokenizer(folder / TOKENIZER)
        n_tokens = self._tokenizer.get_vocab_size(with_added_tokens=True)
        weights = tensors.get("weights", np.ones(len(table), np.float32))
        if n_tokens > len(table) or weights.shape != (len(table),):
            raise EncoderError(
                f"{folder} has {n_tokens} tokens, {quantity(len(table), 'vector')} "
                "and weights of shape "
                f"{weights.shape}",
                expected="a vector and a weight for each token",
                remedy=COPY_AGAIN + ": weights and tokenizer do not belong together",
            )
        self._table = _weighted(table, weights, weights_path)
        self._unknown = self._number_of_unknown()
        self._kinds = TokenKinds(self._tokenizer, n_tokens)
        files = [folder / WEIGHTS, folder / TOKENIZER, folder / CONFIG]
        self._fingerprint = fingerprint or f"static:{digest_of_files(files, 'mean')}"

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return int(self._table.shape[1])

    @property
    def fingerprint(self) -> str:
        """``static:digest``."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts whole: (n, d) float32 of unit length, in the order given.

        Raises:
            InputError: ``texts`` is not a list of strings.
        """
        return self.encode_documents(texts).embeddings

    def encode_documents(self, texts: Sequence[str]) -> Encoded:
        """Embed texts whole, and count what of each is unread. There are no passages.

        Raises:
            InputError: ``texts`` is not a list of strings.
        """
        from protolabel.encoders.text.token_kinds import shares_unread
        from protolabel.encoders.text.windows import cleaned

        require_text_list(texts)
        out = np.zeros((len(texts), self.dim), np.float32)
        shares = np.zeros((len(texts), 2), np.float32)
        for first in range(0, len(texts), _GROUP):
            group = [
                cleaned(text, first + i) for i, text in enumerate(texts[first : first + _GROUP])
            ]
            rows = self._tokenizer.encode_batch_fast(group, add_special_tokens=False)
            numbers = [np.fromiter(chain(row.ids), np.int32, len(row.ids)) for row in rows]
            counts = self._kinds.count(numbers)
            shares[first : first + _GROUP] = shares_unread(
                np.stack([[len(ids) for ids in numbers], counts.words], axis=1),
                np.stack([counts.unknown, counts.letters], axis=1),
            )
            for i, ids in enumerate(numbers, first):
                ids = ids if self._unknown is None else ids[ids != self._unknown]
                if ids.size:
                    out[i] = self._table[ids].sum(axis=0)
        return replace(Encoded.whole(unit(out)), unread_shares=shares)

    def _number_of_unknown(self) -> int | None:
        """Return the number of the token for what is not in the vocabulary; None: all is."""
        name: Any = getattr(self._tokenizer.model, "unk_token", None)
        number: int | None = self._tokenizer.token_to_id(name) if name else None
        return number


def _weighted(table: Embeddings, weights: Floats, path: Path) -> Embeddings:
    """Return the vectors of tokens times their weights. *Shape:* ``(v, d)`` and ``(v,)``.

    Raises:
        EncoderError: one is not finite, or all of them point one way or nowhere.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # which the check below sees
        vectors = np.ascontiguousarray(table * weights[:, None], np.float32)
    if not np.isfinite(vectors).all():
        raise EncoderError(
            f"{path} holds vectors or weights that are not finite, or become so when multiplied",
            expected="finite numbers",
            remedy=COPY_AGAIN,
        )
    parts = (vectors[at : at + _GROUP] for at in range(0, len(vectors), _GROUP))
    rows = (part[part.any(axis=1)] for part in parts)
    first = next((part[:1] for part in rows if len(part)), None)
    if first is None or _point_one_way(vectors, first):
        got = "zeros for each token" if first is None else "one direction for all tokens"
        raise EncoderError(
            f"{path} holds {got}, once its weights are applied, so no document could be told from "
            "another",
            expected="vectors that differ from token to token",
            remedy=COPY_AGAIN,
        )
    return vectors


def _point_one_way(vectors: Embeddings, first: Embeddings) -> bool:
    """Return whether all vectors but those of zeros point as the first; a few rows mostly tell."""
    parts = (vectors[at : at + _GROUP] for at in range(0, len(vectors), _GROUP))
    rows = (part[part.any(axis=1)] for part in parts)
    return all(are_parallel(np.concatenate([first, part])) for part in rows)
