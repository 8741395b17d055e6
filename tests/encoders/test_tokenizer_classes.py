"""The tokenizer that transformers builds from a folder, against the one that is read from it.

Each folder either gives the token numbers of AutoTokenizer, or is refused by the name of the step.
No network is loaded, here or there.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from encoder_folders import VOCABULARY, settings, write_json
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

from protolabel.encoders.folder import read_settings
from protolabel.encoders.text.tokenizer_class import GENERIC, class_of_folder
from protolabel.encoders.text.tokenizer_file import read_tokenizer
from protolabel.encoders.text.tokenizer_settings import check_tokenizer_settings
from protolabel.errors import EncoderError

pytestmark = pytest.mark.skipif(
    find_spec("transformers") is None, reason="transformers is not installed"
)
TEXTS = [
    "Pay bill",
    "box  ship é work",
    "Pays A-B 12 bills",
    "<mask>pay [SEP] box</s>",
    "e\tship",
    "'",
    "pay bill ",
    "pay bill  ",
    "  pay bill\t",
    "pay  <mask>  bill \t ",
]
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
PIECES = [
    *"▁abdehijklnoprstuwxyBPAé0123456789-'12".replace("1234567890", ""),
    "▁pay",
    "▁bill",
    "▁box",
]
Change = Callable[[Any], None]


def around(head: str, tail: str, numbers: dict[str, int]) -> Any:
    named = [(token, numbers[token]) for token in (head, tail) if token]
    single = " ".join(filter(None, (head, "$A", tail)))
    return processors.TemplateProcessing(single=single, special_tokens=list(dict(named).items()))


def wordpiece(
    special: tuple[str, str, str] = ("[UNK]", "[CLS]", "[SEP]"), **case: Any
) -> Tokenizer:
    """As BERT, distilBERT and MPNet have it."""
    unknown, head, tail = special
    mask = "[MASK]" if head == "[CLS]" else "<mask>"
    words = [
        "[PAD]" if head == "[CLS]" else "<pad>",
        unknown,
        head,
        tail,
        mask,
        *VOCABULARY[4:],
        *"PpayBilshoxw",
    ]
    numbers = {word: i for i, word in enumerate(dict.fromkeys(words))}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token=unknown))
    tokenizer.normalizer = normalizers.BertNormalizer(**case)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = around(head, tail, numbers)
    tokenizer.add_special_tokens(words[:5])
    return tokenizer


def unigram(special: list[str], head: str, tail: str) -> Tokenizer:
    """As XLM-RoBERTa and T5 have it."""
    pieces = [(token, 0.0) for token in special] + [
        (piece, -float(i)) for i, piece in enumerate(dict.fromkeys(PIECES), 1)
    ]
    tokenizer = Tokenizer(models.Unigram([*pieces, ("<mask>", 0.0)], special.index("<unk>")))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.post_processor = around(head, tail, {t: special.index(t) for t in special})
    tokenizer.add_special_tokens([*special, AddedToken("<mask>", lstrip=True, special=True)])
    return tokenizer


def in_bytes() -> Tokenizer:
    """As RoBERTa has it."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    numbers = {token: i for i, token in enumerate([*SPECIAL, *letters, "pa", "pay", "<mask>"])}
    tokenizer = Tokenizer(models.BPE(numbers, [("p", "a"), ("pa", "y")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    tokenizer.add_special_tokens([*SPECIAL, AddedToken("<mask>", lstrip=True, special=True)])
    return tokenizer


def gemma(tail: str = "") -> Tokenizer:
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    letters = [f"<0x{i:02X}>" for i in range(256)] + [*"abdehiklnoprstuwxyPA▁"]
    numbers = {token: i for i, token in enumerate([*special, *letters, "pa", "pay"])}
    model = models.BPE(numbers, [("p", "a"), ("pa", "y")], fuse_unk=True, byte_fallback=True,
                       unk_token="<unk>")  # fmt: skip
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.post_processor = around("<bos>", tail, numbers)
    tokenizer.add_special_tokens(special)
    return tokenizer


def bert(**case: Any) -> Tokenizer:
    return wordpiece(**case)


def xlm_roberta() -> Tokenizer:
    return unigram(SPECIAL, "<s>", "</s>")


def newer_in_lower_case(tokenizer: Tokenizer) -> None:
    newer(tokenizer)
    lower(tokenizer)


def table() -> Any:
    """SentencePiece's table of characters, of one row: a tab becomes a space (a trie of darts)."""
    units = [0] * 512
    units[9] = 256 << 10 | 1 << 8 | 9  # after the byte 9 comes an end, 256 away
    units[9 ^ 256] = 1 << 31  # which stands for the first of the new texts
    trie = b"".join(unit.to_bytes(4, "little") for unit in units)
    return normalizers.Precompiled(len(trie).to_bytes(4, "little") + trie + b" \0")


def newer(tokenizer: Tokenizer) -> None:
    """SentencePiece's spaces as newer versions of transformers write them."""
    tokenizer.normalizer = normalizers.Sequence(
        [
            table(),
            normalizers.Strip(left=False, right=True),
            normalizers.Replace(Regex(" {2,}"), "▁"),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()


def without_strip(tokenizer: Tokenizer) -> None:
    """The same, as versions between these wrote them."""
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([table(), spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()


def letters_of_albert(tokenizer: Tokenizer) -> None:
    """Quotes, accents and capitals come before the table of characters."""
    without_strip(tokenizer)
    quotes = [normalizers.Replace("``", '"'), normalizers.Replace("''", '"')]
    plain = [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    inner = normalizers.Sequence([table(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.normalizer = normalizers.Sequence([*quotes, *plain, inner])


def lower(tokenizer: Tokenizer) -> None:
    tokenizer.normalizer = normalizers.Lowercase()


def bare(tokenizer: Tokenizer) -> None:
    tokenizer.post_processor = processors.TemplateProcessing(single="$A", special_tokens=[])


def unmarked(tokenizer: Tokenizer) -> None:
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="never")]
    )


def by_white_space(tokenizer: Tokenizer) -> None:
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()


CASED = {"lowercase": False, "strip_accents": False}
FLAGS = {"add_bos_token": True, "add_eos_token": False}
MPNET = ("[UNK]", "<s>", "</s>")


def named(name: str, **more: Any) -> dict[str, Any]:
    return {"tokenizer_class": name, **more}


# tokenizer, its change, type of the network, config.json besides, tokenizer_config.json
Case = tuple[Tokenizer, Change | None, str, dict[str, Any], dict[str, Any]]
AGREES: dict[str, Case] = {
    "bge and e5": (bert(), None, "bert", {}, named("BertTokenizer", do_lower_case=True)),
    "nomic": (bert(), None, "nomic_bert", {}, named("BertTokenizer")),
    "gte, own code": (bert(), None, "new", {}, named("BertTokenizer")),
    "jina, without a class": (bert(), None, "bert", {}, {}),
    "distiluse": (bert(**CASED), None, "distilbert", {},
                  named("DistilBertTokenizer", do_lower_case=False)),
    "electra": (bert(), None, "electra", {}, named("ElectraTokenizer")),
    "mpnet": (wordpiece(MPNET), None, "mpnet", {}, named("MPNetTokenizer", unk_token="[UNK]")),
    "modernbert, whatever class": (bert(**CASED), None, "modernbert", {}, named("BertTokenizer")),
    "paraphrase-multilingual": (xlm_roberta(), None, "xlm-roberta", {},
                                named("XLMRobertaTokenizer")),
    "multilingual e5": (xlm_roberta(), newer, "bert", {}, named("XLMRobertaTokenizerFast")),
    "bge-m3, white space at the end": (xlm_roberta(), without_strip, "xlm-roberta", {}, {}),
    "sentence-t5, white space at the end": (
        unigram(["<pad>", "</s>", "<unk>"], "", "</s>"), without_strip, "t5", {},
        named("T5Tokenizer", extra_ids=0, additional_special_tokens=[]),
    ),
    "albert, white space at the end": (
        unigram(["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"], "[CLS]", "[SEP]"),
        letters_of_albert, "albert", {}, named("AlbertTokenizer"),
    ),
    "bge-m3": (xlm_roberta(), lambda t: setattr(t, "normalizer", table()), "xlm-roberta", {}, {}),
    "gte, multilingual": (xlm_roberta(), None, "gte", {}, {}),
    "distilroberta": (in_bytes(), None, "roberta", {}, named("RobertaTokenizer")),
    "distilroberta, without a class": (in_bytes(), None, "roberta", {}, {}),
    "sentence-t5": (unigram(["<pad>", "</s>", "<unk>"], "", "</s>"), None, "t5", {},
                    named("T5Tokenizer", extra_ids=0, additional_special_tokens=[])),
    "EmbeddingGemma": (gemma("<eos>"), None, "gemma3_text", {},
                       named("GemmaTokenizer", add_bos_token=True, add_eos_token=True,
                             bos_token="<bos>", eos_token="<eos>")),
    # transformers reads these flags of no folder that has a tokenizer.json
    "gemma without a beginning": (gemma(), bare, "gemma3_text", {},
                                  named("GemmaTokenizer", **FLAGS)),
    "generic, with another end": (gemma("<eos>"), None, "bert", {},
                                  named(GENERIC, bos_token="<bos>", **FLAGS)),
    "generic, in config.json": (bert(**CASED), None, "bert", named(GENERIC), {}),
    "a class that nobody has": (bert(**CASED), None, "bert", {}, named("SomeTokenizer")),
    "words begin with a space": (
        in_bytes(), lambda t: setattr(t, "pre_tokenizer", pre_tokenizers.ByteLevel()), "bert", {},
        named(GENERIC),
    ),
}  # fmt: skip
REFUSED: dict[str, tuple[Case, str]] = {
    "electra": ((bert(**CASED), None, "bert", {}, named("ElectraTokenizer")), "do_lower_case"),
    "layoutlm": ((bert(**CASED), None, "bert", {}, named("LayoutLMTokenizer")), "do_lower_case"),
    "nomic, without a class": ((bert(**CASED), None, "nomic_bert", {}, {}), "do_lower_case"),
    "class in config.json": (
        (bert(**CASED), None, "roberta", named("BertTokenizer"), {}), "do_lower_case",
    ),
    "convbert has another end": (
        (bert(), bare, "convbert", {}, named("ConvBertTokenizer")), "post_processor",
    ),
    "roberta without a class": ((bert(), None, "roberta", {}, {}), "unlike a RobertaTokenizer"),
    "mpnet without ends": (
        (wordpiece(MPNET), bare, "mpnet", {}, named("MPNetTokenizer")), "post_processor",
    ),
    "xlm-roberta, lower case": ((xlm_roberta(), lower, "xlm-roberta", {}, {}), "normalizer"),
    "xlm-roberta without ends": ((xlm_roberta(), bare, "xlm-roberta", {}, {}), "post_processor"),
    "xlm-roberta without marks": ((xlm_roberta(), unmarked, "xlm-roberta", {}, {}),
                                  "pre_tokenizer"),
    "xlm-roberta, marks in the settings": (
        (xlm_roberta(), None, "xlm-roberta", {}, {"add_prefix_space": False}), "pre_tokenizer",
    ),
    "xlm-roberta, tabs in words": (
        (xlm_roberta(), newer_in_lower_case, "xlm-roberta", {}, {}), "normalizer",
    ),
    "camembert, lower case": (
        (xlm_roberta(), lower, "camembert", {}, named("CamembertTokenizer")), "normalizer",
    ),
    "roberta, lower case": ((in_bytes(), lower, "roberta", {}, {}), "normalizer"),
    "roberta without ends": ((in_bytes(), bare, "roberta", {}, {}), "post_processor"),
    "roberta, other words": ((in_bytes(), by_white_space, "roberta", {}, {}), "pre_tokenizer"),
    "gemma, lower case": ((gemma(), lower, "gemma3_text", {}, {}), "normalizer"),
    "a class of another kind": (
        (bert(), None, "bert", {}, named("DebertaV2Tokenizer")), "DebertaV2Tokenizer",
    ),
    "a type of another kind": ((bert(), None, "deberta-v2", {}, {}), "type deberta-v2"),
}  # fmt: skip


def write(folder: Path, case: Case) -> None:
    tokenizer, change, model_type, config, tokens = case
    tokenizer = Tokenizer.from_str(tokenizer.to_str())
    if change is not None:
        change(tokenizer)
    tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "config.json", settings("bert") | {"model_type": model_type} | config)
    write_json(folder / "tokenizer_config.json", tokens)


def check(folder: Path) -> bool:
    tokens = read_settings(folder / "tokenizer_config.json")
    return check_tokenizer_settings(folder, tokens, read_settings(folder / "config.json"))


def numbers(folder: Path) -> tuple[list[list[int]], list[list[int]]]:
    """Return the token numbers of our tokenizer, and of transformers'."""
    tokenizer = read_tokenizer(folder / "tokenizer.json", strips_ends=check(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers import AutoTokenizer

        other = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    return [tokenizer.encode(text).ids for text in TEXTS], [other(t)["input_ids"] for t in TEXTS]


@pytest.mark.parametrize("case", AGREES)
def test_a_tokenizer_that_is_read_gives_the_numbers_of_transformers(
    tmp_path: Path, case: str
) -> None:
    write(tmp_path, AGREES[case])
    check(tmp_path)
    here, there = numbers(tmp_path)
    assert here == there


def test_a_type_whose_class_no_file_changes_has_other_advice(tmp_path: Path) -> None:
    write(tmp_path, (bert(), None, "qwen2", {}, named(GENERIC)))
    with pytest.raises(EncoderError, match="unlike a Qwen2Tokenizer") as caught:
        check(tmp_path)
    assert "save the tokenizer again" in caught.value.remedy


@pytest.mark.parametrize("case", REFUSED)
def test_a_tokenizer_that_transformers_builds_otherwise_is_refused(
    tmp_path: Path, case: str
) -> None:
    write(tmp_path, REFUSED[case][0])
    with pytest.raises(EncoderError, match=REFUSED[case][1]) as caught:
        check(tmp_path)
    if f'set tokenizer_class to "{GENERIC}"' in caught.value.remedy:  # the advice
        tokens = read_settings(tmp_path / "tokenizer_config.json") | {"tokenizer_class": GENERIC}
        write_json(tmp_path / "tokenizer_config.json", tokens)
        check(tmp_path)
        here, there = numbers(tmp_path)
        assert here == there


@pytest.mark.parametrize("name", ["RobertaTokenizer", GENERIC])
def test_a_tokenizer_that_draws_its_tokens_is_refused_until_its_dropout_is_null(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path, (in_bytes(), None, "roberta", {}, named(name)))
    path = tmp_path / "tokenizer.json"
    plain = read_settings(path)
    write_json(path, plain | {"model": plain["model"] | {"dropout": 0.5}})
    with pytest.raises(EncoderError, match="at random") as caught:
        read_tokenizer(path)
    assert caught.value.remedy == 'set "dropout" of its "model" to null'
    write_json(path, plain | {"model": plain["model"] | {"dropout": None}})
    here, there = numbers(tmp_path)
    assert here == there


def test_the_class_of_a_type_or_a_name_is_that_of_transformers() -> None:
    from transformers.models.auto import tokenization_auto as auto

    generic = ("TokenizersBackend", "PythonBackend", "MistralCommonBackend")
    for model_type, name in auto.TOKENIZER_MAPPING_NAMES.items():
        ours = class_of_folder({"model_type": model_type}, {}, byte_level=False)
        if ours.startswith("tokenizer of type"):
            assert name not in generic, model_type
            continue
        built = auto.tokenizer_class_from_name(name) if name else None
        theirs = GENERIC if built is None or built.__name__ in generic else built.__name__
        assert ours == theirs, model_type
    for name in dict.fromkeys(auto.TOKENIZER_MAPPING_NAMES.values()):
        built = auto.tokenizer_class_from_name(name) if name else None
        if name and built is not None:
            theirs = GENERIC if built.__name__ in generic else built.__name__
            assert class_of_folder({}, {"tokenizer_class": name}, byte_level=False) == theirs
