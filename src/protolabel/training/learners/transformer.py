"""A BERT-family sentence encoder as it learns: whole, its last layers, or low-rank additions.

The network is `transformers`', the low-rank additions (LoRA, Hu et al. 2021) are `peft`'s; folder,
pooling and dense step are read as for inference. Of a text beyond ``max_tokens`` the beginning is
learned from. It is judged whole, in the windows that inference splits it into.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from protolabel.arrays import Floats, Mask, Positions
from protolabel.encoders.folder import read_tensors, tensor_of
from protolabel.encoders.text.architectures import read_sizes
from protolabel.encoders.text.encoder import windower_of
from protolabel.encoders.text.folder import ModelFolder
from protolabel.encoders.text.graph import plain_tensors
from protolabel.encoders.text.head import Dense
from protolabel.encoders.text.steps import read_dense
from protolabel.encoders.text.tokenizer_file import read_tokenizer
from protolabel.encoders.text.windows import cleaned
from protolabel.errors import InputError
from protolabel.training.learners.base import Learner
from protolabel.training.learners.learnable import read_learnable
from protolabel.training.learners.whole_texts import whole_vectors
from protolabel.training.save import write_transformer

MAX_TOKENS = 128  # of a text that is learned from, where nobody has said another number
FEWEST_TOKENS = 3
BUDGET = 8192  # padded tokens of one pass
_OF_STORAGE = ("dtype", "torch_dtype")  # settings of how weights are kept: here it is float32


@dataclass(frozen=True)
class Tokens:
    """Texts as token numbers, special tokens included.

    ``lengths`` (n,): of the tokens that are learned from. ``texts``: n, whole. ``cut`` (n,): which
    texts go on after these tokens.
    """

    ids: list[npt.NDArray[np.int32]]
    lengths: npt.NDArray[np.int64]
    texts: Sequence[str] = ()
    cut: Mask | None = None


class Transformer(Learner):
    """Learns from the folder of an encoder, and is written as one.

    ``parts``: "all", "last:N" (the last N layers) or "lora" (or "lora:RANK"); a dense step after
    pooling learns with "all" alone. The table of word
    vectors stays as it is unless ``words``: it is half of a small encoder, and what a few classes
    move in it helps no other. ``max_tokens``: of a text in training. ``dropout``: in every layer;
    none by default, since a few hundred episodes do not overfit and it costs a fifth of the time.
    """

    def __init__(
        self,
        folder: Path,
        *,
        parts: str = "all",
        words: bool = False,
        max_tokens: int = MAX_TOKENS,
        dropout: float = 0.0,
        bf16: bool = True,
    ) -> None:
        """Raise EncoderError for a folder that cannot be read, InputError for other settings."""
        super().__init__()
        if max_tokens < FEWEST_TOKENS:
            raise InputError(
                f"max_tokens {max_tokens}",
                expected=f"{FEWEST_TOKENS} or more: two of them are no part of the text",
            )
        self._folder = read_learnable(folder)
        sizes = read_sizes(self._folder.config)
        window = min(self._folder.window or sizes.window, sizes.window)
        self._max_tokens, self._bf16 = min(max_tokens, window), bf16
        self.network = _network(self._folder, dropout)
        self.dense = _dense(self._folder, sizes.size)
        if self.dense is not None:
            self.dense.requires_grad_(parts == "all")
        self.dim = self.dense.out_features if self.dense is not None else sizes.size
        self._tanh = self.dense is not None and _read(self._folder, sizes.size).activation == "tanh"
        _choose(self.network, parts, sizes.family.layer, sizes.n_layers, words)
        if parts.startswith("lora"):
            self.network = _with_lora(self.network, parts, sizes.family.query, sizes.family.value)
        self._lora = parts.startswith("lora")

    def prepare(self, documents: Sequence[str]) -> Tokens:
        """Tokenise, up to ``max_tokens`` of each text."""
        tokenizer = read_tokenizer(
            self._folder.tokenizer_path, strips_ends=self._folder.strips_ends
        )
        texts = [cleaned(text, place) for place, text in enumerate(documents)]
        whole = [len(e.ids) for e in tokenizer.encode_batch_fast(texts)]
        tokenizer.enable_truncation(self._max_tokens)
        encodings = tokenizer.encode_batch_fast(texts)
        ids = [np.array(e.ids, np.int32) for e in encodings]
        cut = np.array(whole, np.int64) > self._max_tokens
        return Tokens(ids, np.array([len(i) for i in ids], np.int64), texts, cut)

    def shortened(self, prepared: Tokens, n: int) -> int:
        """Return how many of the first ``n`` texts are learned from by their first tokens."""
        return 0 if prepared.cut is None else int(prepared.cut[:n].sum())

    def embed_whole(self, prepared: Tokens, rows: Positions) -> Floats:
        """Return the vectors of whole texts, in the windows of the inference path."""

        def embedded(ids: list[npt.NDArray[np.int32]]) -> Floats:
            windows = Tokens(ids, np.array([len(i) for i in ids], np.int64))
            return self.embed_all(windows, np.arange(len(ids)))

        texts = [prepared.texts[row] for row in rows.tolist()]
        return whole_vectors(windower_of(self._folder), texts, embedded)

    def order(self, prepared: Tokens, rows: Positions) -> Positions:
        """Return the order by length."""
        return np.argsort(prepared.lengths[rows], kind="stable")

    def embed(self, prepared: Tokens, rows: Positions, generator: torch.Generator | None) -> Tensor:
        """Return vectors of rows (n,): (n, d), float32 of unit length; passes hold like lengths."""
        order = np.argsort(prepared.lengths[rows], kind="stable")
        parts: list[Tensor] = []
        start = 0
        while start < len(rows):
            end = _end_of_pass(prepared.lengths[rows[order]], start)
            parts.append(self(*self._padded_batch(prepared, rows[order[start:end]])))
            start = end
        back = torch.from_numpy(np.argsort(order)).to(self.device)
        return torch.cat(parts)[back]

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return vectors (b, d), float32 of unit length, of tokens (b, s) and their mask."""
        with torch.autocast(ids.device.type, torch.bfloat16, enabled=self._bf16):
            states = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        states = states.float()
        if self._folder.pooling == "cls":
            pooled = states[:, 0]
        else:
            real = mask[:, :, None].to(states.dtype)
            pooled = (states * real).sum(1) / real.sum(1)
        if self.dense is not None:
            pooled = self.dense(pooled)
            pooled = torch.tanh(pooled) if self._tanh else pooled
        return functional.normalize(pooled, dim=1)

    def write(self, folder: Path) -> None:
        """Write the base encoder's folder with the learned weights in place of its own."""
        network = self.network
        if self._lora:
            import copy

            network = cast(Any, copy.deepcopy(network)).merge_and_unload()
        write_transformer(folder, self._folder, network.state_dict(), self.dense)

    def _padded_batch(self, prepared: Tokens, rows: Positions) -> tuple[Tensor, Tensor]:
        width = int(prepared.lengths[rows].max())
        ids = np.full((len(rows), width), int(self._folder.config.get("pad_token_id") or 0))
        mask = np.zeros((len(rows), width), np.int64)
        for i, row in enumerate(rows):
            tokens = prepared.ids[row]
            ids[i, : tokens.size], mask[i, : tokens.size] = tokens, 1
        return torch.from_numpy(ids).to(self.device), torch.from_numpy(mask).to(self.device)


