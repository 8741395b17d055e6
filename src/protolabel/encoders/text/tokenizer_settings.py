"""Compares tokenizer.json with tokenizer_config.json: lower case, accents, Chinese, white space.

transformers builds the normaliser of the BERT family's tokenizers from tokenizer_config.json, with
defaults of its own, whatever tokenizer.json says. This package reads tokenizer.json alone. Where
the two disagree, the vectors would; so that is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from protolabel.encoders.folder import read_settings
from protolabel.errors import EncoderError

# setting in tokenizer_config.json -> (its name in a BertNormalizer, transformers' default)
_BERT = {
    "do_lower_case": ("lowercase", True),
    "strip_accents": ("strip_accents", None),
    "tokenize_chinese_chars": ("handle_chinese_chars", True),
}
_BERT_CLASSES = ("BertTokenizer", "DistilBertTokenizer", "MPNetTokenizer")
_CLASS_OF_TYPE = dict(zip(("bert", "distilbert", "mpnet"), _BERT_CLASSES, strict=True))


def check_tokenizer_settings(folder: Path, settings: Mapping[str, Any], model_type: str) -> None:
    """Refuse a tokenizer_config.json that means another tokenizer than tokenizer.json.

    Args:
        folder: the encoder's folder.
        settings: its tokenizer_config.json; empty where there is none.
        model_type: as config.json has it.

    Raises:
        EncoderError: a setting contradicts tokenizer.json; it is named with both values.
    """
    tokenizer = read_settings(folder / "tokenizer.json")
    kind = str(settings.get("tokenizer_class") or _CLASS_OF_TYPE.get(model_type))
    if kind.removesuffix("Fast") in _BERT_CLASSES:
        normalizers = [n for n in _parts(tokenizer.get("normalizer"), "normalizers")
                       if n.get("type") == "BertNormalizer"]  # fmt: skip
        for name, (inside, default) in _BERT.items():
            meaning = settings.get(name, default)
            actual = normalizers[0].get(inside, default) if normalizers else False
            if name == "strip_accents":  # null: as lower-casing has it
                meaning = settings.get("do_lower_case", True) if meaning is None else meaning
                lower = normalizers[0].get("lowercase", True) if normalizers else False
                actual = lower if actual is None else actual
            if bool(meaning) != bool(actual):
                raise _contradiction(folder, name, name in settings, meaning, actual)
    pieces = [p for p in _parts(tokenizer.get("pre_tokenizer"), "pretokenizers")
              if p.get("type") == "ByteLevel"]  # fmt: skip
    prefix = settings.get("add_prefix_space", False)
    if pieces and bool(prefix) != bool(pieces[0].get("add_prefix_space")):
        actual = pieces[0].get("add_prefix_space")
        raise _contradiction(
            folder, "add_prefix_space", "add_prefix_space" in settings, prefix, actual
        )


def _parts(step: Any, inside: str) -> Iterator[Mapping[str, Any]]:
    """Yield a step, or the steps of a sequence of them."""
    if isinstance(step, dict):
        if step.get("type") == "Sequence":
            for part in step.get(inside) or ():
                yield from _parts(part, inside)
        else:
            yield step


def _contradiction(
    folder: Path, name: str, is_set: bool, meaning: object, actual: object
) -> EncoderError:
    file, value = folder / "tokenizer_config.json", str(bool(actual)).lower()
    says = "says" if is_set else "does not set"
    got = f"{file} {says} {name}" + (
        f": {str(bool(meaning)).lower()}"
        if is_set
        else f", which then means {str(bool(meaning)).lower()}"
    )
    return EncoderError(
        f"{got}, and tokenizer.json does otherwise ({value})",
        expected="two files that agree on the tokenizer",
        remedy=f"if tokenizer.json is right, set {name} to {value} in tokenizer_config.json; if "
        "not, save the tokenizer again",
    )
