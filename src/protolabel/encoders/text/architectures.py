"""The architectures of the BERT family: sizes, and where each keeps what. Computes nothing.

Supported ``model_type``: bert, roberta, xlm-roberta, camembert, distilbert, mpnet. What config.json
says of one of them becomes :class:`Sizes`, which :mod:`protolabel.encoders.text.graph` builds from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from protolabel.errors import EncoderError
from protolabel.words.quantity import quantity


@dataclass(frozen=True)
class Family:
    """Where a model family keeps what: names of tensors, names of settings, and its oddities.

    ``after_padding``: the first token takes the row of the position table after that of the padding
    token, else row 0; ``padding`` is that token where the family fixes it (MPNet), else
    ``pad_token_id`` says. ``relative`` marks a bias by distance (MPNet). ``epsilon`` names the
    setting of the norms, None where the family fixes 1e-12 (DistilBERT).
    """

    layer: str = "encoder.layer.{}."
    query: str = "attention.self.query"
    key: str = "attention.self.key"
    value: str = "attention.self.value"
    attention_out: str = "attention.output.dense"
    attention_norm: str = "attention.output.LayerNorm"
    inner: str = "intermediate.dense"
    outer: str = "output.dense"
    outer_norm: str = "output.LayerNorm"
    token_types: bool = True
    after_padding: bool = False
    relative: bool = False
    size: str = "hidden_size"
    n_layers: str = "num_hidden_layers"
    n_heads: str = "num_attention_heads"
    inner_size: str = "intermediate_size"
    activation: str = "hidden_act"
    epsilon: str | None = "layer_norm_eps"
    padding: int | None = None
    prefix: str = "bert."


_ROBERTA = Family(after_padding=True, prefix="roberta.")
FAMILIES: Mapping[str, Family] = {
    "bert": Family(),
    "roberta": _ROBERTA,
    "xlm-roberta": _ROBERTA,
    "camembert": _ROBERTA,
    "distilbert": Family(
        layer="transformer.layer.{}.", query="attention.q_lin", key="attention.k_lin",
        value="attention.v_lin", attention_out="attention.out_lin", attention_norm="sa_layer_norm",
        inner="ffn.lin1", outer="ffn.lin2", outer_norm="output_layer_norm", token_types=False,
        size="dim", n_layers="n_layers", n_heads="n_heads", inner_size="hidden_dim",
        activation="activation", epsilon=None, prefix="distilbert.",
    ),
    "mpnet": Family(
        query="attention.attn.q", key="attention.attn.k", value="attention.attn.v",
        attention_out="attention.attn.o", attention_norm="attention.LayerNorm",
        token_types=False, after_padding=True, relative=True, padding=1,
        prefix="mpnet.",
    ),
}  # fmt: skip
_ROLES = ("size", "n_layers", "n_heads", "inner_size", "activation")
ACTIVATIONS = {
    "gelu": "erf",
    "gelu_new": "tanh",
    "gelu_pytorch_tanh": "tanh",
    "gelu_fast": "tanh",
    "relu": "relu",
}


_PICK = "pick another encoder, or wrap your own in CallableEncoder"


@dataclass(frozen=True)
class Sizes:
    """The numbers of an architecture. ``window``: most tokens that the position table allows."""

    family: Family
    size: int
    n_layers: int
    n_heads: int
    inner_size: int
    vocabulary: int
    positions: int
    first_position: int
    epsilon: float
    activation: str

    @property
    def padding(self) -> int:
        """Number of the padding token, of families whose positions begin after it."""
        return self.first_position - 1

    @property
    def window(self) -> int:
        """Tokens of the longest pass, special tokens included."""
        return self.positions - self.first_position


def read_sizes(config: Mapping[str, Any]) -> Sizes:
    """Take the architecture from config.json.

    Raises:
        EncoderError: an architecture or a setting that is not supported, or one that is missing,
            or two that contradict each other.
    """
    kind = str(config.get("model_type"))
    if kind not in FAMILIES:
        raise EncoderError(
            f"the encoder is of type {kind!r}",
            expected=f"one of {', '.join(FAMILIES)}",
            remedy=_PICK,
        )
    family = FAMILIES[kind]
    activation = str(config.get(family.activation, "gelu"))
    if activation not in ACTIVATIONS:
        raise EncoderError(
            f"config.json asks for the activation {activation!r}",
            expected=f"one of {', '.join(ACTIVATIONS)}",
            remedy=_PICK,
        )
    positions = config.get("position_embedding_type", "absolute")
    if positions != "absolute" or config.get("sinusoidal_pos_embds") is True:
        raise EncoderError(
            f"config.json asks for positions of another kind ({positions!r})",
            expected="absolute learned positions",
            remedy=_PICK,
        )
    try:
        sizes = Sizes(
            family=family,
            size=int(config[family.size]),
            n_layers=int(config[family.n_layers]),
            n_heads=int(config[family.n_heads]),
            inner_size=int(config[family.inner_size]),
            vocabulary=int(config["vocab_size"]),
            positions=int(config["max_position_embeddings"]),
            first_position=_first_position(config, family),
            epsilon=1e-12 if family.epsilon is None else float(config.get(family.epsilon, 1e-12)),
            activation=activation,
        )
    except KeyError as error:
        raise EncoderError(
            f"config.json lacks {error}",
            expected=f"the settings of a {kind} encoder",
            remedy="download or copy the model again",
        ) from error
    if min(sizes.n_layers, sizes.n_heads, sizes.window) < 1 or sizes.size % sizes.n_heads:
        raise EncoderError(
            f"config.json gives {quantity(sizes.n_heads, 'head')} to {sizes.size} dimensions",
            expected="positive sizes, and dimensions that the heads divide",
            remedy="download or copy the model again",
        )
    _refuse_other_names(config, sizes)
    return sizes


def _refuse_other_names(config: Mapping[str, Any], sizes: Sizes) -> None:
    """Raise EncoderError where a setting by another family's name says something else.

    transformers takes some of these for the family's own settings, and ignores the others.
    """
    for role in _ROLES:
        own, value = getattr(sizes.family, role), getattr(sizes, role)
        for name in sorted({getattr(one, role) for one in FAMILIES.values()} - {own}):
            if config.get(name) not in (None, value):
                raise EncoderError(
                    f"config.json has {name}: {config[name]!r}, and {own}: {value!r}",
                    expected=f"{own} alone, as in other {config['model_type']} encoders",
                    remedy=f"remove {name} from it if {own} is right, or pick another encoder",
                )


def _first_position(config: Mapping[str, Any], family: Family) -> int:
    """Return the row of the position table that the first token takes."""
    if not family.after_padding:
        return 0
    padding = config.get("pad_token_id", 1) if family.padding is None else family.padding
    if padding is None:
        raise EncoderError(
            "config.json has no pad_token_id, after which the positions begin",
            expected="the number of the padding token",
            remedy="download or copy the model again",
        )
    return int(padding) + 1
