"""Encoder folders that mean something special, on random weights, against sentence-transformers.

Each folder either gives its vectors, or is refused by the name of the setting.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encoder_folders import (
    SIZE,
    TOKENIZER,
    VOCABULARY,
    put,
    random_tensors,
    settings,
    write_folder,
    write_json,
)
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors

from protolabel import Example, LabelSpace
from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.errors import EncoderError
from protolabel.evaluation.of_encoder import evaluate
from protolabel.evaluation.plan import Plan

TEXTS = ["Pay bill", "box ship é work", "e", "pay bill . Sign ! a b c", "PAYS ships bill", "?"]
LITERAL = [
    "pay [SEP] bill",
    "[CLS]pay",
    "box[PAD] ship work",
    "[PAD]",
    "a [UNK] b c",
    "[sep] bills",
]
STEP = "sentence_transformers.models."
Change = Callable[[Path], object]


def config(**changes: Any) -> Change:
    return lambda path: write_json(path / "config.json", settings("bert") | changes)


def tokenizer_config(**changes: Any) -> Change:
    return lambda path: write_json(path / "tokenizer_config.json", TOKENIZER | changes)


def pooling(**changes: Any) -> Change:
    return put("1_Pooling/config.json", {"word_embedding_dimension": SIZE} | changes)


def sentence(**changes: Any) -> Change:
    return put("sentence_bert_config.json", {"max_seq_length": 12} | changes)


def general(**changes: Any) -> Change:
    return put("config_sentence_transformers.json", changes)


def modules(*kinds: str, **last: Any) -> Change:
    places = {"Transformer": "", "Pooling": "1_Pooling", "Dense": "2_Dense", "Normalize": "3_N"}
    steps = [
        {"idx": i, "name": str(i), "path": places[kind], "type": STEP + kind}
        for i, kind in enumerate(kinds)
    ]
    return put("modules.json", [*steps[:-1], steps[-1] | last])


def dense(**changes: Any) -> Change:
    def change(path: Path) -> None:
        write_folder(path, dense=SIZE)
        sizes = {"in_features": SIZE, "out_features": SIZE, "bias": True}
        tanh = {"activation_function": "torch.nn.modules.activation.Tanh"}
        write_json(path / "2_Dense" / "config.json", sizes | tanh | changes)
        if changes.get("bias") is False:
            tensors = load_file(path / "2_Dense" / "model.safetensors")
            del tensors["linear.bias"]
            save_file(tensors, path / "2_Dense" / "model.safetensors")

    return change


def tokenizer(change: Callable[[Any], None]) -> Change:
    def write(path: Path) -> None:
        file = str(path / "tokenizer.json")
        content = Tokenizer.from_file(file)
        change(content)
        content.save(file)

    return write


def cased(content: Any) -> None:
    content.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)


def second_type(content: Any) -> None:
    content.post_processor = processors.TemplateProcessing(
        single="[CLS]:1 $A:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )


def headless(content: Any) -> None:
    content.post_processor = processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", 2)]
    )


def replacing(content: Any) -> None:
    content.normalizer = normalizers.Sequence([normalizers.Replace("!", "?"), content.normalizer])


def unlisted(path: Path) -> None:
    file = path / "tokenizer.json"
    write_json(file, json.loads(file.read_text()) | {"added_tokens": []})


def both(*changes: Change) -> Change:
    def change(path: Path) -> None:
        for one in changes:
            one(path)

    return change


def family(name: str, **changes: Any) -> Change:
    def change(path: Path) -> None:
        write_folder(path, name)
        write_json(path / "config.json", settings(name) | changes)

    return change


def sub_folder(path: Path) -> None:
    inside = path / "0_Transformer"
    inside.mkdir()
    for file in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (inside / file).write_bytes((path / file).read_bytes())
    save_file(random_tensors("bert", seed=3), inside / "model.safetensors")
    modules("Transformer", "Pooling")(path)
    steps = [
        {"idx": 0, "name": "0", "path": "0_Transformer", "type": STEP + "Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": STEP + "Pooling"},
    ]
    write_json(path / "modules.json", steps)


def legacy(path: Path) -> None:
    (path / "sentence_bert_config.json").unlink()
    write_json(path / "sentence_roberta_config.json", {"max_seq_length": 12, "do_lower_case": True})


TEXT_ONLY = {"text": {"method": "forward", "method_output_name": "last_hidden_state"}}
POOLED = {"text": {"method": "forward", "method_output_name": "pooler_output"}}
PROMPT = {"prompts": {"q": "pay: ", "other": "ship: "}, "default_prompt_name": "q"}
GENERIC = "PreTrainedTokenizerFast"
IDENTITY = "torch.nn.modules.linear.Identity"

AGREES: dict[str, Change] = {
    "as it is": lambda path: None,
    "mean, in a newer spelling": pooling(pooling_mode="mean"),
    "mean, in a list": pooling(pooling_mode=["mean"]),
    "cls": pooling(pooling_mode="cls"),
    "cls, spelt as of old": pooling(pooling_mode_cls_token=True, pooling_mode_mean_tokens=False),
    "no mode": pooling(pooling_mode_mean_tokens=False),
    "max": pooling(pooling_mode_max_tokens=True),
    "mean by the root": both(dense(), pooling(pooling_mode_mean_sqrt_len_tokens=True)),
    "weighted mean": pooling(pooling_mode="weightedmean"),
    "last token": pooling(pooling_mode="lasttoken"),
    "default prompt": general(**PROMPT),
    "no Normalize": modules("Transformer", "Pooling"),
    "dense, tanh": dense(),
    "dense, identity": dense(activation_function=IDENTITY),
    "dense without bias": dense(bias=False),
    "dense, its places named": dense(
        module_input_name="sentence_embedding", module_output_name="sentence_embedding"
    ),
    "Normalize, its place named": put("3_Normalize/config.json",
                                      {"module_input_name": "sentence_embedding"}),
    "tanh gelu": config(hidden_act="gelu_new"),
    "relu": config(hidden_act="relu"),
    "another epsilon": config(layer_norm_eps=0.1),
    "no decoder": config(is_decoder=False, add_cross_attention=False),
    "settings of training": config(hidden_dropout_prob=0.3, id2label={"0": "a"}, use_cache=True),
    "a switch that is off": config(some_new_switch=False),
    "prompts, none by default": general(prompts={"query": "q: "}, default_prompt_name=None),
    "dot product": general(similarity_fn_name="dot"),
    "what newer versions write": sentence(
        transformer_task="feature-extraction", modality_config=TEXT_ONLY,
        module_output_name="token_embeddings", unpad_inputs=False,
    ),
    "cased": both(tokenizer(cased), tokenizer_config(do_lower_case=False)),
    "cased, and the tokenizer of no family": both(
        tokenizer(cased), put("tokenizer_config.json", {"tokenizer_class": GENERIC})
    ),
    "distilbert": family("distilbert"),
    "distilbert has one epsilon": family("distilbert", layer_norm_eps=0.1),
    "roberta": family("roberta"),
    "roberta with another padding token": family("roberta", pad_token_id=4),
    "mpnet": family("mpnet"),
    "mpnet has one padding token": family("mpnet", pad_token_id=4),
}  # fmt: skip

REFUSED: dict[str, tuple[Change, str]] = {
    "residual": (dense(use_residual=True), "use_residual"),
    "dense on tokens": (dense(module_input_name="token_embeddings"), "module_input_name"),
    "dense to elsewhere": (dense(module_output_name="other"), "module_output_name"),
    "dense, gelu": (dense(activation_function="torch.nn.modules.activation.GELU"), "GELU"),
    "dense, unknown setting": (dense(gate=True), "gate"),
    "bias that is not said": (both(dense(), put("2_Dense/config.json", {"bias": False})), "bias"),
    "dense without the list of steps": (
        both(dense(), lambda path: (path / "modules.json").unlink()), "2_Dense and no modules.json",
    ),
    "normalize tokens": (
        put("3_Normalize/config.json", {"module_input_name": "token_embeddings"}),
        "module_input_name",
    ),
    "decoder": (config(is_decoder=True), "is_decoder"),
    "cross attention": (config(add_cross_attention=True), "add_cross_attention"),
    "pruned heads": (config(pruned_heads={"0": [1]}), "pruned_heads"),
    "alibi": (config(position_embedding_type="alibi"), "alibi"),
    "gated": (config(feed_forward_type="geglu"), "feed_forward_type"),
    "own code": (config(auto_map={"AutoModel": "modeling.Model"}), "auto_map"),
    "quantised": (config(quantization_config={"bits": 4}), "quantization_config"),
    "quick gelu": (config(hidden_act="quick_gelu"), "quick_gelu"),
    "mean and cls": (pooling(pooling_mode=["mean", "cls"]), r"mean \+ cls"),
    "unknown pooling": (pooling(pooling_mode_attention=True), "pooling_mode_attention"),
    "a prompt that is not there": (general(default_prompt_name="q"), "default prompt 'q'"),
    "prompt not pooled": (both(general(**PROMPT), pooling(include_prompt=False)), "leaves the"),
    "cut vectors": (general(truncate_dim=8), "truncate_dim"),
    "another kind": (general(model_type="SparseEncoder"), "SparseEncoder"),
    "lower-casing in the settings": (sentence(do_lower_case=True), "do_lower_case"),
    "lower-casing in legacy settings": (legacy, "do_lower_case"),
    "pooler output": (
        sentence(modality_config=POOLED, module_output_name="token_embeddings"),
        "modality_config",
    ),
    "another task": (sentence(transformer_task="fill-mask"), "transformer_task"),
    "arguments of the tokenizer": (
        sentence(processor_kwargs={"do_lower_case": False}), "processor_kwargs",
    ),
    "query length": (sentence(query_length=3), "query_length"),
    "a window of words": (sentence(max_seq_length="many"), "window of 'many'"),
    "cased tokenizer, settings silent": (
        both(tokenizer(cased), put("tokenizer_config.json", {"strip_accents": False})),
        "does not set do_lower_case",
    ),
    "cased settings, lower-casing tokenizer": (
        tokenizer_config(do_lower_case=False), "do_lower_case: false",
    ),
    "accents": (tokenizer_config(strip_accents=True), "strip_accents: true"),
    "accents, settings silent": (
        put("tokenizer_config.json", {"do_lower_case": True}), "strip_accents",
    ),
    "Chinese": (tokenizer_config(tokenize_chinese_chars=False), "tokenize_chinese_chars"),
    "token types": (tokenizer(second_type), "another type"),
    "split special tokens": (tokenizer_config(split_special_tokens=True), "split_special_tokens"),
    "special tokens of the vocabulary, not listed": (
        unlisted, r"lack the unk_token '\[UNK\]'",
    ),
    "special tokens in the settings": (
        tokenizer_config(sep_token="pay"), "names sep_token 'pay'",
    ),
    "special tokens as objects": (
        tokenizer_config(cls_token={"content": "bill", "lstrip": False}), "names cls_token 'bill'",
    ),
    "special tokens in a map": (
        put("special_tokens_map.json", {"mask_token": "bill"}), "special_tokens_map.json names",
    ),
    "more special tokens": (
        tokenizer_config(additional_special_tokens=["ship"]), "additional_special_tokens 'ship'",
    ),
    "more special tokens, in a newer spelling": (
        tokenizer_config(extra_special_tokens={"role": "ship"}), "extra_special_tokens 'ship'",
    ),
    "added tokens in the settings": (
        tokenizer_config(added_tokens_decoder={"5": {"content": "bill", "special": True}}),
        "added_tokens_decoder 'bill'",
    ),
    "added tokens in a file": (put("added_tokens.json", {"bill": 5}), "added_tokens.json names"),
    "another first token": (
        both(tokenizer(lambda t: t.add_special_tokens(["pay"])), tokenizer_config(cls_token="pay")),
        "post_processor",
    ),
    "another unknown token": (
        both(tokenizer(lambda t: t.add_special_tokens(["e"])), tokenizer_config(unk_token="e")),
        "unk_token",
    ),
    "no last token": (tokenizer(headless), "post_processor"),
    "words parted otherwise": (
        tokenizer(lambda t: setattr(t, "pre_tokenizer", pre_tokenizers.Whitespace())),
        "pre_tokenizer",
    ),
    "a further normaliser": (tokenizer(replacing), "normalizer"),
    "short words": (
        tokenizer(lambda t: setattr(t.model, "max_input_chars_per_word", 3)),
        "max_input_chars_per_word",
    ),
    "another prefix": (
        tokenizer(lambda t: setattr(t.model, "continuing_subword_prefix", "@@")),
        "continuing_subword_prefix",
    ),
    "a class of another model": (
        tokenizer_config(tokenizer_class="RobertaTokenizer"), "unlike a RobertaTokenizer",
    ),
    "more tokens than vectors": (
        tokenizer(lambda t: t.add_tokens(["invoice", "letter"])),
        f"knows {len(VOCABULARY) + 2} tokens",
    ),
    "somebody's own step": (
        put("modules.json", [{"type": "custom.Transformer", "path": ""},
                             {"type": STEP + "Pooling", "path": "1_Pooling"}]),
        r"custom\.Transformer",
    ),
    "no pooling": (modules("Transformer"), "Transformer"),
    "normalise, then pool": (modules("Transformer", "Normalize", "Pooling"), "Normalize"),
    "arguments of a step": (modules("Transformer", "Pooling", kwargs=["task"]), "kwargs"),
    "transformer in a folder of its own": (sub_folder, "0_Transformer"),
    "language model": (
        both(config(architectures=["BertForCausalLM"]),
             lambda path: (path / "modules.json").unlink()),
        "language model",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", AGREES)
@pytest.mark.skipif(
    find_spec("sentence_transformers") is None, reason="sentence-transformers is not installed"
)
def test_a_folder_that_is_understood_gives_the_vectors_of_sentence_transformers(
    tmp_path: Path, case: str
) -> None:
    AGREES[case](write_folder(tmp_path))
    texts = TEXTS + LITERAL
    vectors = TransformerEncoder(tmp_path, precision="f32", threads=1).encode(texts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(tmp_path), device="cpu", local_files_only=True)
        expected = model.encode(texts, show_progress_bar=False, normalize_embeddings=True)
    # All vectors of such random weights are near to one another: what counts is how they differ.
    centre = expected.mean(axis=0)
    apart = np.linalg.norm(expected - centre, axis=1).min()
    assert np.linalg.norm(vectors - expected, axis=1).max() < 0.01 * apart


@pytest.mark.parametrize("case", REFUSED)
def test_a_folder_that_means_something_else_is_refused_by_name(tmp_path: Path, case: str) -> None:
    change, message = REFUSED[case]
    change(write_folder(tmp_path))
    with pytest.raises(EncoderError, match=message) as caught:
        TransformerEncoder(tmp_path, precision="f32", threads=1)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "case",
    ["cls", "max", "weighted mean", "last token", "default prompt", "dense, tanh",
     "dense, identity", "tanh gelu", "another epsilon", "cased"],
)  # fmt: skip
def test_what_changes_the_vectors_changes_the_fingerprint(tmp_path: Path, case: str) -> None:
    plain = TransformerEncoder(write_folder(tmp_path / "plain"), precision="f32", threads=1)
    AGREES[case](write_folder(tmp_path / "changed"))
    changed = TransformerEncoder(tmp_path / "changed", precision="f32", threads=1)
    assert np.abs(plain.encode(TEXTS) - changed.encode(TEXTS)).max() > 1e-4
    assert plain.fingerprint != changed.fingerprint


def test_a_folder_without_a_normalize_step_is_refused_for_euclidean_distances(
    tmp_path: Path,
) -> None:
    write_folder(tmp_path / "unit")
    modules("Transformer", "Pooling")(write_folder(tmp_path / "any"))
    LabelSpace.create(encoder=str(tmp_path / "unit"), metric="euclidean").close()
    LabelSpace.create(encoder=str(tmp_path / "any"), metric="cosine").close()
    with pytest.raises(EncoderError, match="Normalize step"):
        LabelSpace.create(encoder=str(tmp_path / "any"), metric="euclidean")
    with pytest.raises(EncoderError, match="Normalize step"):
        past = [Example(label, f"{label} {word}") for label in ("pay", "box") for word in "efgh"]
        plan = Plan(ways=(2,), shots=(1,), query=2, metric="euclidean")
        evaluate(past, encoder=str(tmp_path / "any"), plan=plan)


def test_a_tokenizer_of_an_older_version_does_not_name_its_model(tmp_path: Path) -> None:
    file = write_folder(tmp_path) / "tokenizer.json"
    content = json.loads(file.read_text())
    del content["model"]["type"]
    write_json(file, content)
    TransformerEncoder(tmp_path, precision="f32", threads=1)
