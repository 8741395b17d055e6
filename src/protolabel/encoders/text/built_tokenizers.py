"""What transformers builds for each class of tokenizer: steps that it does not read from a file.

Of tokenizer.json it takes the vocabulary, and for some classes what it puts around a text. The rest
stands in the code of the class. These are the classes of transformers 5 that sentence encoders use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Settings = Mapping[str, Any]
Steps = list[dict[str, Any]]


@dataclass(frozen=True)
class Built:
    """The tokenizer of one class.

    ``model``: the kind of its vocabulary. ``tokens``: its special tokens where no file names them.
    ``normalizer`` and ``pre_tokenizer``: make the steps from the settings; None: tokenizer.json's.
    ``around``: which special tokens stand around a text; None: those of tokenizer.json.
    ``of_model``: settings of the vocabulary, as tokenizer.json has them.
    ``cases``: whether settings of BERT say how letters are normalised.
    """

    model: str
    tokens: Mapping[str, str]
    normalizer: Callable[[Settings], Steps] | None
    pre_tokenizer: Callable[[Settings], Steps] | None
    around: tuple[str, str, str] | tuple[str, str] | None = None
    of_model: Mapping[str, Any] = field(default_factory=dict)
    cases: bool = False


TEXT = "$A"  # where the text stands between the special tokens
SPACES = {"type": "Replace", "pattern": {"Regex": " {2,}"}}  # with any content: one space of many
PRECOMPILED = {"type": "Precompiled"}  # its table is taken from tokenizer.json
_SPLIT = {"type": "WhitespaceSplit"}


def _metaspace(scheme: str) -> dict[str, Any]:
    return {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": scheme, "split": True}


def _words(settings: Settings) -> Steps:
    """Return the steps of SentencePiece: words, each of which begins with a mark."""
    return [_SPLIT, _metaspace("always" if settings.get("add_prefix_space", True) else "never")]


def _letters_of_albert(settings: Settings) -> Steps:
    quotes: Steps = [_replace("``", '"'), _replace("''", '"')]
    plain: Steps = [{"type": "NFKD"}, {"type": "StripAccents"}]
    lower: Steps = [{"type": "Lowercase"}]
    return [
        *quotes,
        *(() if settings.get("keep_accents", False) else plain),
        *(lower if settings.get("do_lower_case", True) else ()),
        PRECOMPILED,
    ]


def _replace(old: str, new: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"String": old}, "content": new}


def _parted(pattern: Mapping[str, str], behavior: str) -> dict[str, Any]:
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": False}


_QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_BERT_TOKENS = MappingProxyType({
    "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
    "mask_token": "[MASK]",
})  # fmt: skip
_ROBERTA_TOKENS = MappingProxyType({
    "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>",
    "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
})  # fmt: skip
_T5_TOKENS = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
_ALBERT_TOKENS = _BERT_TOKENS | {"bos_token": "[CLS]", "eos_token": "[SEP]", "unk_token": "<unk>",
                                 "pad_token": "<pad>"}  # fmt: skip
_GEMMA_TOKENS = {"unk_token": "<unk>", "bos_token": "<bos>", "eos_token": "<eos>",
                 "pad_token": "<pad>", "mask_token": "<mask>"}  # fmt: skip
_QWEN_TOKENS = dict.fromkeys(("unk_token", "eos_token", "pad_token"), "<|endoftext|>")

_PIECES = {"continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
_UNIGRAM = {"byte_fallback": False}
_CLS_SEP, _BOS_EOS = ("cls_token", TEXT, "sep_token"), ("bos_token", TEXT, "eos_token")


def _of_bert(settings: Settings) -> Steps:
    return [{"type": "BertNormalizer", "clean_text": True}]


def _words_of_bert(settings: Settings) -> Steps:
    return [{"type": "BertPreTokenizer"}]


def _bytes(settings: Settings) -> Steps:
    prefix = bool(settings.get("add_prefix_space", False))
    return [{"type": "ByteLevel", "add_prefix_space": prefix, "use_regex": True}]


def _bytes_of_qwen(settings: Settings) -> Steps:
    prefix = bool(settings.get("add_prefix_space"))
    return [
        _parted({"Regex": _QWEN}, "Isolated"),
        {"type": "ByteLevel", "add_prefix_space": prefix, "use_regex": False},
    ]


_BERT = Built("WordPiece", _BERT_TOKENS, _of_bert, _words_of_bert, _CLS_SEP, _PIECES, cases=True)
BUILT: Mapping[str, Built] = {
    "BertTokenizer": _BERT,
    "DistilBertTokenizer": _BERT,
    # It has the initialiser of BertTokenizer, which then reads the file, and replaces one step.
    "ConvBertTokenizer": Built("WordPiece", _BERT_TOKENS, None, None, _CLS_SEP),
    "MPNetTokenizer": Built(
        "WordPiece", _ROBERTA_TOKENS | {"unk_token": "[UNK]"}, _of_bert, _words_of_bert, _CLS_SEP,
        _PIECES, cases=True,
    ),
    "RobertaTokenizer": Built("BPE", _ROBERTA_TOKENS, lambda _: [], _bytes, _CLS_SEP),
    "XLMRobertaTokenizer": Built(
        "Unigram", _ROBERTA_TOKENS, lambda _: [PRECOMPILED], _words, _BOS_EOS,
        _UNIGRAM | {"unk_id": 3},
    ),
    "CamembertTokenizer": Built(
        "Unigram", _ROBERTA_TOKENS, lambda _: [PRECOMPILED], _words, _BOS_EOS, _UNIGRAM,
    ),
    "AlbertTokenizer": Built(
        "Unigram", _ALBERT_TOKENS, _letters_of_albert, _words, None, _UNIGRAM | {"unk_id": 1},
    ),
    "T5Tokenizer": Built(
        "Unigram", _T5_TOKENS, lambda _: [PRECOMPILED], lambda _: [_SPLIT, _metaspace("always")],
        (TEXT, "eos_token"), _UNIGRAM | {"unk_id": 2},
    ),
    "GemmaTokenizer": Built(
        "BPE", _GEMMA_TOKENS, lambda _: [_replace(" ", "\u2581")],
        lambda _: [_parted({"String": " "}, "MergedWithPrevious")], None,
        {"fuse_unk": True, "byte_fallback": True},
    ),
    "Qwen2Tokenizer": Built(
        "BPE", _QWEN_TOKENS, lambda _: [{"type": "NFC"}], _bytes_of_qwen, None,
        {"byte_fallback": False},
    ),
}  # fmt: skip