def _end_of_pass(lengths: npt.NDArray[np.int64], start: int) -> int:
    """Return how far a pass over rising lengths may go: width times rows within the budget."""
    rows = np.arange(1, len(lengths) - start + 1)
    fits = lengths[start:] * rows <= BUDGET
    return start + max(1, int(fits.sum()))


def _network(folder: ModelFolder, dropout: float) -> nn.Module:
    """Return `transformers`' network of config.json with the folder's weights, in float32."""
    from transformers import AutoConfig, AutoModel

    settings = {k: v for k, v in folder.config.items() if k not in _OF_STORAGE}
    config: Any = AutoConfig.for_model(str(settings.pop("model_type")), **settings)
    for name, value in config.to_dict().items():
        if "dropout" in name and isinstance(value, float | int):
            setattr(config, name, dropout)
    network: Any = cast(Any, AutoModel).from_config(config)
    if hasattr(network, "pooler"):
        network.pooler = None  # its output is not used
    network.float()
    prefix = read_sizes(folder.config).family.prefix
    tensors = plain_tensors(read_tensors(folder.weights_path), prefix)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            value = tensor_of(tensors, name, tuple(parameter.shape), folder.weights_path)
            parameter.copy_(torch.from_numpy(value.copy()))
    module: nn.Module = network
    return module


def _read(folder: ModelFolder, size: int) -> Dense:
    assert folder.dense_path is not None
    return read_dense(folder.dense_path, size)


def _dense(folder: ModelFolder, size: int) -> nn.Linear | None:
    if folder.dense_path is None:
        return None
    read = _read(folder, size)
    layer = nn.Linear(size, read.weight.shape[0], bias=read.bias is not None)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(read.weight.copy()))
        if read.bias is not None:
            layer.bias.copy_(torch.from_numpy(read.bias.copy()))
    return layer


def _choose(network: nn.Module, parts: str, layer: str, n_layers: int, words: bool) -> None:
    """Say which parameters learn."""
    kind, _, number = parts.partition(":")
    if kind not in ("all", "last", "lora") or (kind == "last" and not number.isdigit()):
        raise InputError(f"parts {parts!r}", expected="all, last:N or lora")
    first = n_layers - int(number) if kind == "last" else 0
    if kind == "last" and not 1 <= int(number) <= n_layers:
        raise InputError(f"parts {parts!r}", expected=f"last:1 to last:{n_layers}")
    learning = tuple(layer.format(i) for i in range(first, n_layers))
    for name, parameter in network.named_parameters():
        if kind == "all":
            parameter.requires_grad = words or "word_embeddings" not in name
        else:
            parameter.requires_grad = kind == "last" and name.startswith(learning)


def _with_lora(network: nn.Module, parts: str, query: str, value: str) -> nn.Module:
    from peft import LoraConfig, get_peft_model

    rank = parts.partition(":")[2] or "16"
    if not rank.isdigit() or int(rank) < 1:
        raise InputError(f"parts {parts!r}", expected="lora or lora:RANK")
    targets = [name.rpartition(".")[2] for name in (query, value)]
    config = LoraConfig(
        r=int(rank), lora_alpha=2 * int(rank), lora_dropout=0.0, target_modules=targets
    )
    with warnings.catch_warnings():  # peft asks transformers by a name that has been replaced
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        wrapped: nn.Module = get_peft_model(cast(Any, network), config)
    return wrapped
