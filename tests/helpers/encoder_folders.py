"""A tiny encoder folder with random weights, and its forward pass in plain float64 loops.

The forward pass is written from the papers' formulas (Vaswani et al. 2017, Devlin et al. 2019,
Raffel et al. 2020 for distances), token by token, with none of the package's code: it is the
oracle. Tensor names are those that transformers writes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

SIZE, HEADS, INNER, LAYERS, POSITIONS = 16, 4, 24, 2, 40
WORDS = [*"pay bill box ship work sign a b c d e f g . ! ? é".split(), "##ing", "##s"]  # noqa: SIM905
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS]

BERT = {
    "layer": "encoder.layer.{}.", "q": "attention.self.query", "k": "attention.self.key",
    "v": "attention.self.value", "o": "attention.output.dense",
    "n1": "attention.output.LayerNorm", "inner": "intermediate.dense", "outer": "output.dense",
    "n2": "output.LayerNorm",
}  # fmt: skip
DISTIL = {
    "layer": "transformer.layer.{}.", "q": "attention.q_lin", "k": "attention.k_lin",
    "v": "attention.v_lin", "o": "attention.out_lin", "n1": "sa_layer_norm", "inner": "ffn.lin1",
    "outer": "ffn.lin2", "n2": "output_layer_norm",
}  # fmt: skip
MPNET = BERT | {
    "q": "attention.attn.q", "k": "attention.attn.k", "v": "attention.attn.v",
    "o": "attention.attn.o", "n1": "attention.LayerNorm",
}  # fmt: skip
TOKENIZER = {"do_lower_case": True, "strip_accents": False}
GENERIC = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]"}
NAMES = {"bert": BERT, "roberta": BERT, "distilbert": DISTIL, "mpnet": MPNET}
PAD = {"bert": 0, "roberta": 1, "distilbert": 0, "mpnet": 1}


def settings(family: str) -> dict[str, object]:
    common = {"model_type": family, "vocab_size": len(VOCABULARY), "pad_token_id": PAD[family],
              "max_position_embeddings": POSITIONS}  # fmt: skip
    if family == "distilbert":
        return common | {"dim": SIZE, "n_layers": LAYERS, "n_heads": HEADS, "hidden_dim": INNER,
                         "activation": "gelu"}  # fmt: skip
    return common | {"hidden_size": SIZE, "num_hidden_layers": LAYERS,
                     "num_attention_heads": HEADS, "intermediate_size": INNER,
                     "hidden_act": "gelu", "layer_norm_eps": 1e-6}  # fmt: skip


def random_tensors(family: str, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    names = NAMES[family]
    tensors = {
        "embeddings.word_embeddings.weight": (len(VOCABULARY), SIZE),
        "embeddings.position_embeddings.weight": (POSITIONS, SIZE),
        "embeddings.LayerNorm.weight": (SIZE,),
        "embeddings.LayerNorm.bias": (SIZE,),
    }
    if family in ("bert", "roberta"):
        tensors["embeddings.token_type_embeddings.weight"] = (2, SIZE)
    if family == "mpnet":
        tensors["encoder.relative_attention_bias.weight"] = (32, HEADS)
    for layer in range(LAYERS):
        at = names["layer"].format(layer)
        for part in "qkvo":
            tensors[at + names[part] + ".weight"] = (SIZE, SIZE)
            tensors[at + names[part] + ".bias"] = (SIZE,)
        for part in ("n1", "n2"):
            tensors[at + names[part] + ".weight"] = (SIZE,)
            tensors[at + names[part] + ".bias"] = (SIZE,)
        tensors[at + names["inner"] + ".weight"] = (INNER, SIZE)
        tensors[at + names["inner"] + ".bias"] = (INNER,)
        tensors[at + names["outer"] + ".weight"] = (SIZE, INNER)
        tensors[at + names["outer"] + ".bias"] = (SIZE,)
    return {n: (rng.normal(size=s) * 0.5).astype(np.float32) for n, s in tensors.items()}


def write_tokenizer(path: Path) -> None:
    """WordPiece; truncation and padding are switched on, as in published files."""
    numbers = {token: i for i, token in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.add_special_tokens(VOCABULARY[:4])
    tokenizer.enable_truncation(6)
    tokenizer.enable_padding(length=30)
    tokenizer.save(str(path))


def write_folder(
    path: Path,
    family: str = "bert",
    *,
    window: int | None = 12,
    pooling: str = "mean",
    dense: int | None = None,
    tensors: dict[str, np.ndarray] | None = None,
) -> Path:
    """The sentence-transformers layout; returns ``path``."""
    path.mkdir(parents=True, exist_ok=True)
    save_file(tensors or random_tensors(family), path / "model.safetensors")
    write_json(path / "config.json", settings(family))
    write_tokenizer(path / "tokenizer.json")
    # Of the other families, transformers has tokenizers of another kind.
    own = TOKENIZER if family in ("bert", "distilbert") else TOKENIZER | GENERIC
    write_json(path / "tokenizer_config.json", own)
    steps = [("", "Transformer"), ("1_Pooling", "Pooling")]
    steps += [("2_Dense", "Dense")] if dense else []
    steps += [("3_Normalize", "Normalize")]
    modules = [
        {"idx": i, "name": str(i), "path": at, "type": f"sentence_transformers.models.{kind}"}
        for i, (at, kind) in enumerate(steps)
    ]
    write_json(path / "modules.json", modules)
    if window is not None:
        write_json(path / "sentence_bert_config.json", {"max_seq_length": window})
    legacy = {"word_embedding_dimension": SIZE} | {
        f"pooling_mode_{m}": m.startswith(pooling) for m in ("mean_tokens", "cls_token")
    }
    write_json(path / "1_Pooling" / "config.json", legacy)
    if dense:
        rng = np.random.default_rng(9)
        (path / "2_Dense").mkdir(exist_ok=True)
        layer = {"linear.weight": rng.normal(size=(dense, SIZE)).astype(np.float32),
                 "linear.bias": rng.normal(size=dense).astype(np.float32)}  # fmt: skip
        save_file(layer, path / "2_Dense" / "model.safetensors")
        activation = "torch.nn.modules.activation.Tanh"
        write_json(path / "2_Dense" / "config.json", {"activation_function": activation})
    return path


def write_json(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def put(name: str, content: object) -> Callable[[Path], None]:
    """A change of a folder: a file of it holds this."""
    return lambda folder: write_json(folder / name, content)


def numbers_of(text: str) -> list[int]:
    """Token numbers of a text of whole known words."""
    return [2, *(VOCABULARY.index(word) for word in text.split()), 3]


def forward(family: str, ids: list[int], *, pooling: str = "mean", seed: int = 0) -> np.ndarray:
    """The pooled vector of one sequence, not normalised: (SIZE,) float64."""
    w = {name: t.astype(np.float64) for name, t in random_tensors(family, seed).items()}
    names = NAMES[family]
    epsilon = 1e-12 if family == "distilbert" else 1e-6
    first = PAD[family] + 1 if family in ("roberta", "mpnet") else 0

    def norm(v, name):
        mean = sum(v) / len(v)
        variance = sum((x - mean) ** 2 for x in v) / len(v)
        return (v - mean) / math.sqrt(variance + epsilon) * w[name + ".weight"] + w[name + ".bias"]

    def linear(v, name):
        return w[name + ".weight"] @ v + w[name + ".bias"]

    def gelu(v):
        return np.array([x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in v])

    xs = []
    for place, token in enumerate(ids):
        v = w["embeddings.word_embeddings.weight"][token]
        v = v + w["embeddings.position_embeddings.weight"][first + place]
        if family in ("bert", "roberta"):
            v = v + w["embeddings.token_type_embeddings.weight"][0]
        xs.append(norm(v, "embeddings.LayerNorm"))
    for layer in range(LAYERS):
        at = names["layer"].format(layer)
        q, k, v = ([linear(x, at + names[p]) for x in xs] for p in "qkv")
        each = SIZE // HEADS
        outputs = []
        for i in range(len(xs)):
            heads = []
            for head in range(HEADS):
                part = slice(head * each, (head + 1) * each)
                scores = [float(q[i][part] @ k[j][part]) / math.sqrt(each) for j in range(len(xs))]
                if family == "mpnet":
                    table = w["encoder.relative_attention_bias.weight"]
                    scores = [s + table[bucket(j - i), head] for j, s in enumerate(scores)]
                shares = [math.exp(s - max(scores)) for s in scores]
                heads.append(sum(a * v[j][part] for j, a in enumerate(shares)) / sum(shares))
            outputs.append(np.concatenate(heads))
        for i, x in enumerate(xs):
            x = norm(x + linear(outputs[i], at + names["o"]), at + names["n1"])
            inner = gelu(linear(x, at + names["inner"]))
            xs[i] = norm(x + linear(inner, at + names["outer"]), at + names["n2"])
    return xs[0] if pooling == "cls" else sum(xs) / len(xs)


def bucket(ahead: int) -> int:
    """T5's bucket of a distance, 32 of them, both directions, far from 128 tokens on."""
    n = abs(ahead)
    if n >= 8:
        n = min(8 + int(math.log(n / 8) / math.log(128 / 8) * 8), 15)
    return n + (16 if ahead > 0 else 0)


def unit(v: np.ndarray) -> np.ndarray:
    return v / np.linalg.norm(v)
