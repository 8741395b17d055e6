"""Compares tokenizer.json with the tokenizer that transformers builds from the files beside it.

For the classes that it knows, transformers takes the vocabulary from tokenizer.json and all other
steps from the class and from tokenizer_config.json, with defaults of its own. This package reads
tokenizer.json alone. Where the two disagree, the vectors would; so that is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from protolabel.encoders.folder import COPY_AGAIN, read_settings
from protolabel.encoders.text.built_tokenizers import BUILT, PRECOMPILED, SPACES, TEXT, Built, Steps
from protolabel.encoders.text.files import SPECIAL_TOKENS, TOKENIZER, TOKENIZER_CONFIG
from protolabel.encoders.text.special_tokens import check_special_tokens, token_text
from protolabel.encoders.text.tokenizer_class import FIXED_TYPES, GENERIC, class_of_folder
from protolabel.errors import EncoderError

# setting in tokenizer_config.json -> (its name in a BertNormalizer, transformers' default)
_BERT = {
    "do_lower_case": ("lowercase", True),
    "strip_accents": ("strip_accents", None),
    "tokenize_chinese_chars": ("handle_chinese_chars", True),
}
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {  # what counts of a step, where the file is silent
    "BertNormalizer": {"clean_text": True},
    "ByteLevel": {"add_prefix_space": True, "use_regex": True},
    "Metaspace": {"replacement": "\u2581", "prepend_scheme": None, "split": True},
    "Precompiled": {},
}
_STEPS = {"normalizer": "normalizers", "pre_tokenizer": "pretokenizers"}


def check_tokenizer_settings(
    folder: Path, settings: Mapping[str, Any], config: Mapping[str, Any]
) -> bool:
    """Refuse a tokenizer_config.json that means another tokenizer than tokenizer.json.

    Args:
        folder: the encoder's folder.
        settings: its tokenizer_config.json; empty where there is none.
        config: its config.json, which may name the class of the tokenizer.

    Returns:
        Whether white space at the end of a text is to give no token, though tokenizer.json makes
        one of it: so transformers has it, which parts words at white space.

    Raises:
        EncoderError: a setting contradicts tokenizer.json; it is named with both values. Or a file
            is JSON of another shape.
    """
    try:
        return _compare(folder, settings, config)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise EncoderError(
            f"{folder / TOKENIZER}, or a file of settings beside it, has another shape than "
            "a tokenizer's",
            expected="what the `tokenizers` library and transformers write",
            remedy=COPY_AGAIN,
        ) from error


def _compare(folder: Path, settings: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    tokenizer = read_settings(folder / TOKENIZER)
    before = steps_of(tokenizer, "pre_tokenizer")
    byte_level = any(step["type"] == "ByteLevel" for step in before)
    kind = class_of_folder(config, settings, byte_level=byte_level)
    built = BUILT.get(kind)
    check_special_tokens(folder, tokenizer, settings, built.tokens if built else {})
    named = dict(settings)
    if "added_tokens_decoder" not in settings:  # else transformers does not read that file
        named |= read_settings(folder / SPECIAL_TOKENS)
    if built is None and kind != GENERIC:
        raise EncoderError(
            f"{folder} asks for the {kind} of transformers, which does not take its steps from "
            f"{TOKENIZER}",
            expected=f"a tokenizer of {', '.join(BUILT)}, or {GENERIC}",
            remedy=_remedy(config, "pick another encoder"),
        )
    if built is not None:
        _check_built(folder, tokenizer, named, config, (kind, built))
    return built is not None and built.model == "Unigram" and _keeps_ends(tokenizer)


def _check_built(
    folder: Path,
    tokenizer: Mapping[str, Any],
    settings: Mapping[str, Any],
    config: Mapping[str, Any],
    named: tuple[str, Built],
) -> None:
    """Refuse a step of tokenizer.json that the class of the tokenizer does not have."""
    kind, built = named
    model = tokenizer.get("model") or {}
    letters, words = steps_of(tokenizer, "normalizer"), steps_of(tokenizer, "pre_tokenizer")
    expected: dict[str, tuple[Any, Any]] = {  # step -> (what the class has, what the file has)
        "model": (built.model, model.get("type", built.model))
    }
    if built.model == "Unigram":
        letters, words = _spaces_once(letters, words)
    if built.normalizer is not None:
        own = built.normalizer(settings)
        if PRECOMPILED in own and PRECOMPILED not in letters:
            own = [step for step in own if step != PRECOMPILED]
        expected["normalizer"] = own, letters
    if built.pre_tokenizer is not None:
        expected["pre_tokenizer"] = built.pre_tokenizer(settings), words
    for name, value in built.of_model.items():
        expected[name] = value, model.get(name, value)
    if built.around is not None:
        around = [_token(settings, built, name) for name in built.around]
        expected["post_processor"] = around, around_text(tokenizer.get("post_processor"))
    if built.cases:
        expected["unk_token"] = _token(settings, built, "unk_token"), model.get("unk_token")
    for step, (expected_value, actual) in expected.items():
        if expected_value != actual:
            raise EncoderError(
                f"{folder / TOKENIZER} has {_short(actual)} as its {step}, unlike a {kind}",
                expected=_short(expected_value),
                remedy=_remedy(config, "save the tokenizer again"),
            )
    if built.cases:
        _check_cases(folder, tokenizer, settings)


def _check_cases(folder: Path, tokenizer: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Refuse a BertNormalizer that treats letters otherwise than the settings say."""
    inside = next(_parts(tokenizer.get("normalizer"), "normalizers"))
    for name, (field, default) in _BERT.items():
        meaning, actual = settings.get(name, default), inside.get(field, default)
        if name == "strip_accents":  # null: as lower-casing has it
            meaning = settings.get("do_lower_case", True) if meaning is None else meaning
            actual = inside.get("lowercase", True) if actual is None else actual
        if bool(meaning) != bool(actual):
            raise _contradiction(folder, name, name in settings, meaning, actual)


