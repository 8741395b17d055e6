"""Writes the folder of an encoder that :mod:`four_bit` has read. Runs no network.

The folder is laid out as sentence-transformers saves it, byte for byte the same on every machine:
its files are compared with their digests, and the fingerprint of the encoder is made of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

from protolabel.encoders.folder import CONFIG, WEIGHTS
from protolabel.encoders.four_bit import FourBitModel, names_of, read_model
from protolabel.encoders.weights_file import write_weights

PROMPT = "query: "  # E5 wants it before texts that are compared with one another
_TILDE, _ASIDE = "\uff5e", "\ue000"  # the second, of private use, stands in for the first meanwhile


def write_encoder(source: IO[bytes], folder: Path) -> None:
    """Write the encoder of a file of 4-bit weights into a new folder.

    Raises:
        EncoderError: the file cannot be read.
    """
    source.seek(0)
    model = read_model(source.read())
    (folder / "1_Pooling").mkdir(parents=True)
    names = names_of(model.sizes.n_layers)
    tensors = {new: (model.sizes.shape(old), model.values(old)) for old, new in names.items()}
    write_weights(folder / WEIGHTS, tensors)
    for name, content in _settings(model).items():
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (folder / name).write_text(text + "\n", encoding="utf-8", newline="\n")


def _settings(model: FourBitModel) -> dict[str, object]:
    """Return the JSON files of the folder."""
    sizes = model.sizes
    start, end, padding, unknown = (model.pieces[number][0] for number in model.special)
    steps = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    return {
        "tokenizer.json": _tokenizer(model),
        CONFIG: {
            "model_type": "bert", "vocab_size": sizes.vocabulary, "hidden_size": sizes.width,
            "num_hidden_layers": sizes.n_layers, "num_attention_heads": sizes.n_heads,
            "intermediate_size": sizes.inner, "max_position_embeddings": sizes.positions,
            "type_vocab_size": sizes.n_types, "layer_norm_eps": model.epsilon,
            "hidden_act": "gelu", "pad_token_id": model.special.padding,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": sizes.positions,
            "bos_token": start, "cls_token": start, "eos_token": end, "sep_token": end,
            "pad_token": padding, "unk_token": unknown,
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": at, "type": f"sentence_transformers.models.{kind}"}
            for i, (at, kind) in enumerate(steps.items())
        ],
        "sentence_bert_config.json": {"max_seq_length": sizes.positions},
        "config_sentence_transformers.json": {
            "prompts": {"query": PROMPT}, "default_prompt_name": "query",
        },
        f"1_Pooling/{CONFIG}": {
            "word_embedding_dimension": sizes.width, "pooling_mode_mean_tokens": True,
        },
    }  # fmt: skip


def _tokenizer(model: FourBitModel) -> dict[str, object]:
    """Return the tokenizer.json of the vocabulary: that of XLM-RoBERTa.

    Its replacements of characters are SentencePiece's ``nmt_nfkc``: NFKC, but for the wide tilde,
    which stays, and for white space and controls. The file lists the same.
    """
    start, end, padding, unknown = model.special
    names = {number: model.pieces[number][0] for number in (start, padding, end, unknown)}
    around = [
        {"SpecialToken": {"id": names[start], "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": names[end], "type_id": 0}},
    ]
    other = [{"Sequence": {"id": "B", "type_id": 0}}, around[-1]]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": number, "content": name, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False, "special": True}
            for number, name in names.items()
        ],
        "normalizer": {"type": "Sequence", "normalizers": [
            _replacement(_TILDE, _ASIDE), {"type": "Nmt"}, {"type": "NFKC"},
            _replacement(_ASIDE, _TILDE)]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "WhitespaceSplit"},
            {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
             "split": True}]},
        "post_processor": {
            "type": "TemplateProcessing", "single": around, "pair": [*around, *other],
            "special_tokens": {
                names[number]: {"id": names[number], "ids": [number], "tokens": [names[number]]}
                for number in (start, end)
            },
        },
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": unknown, "vocab": model.pieces,
                  "byte_fallback": False},
    }  # fmt: skip


def _replacement(old: str, new: str) -> dict[str, object]:
    return {"type": "Replace", "pattern": {"String": old}, "content": new}
