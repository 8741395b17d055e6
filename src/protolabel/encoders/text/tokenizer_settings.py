"""Compares tokenizer.json with the tokenizer that transformers builds from tokenizer_config.json.

For the classes that it knows, transformers takes the vocabulary from tokenizer.json and all other
steps from the class and from tokenizer_config.json, with defaults of its own. This package reads
tokenizer.json alone. Where the two disagree, the vectors would; so that is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from protolabel.encoders.folder import COPY_AGAIN, read_settings
from protolabel.encoders.text.special_tokens import BERT_DEFAULTS, check_special_tokens, token_text
from protolabel.errors import EncoderError

# setting in tokenizer_config.json -> (its name in a BertNormalizer, transformers' default)
_BERT = {
    "do_lower_case": ("lowercase", True),
    "strip_accents": ("strip_accents", None),
    "tokenize_chinese_chars": ("handle_chinese_chars", True),
}
_BERT_CLASSES = ("BertTokenizer", "DistilBertTokenizer", "MPNetTokenizer")
_MODEL_OF_CLASS = dict.fromkeys(_BERT_CLASSES, "WordPiece") | {
    "RobertaTokenizer": "BPE",
    "XLMRobertaTokenizer": "Unigram",
    "CamembertTokenizer": "Unigram",
}
_CLASS_OF_TYPE = dict(zip(("bert", "distilbert", "mpnet"), _BERT_CLASSES, strict=True))


def check_tokenizer_settings(folder: Path, settings: Mapping[str, Any], model_type: str) -> None:
    """Refuse a tokenizer_config.json that means another tokenizer than tokenizer.json.

    Args:
        folder: the encoder's folder.
        settings: its tokenizer_config.json; empty where there is none.
        model_type: as config.json has it.

    Raises:
        EncoderError: a setting contradicts tokenizer.json; it is named with both values. Or a file
            is JSON of another shape.
    """
    try:
        _compare(folder, settings, model_type)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise EncoderError(
            f"{folder / 'tokenizer.json'}, or a file of settings beside it, has another shape than "
            "a tokenizer's",
            expected="what the `tokenizers` library and transformers write",
            remedy=COPY_AGAIN,
        ) from error


def _compare(folder: Path, settings: Mapping[str, Any], model_type: str) -> None:
    tokenizer = read_settings(folder / "tokenizer.json")
    kind = str(settings.get("tokenizer_class") or _CLASS_OF_TYPE.get(model_type))
    kind = kind.removesuffix("Fast")
    check_special_tokens(folder, tokenizer, settings, bert=kind in _BERT_CLASSES[:2])
    _check_class(folder, tokenizer, settings, kind)
    if kind in _BERT_CLASSES:
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


def _check_class(
    folder: Path, tokenizer: Mapping[str, Any], settings: Mapping[str, Any], kind: str
) -> None:
    """Refuse a step of tokenizer.json that the class of the tokenizer does not have."""
    model = tokenizer.get("model") or {}
    expected: dict[str, tuple[Any, Any]] = {}  # step -> (what the class has, what the file has)
    if kind in _MODEL_OF_CLASS:
        expected["model"] = _MODEL_OF_CLASS[kind], model.get("type", _MODEL_OF_CLASS[kind])
    if kind in _BERT_CLASSES:
        expected |= {
            "normalizer": (["BertNormalizer"], _types(tokenizer.get("normalizer"), "normalizers")),
            "pre_tokenizer": (
                ["BertPreTokenizer"], _types(tokenizer.get("pre_tokenizer"), "pretokenizers"),
            ),
            "continuing_subword_prefix": ("##", model.get("continuing_subword_prefix", "##")),
            "max_input_chars_per_word": (100, model.get("max_input_chars_per_word", 100)),
        }  # fmt: skip
    if kind in _BERT_CLASSES[:2]:
        head, tail, unknown = (
            token_text(settings.get(name) or BERT_DEFAULTS[name])
            for name in ("cls_token", "sep_token", "unk_token")
        )
        expected["post_processor"] = [head, tail], _around(tokenizer.get("post_processor"))
        expected["unk_token"] = unknown, model.get("unk_token")
    for step, (expected_value, actual) in expected.items():
        if expected_value != actual:
            raise EncoderError(
                f"{folder / 'tokenizer.json'} has {actual!r} as its {step}, unlike a {kind}",
                expected=f"{expected_value!r}",
                remedy="if tokenizer.json is right, set tokenizer_class to "
                '"PreTrainedTokenizerFast" in tokenizer_config.json; if not, save the tokenizer '
                "again",
            )


def _types(step: Any, inside: str) -> list[Any]:
    """Return the kinds of the steps in a step."""
    return [part.get("type") for part in _parts(step, inside)]


def _around(step: Any) -> list[str]:
    """Return the special tokens that a post-processor puts around a single text."""
    if not isinstance(step, dict):
        return []
    if step.get("type") == "TemplateProcessing":
        pieces = step.get("single") or ()
        return [piece["SpecialToken"]["id"] for piece in pieces if "SpecialToken" in piece]
    return [step[name][0] for name in ("cls", "sep") if name in step]


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
