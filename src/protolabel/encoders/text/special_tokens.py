"""Checks that every file of a folder names the same special tokens as tokenizer.json. Encodes none.

transformers collects special and added tokens from several files, and cuts a text at each of them
before it tokenizes the rest. This package reads tokenizer.json alone, which does the same with the
added tokens that it lists. A token that only another file names would be read differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from protolabel.encoders.folder import COPY_AGAIN, read_settings
from protolabel.encoders.text.files import ADDED_TOKENS, SPECIAL_TOKENS, TOKENIZER_CONFIG
from protolabel.errors import EncoderError

_SAVE_AGAIN = "save the tokenizer again with transformers, or " + COPY_AGAIN
_NAMED = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token",
          "mask_token")  # fmt: skip
_LISTS = ("additional_special_tokens", "extra_special_tokens")


def check_special_tokens(
    folder: Path,
    tokenizer: Mapping[str, Any],
    settings: Mapping[str, Any],
    defaults: Mapping[str, str],
) -> None:
    """Refuse special or added tokens that tokenizer.json does not list.

    Args:
        folder: the encoder's folder.
        tokenizer: its tokenizer.json.
        settings: its tokenizer_config.json; empty where there is none.
        defaults: what transformers takes for special tokens that its settings do not name.

    Raises:
        EncoderError: a token is missing from tokenizer.json's list, or special tokens are not to be
            recognised in texts.
    """
    if settings.get("split_special_tokens"):
        raise EncoderError(
            f"{folder / 'tokenizer_config.json'} asks for split_special_tokens",
            expected="special tokens that are recognised in texts",
            remedy="pick another encoder",
        )
    added = {str(entry.get("content")) for entry in tokenizer.get("added_tokens") or ()}
    for file, name, token in _tokens(folder, settings):
        if token not in added:
            raise EncoderError(
                f"{file} names {name} {token!r}, and the added_tokens of tokenizer.json lack it",
                expected="the same special tokens in all files",
                remedy=_SAVE_AGAIN,
            )
    vocabulary = (tokenizer.get("model") or {}).get("vocab") or ()
    for name, token in defaults.items():
        if settings.get(name) is None and token not in added and _stands_in(vocabulary, token):
            raise EncoderError(
                f"the added_tokens of {folder / 'tokenizer.json'} lack the {name} {token!r}, which "
                "stands in its vocabulary",
                expected="a list of all special tokens",
                remedy=_SAVE_AGAIN,
            )


def _stands_in(vocabulary: Any, token: str) -> bool:
    """Return whether a vocabulary has a token: a table of numbers, or a list of pieces."""
    if isinstance(vocabulary, Mapping):
        return token in vocabulary
    return any(piece[0] == token for piece in vocabulary)


def _tokens(folder: Path, settings: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """Yield the file, the setting and the text of each token that a file beside it names."""
    config, mapping = folder / TOKENIZER_CONFIG, folder / SPECIAL_TOKENS
    for file, content in ((config, settings), (mapping, read_settings(mapping))):
        for name in _NAMED:
            if content.get(name) is not None:
                yield file, name, token_text(content[name])
        for name in _LISTS:
            tokens = content.get(name) or ()
            tokens = tokens.values() if isinstance(tokens, Mapping) else tokens
            yield from ((file, name, token_text(token)) for token in tokens)
    decoder = settings.get("added_tokens_decoder") or {}
    yield from ((config, "added_tokens_decoder", token_text(entry)) for entry in decoder.values())
    file = folder / ADDED_TOKENS
    yield from ((file, "the token", token) for token in read_settings(file))


def token_text(token: Any) -> str:
    """Return the text of a token, which files spell as a string or as an object."""
    return str(token.get("content") if isinstance(token, Mapping) else token)