def _token(settings: Mapping[str, Any], built: Built | None, name: str) -> str:
    """Return the text of a special token, or the mark of the text itself."""
    default = built.tokens.get(name, "") if built else ""
    return TEXT if name == TEXT else token_text(settings.get(name) or default)


def _spaces_once(letters: Steps, words: Steps) -> tuple[Steps, Steps]:
    """Return the steps of SentencePiece as words are parted: spaces count once in either spelling.

    One writes that each run of spaces becomes one, the other that white space parts the words. The
    table of characters, which is there with the first, makes a space of other white space.
    """
    is_space = [{**step, "content": None} == {**SPACES, "content": None} for step in letters]
    other = [
        step
        for step, space in zip(letters, is_space, strict=True)
        if not space and step["type"] != "Strip"
    ]
    if (
        any(is_space)
        and PRECOMPILED in letters
        and [step["type"] for step in words] == ["Metaspace"]
    ):
        words = [{"type": "WhitespaceSplit"}, *words]
    return other, words


def _keeps_ends(tokenizer: Mapping[str, Any]) -> bool:
    """Return whether a tokenizer makes a token of white space at the end of a text.

    It has become one space, and no step parts words there or strips the end.
    """
    letters, words = steps_of(tokenizer, "normalizer"), steps_of(tokenizer, "pre_tokenizer")
    strips = any(step["type"] == "Strip" and step.get("strip_right") for step in letters)
    return not strips and [step["type"] for step in words] == ["Metaspace"]


def steps_of(tokenizer: Mapping[str, Any], name: str) -> Steps:
    """Return the steps of tokenizer.json before its vocabulary, each with what counts of it."""
    steps = []
    for step in _parts(tokenizer.get(name), _STEPS[name]):
        kind = str(step.get("type"))
        if kind in _DEFAULTS:
            counts = {key: step.get(key, value) for key, value in _DEFAULTS[kind].items()}
            if "prepend_scheme" in counts and not counts["prepend_scheme"]:  # an older spelling
                prefix = step.get("add_prefix_space", True)
                counts["prepend_scheme"] = "always" if prefix else "never"
            steps.append({"type": kind} | counts)
        else:
            steps.append({**step, "type": kind})
    return steps


def around_text(step: Any) -> list[str]:
    """Return the special tokens that a post-processor puts around a single text, and its place."""
    around = [TEXT]
    for part in _parts(step, "processors"):
        if part.get("type") == "TemplateProcessing":
            pieces = part.get("single") or ()
            names = [p["SpecialToken"]["id"] if "SpecialToken" in p else TEXT for p in pieces]
            at = names.index(TEXT) if TEXT in names else len(names)
            around = [*names[:at], *around, *names[at + 1 :]]
        elif "cls" in part and "sep" in part:
            around = [part["cls"][0], *around, part["sep"][0]]
    return around


def _parts(step: Any, inside: str) -> Iterator[Mapping[str, Any]]:
    """Yield a step, or the steps of a sequence of them."""
    if isinstance(step, dict):
        if step.get("type") == "Sequence":
            for part in step.get(inside) or ():
                yield from _parts(part, inside)
        else:
            yield step


def _short(value: Any) -> str:
    """Return steps or a setting as a message shows them."""
    if isinstance(value, list):
        value = [
            step["type"] if isinstance(step, dict) and len(step) == 1 else step for step in value
        ]
    return repr(value) if len(repr(value)) <= 200 else repr(value)[:197] + "..."


def _remedy(config: Mapping[str, Any], otherwise: str) -> str:
    if config.get("model_type") in FIXED_TYPES:  # whatever the files name
        return "save the tokenizer again with transformers, or pick another encoder"
    return (
        f'if tokenizer.json is right, set tokenizer_class to "{GENERIC}" in '
        f"{TOKENIZER_CONFIG}; if not, {otherwise}"
    )


def _contradiction(
    folder: Path, name: str, is_set: bool, meaning: object, actual: object
) -> EncoderError:
    file, value = folder / TOKENIZER_CONFIG, str(bool(actual)).lower()
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
