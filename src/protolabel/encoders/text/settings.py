"""The settings that a sentence encoder's files may hold, and what each must say. Reads no file.

sentence-transformers and transformers give meaning to many settings. Those that the graph follows
stand here as read; those that change no vector stand here as free; some may have one value only.
Every other setting is refused by name, unless it is off: an encoder that means something else
must not be encoded in silence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from protolabel.encoders.folder import COPY_AGAIN
from protolabel.errors import EncoderError

_OFF: tuple[Any, ...] = (None, False, "", [], {})


@dataclass(frozen=True)
class Kind:
    """What the value of a setting must be: ``words`` say it, ``has`` checks it."""

    words: str
    has: Callable[[Any], bool]


def _is_whole(value: Any, least: int) -> bool:
    return type(value) is int and value >= least


def _is_text(value: Any) -> bool:
    """Return whether a value is a text that can be encoded: no half of a surrogate pair."""
    return isinstance(value, str) and value.encode("utf-8", "ignore").decode() == value


_SIZE = Kind("a whole number of at least 1", lambda value: _is_whole(value, 1))
_TOKEN = Kind("a token's number, or null", lambda value: value is None or _is_whole(value, 0))
_POSITIVE = Kind(
    "a number above 0", lambda value: type(value) in (int, float) and 0 < value < math.inf
)
_WORD = Kind("a text", _is_text)
_WORD_OR_NULL = Kind("a text, or null", lambda value: value is None or _is_text(value))
_TEXTS_BY_NAME = Kind(
    "texts by name, or null",
    lambda value: value is None or (isinstance(value, dict) and all(map(_is_text, value.values()))),
)
_FLAG = Kind("true or false", lambda value: isinstance(value, bool))
MODEL_TYPE = Kind("the name of an architecture", _WORD_OR_NULL.has)


@dataclass(frozen=True)
class Rules:
    """What one file may say.

    Args:
        free: names of settings that the reader follows, or that change no vector.
        fixed: name -> the values that the setting may have; None stands for off or missing.
        kinds: name -> what the value of a setting that the reader follows must be.
    """

    free: frozenset[str]
    fixed: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def check(self, settings: Mapping[str, Any], path: Path) -> None:
        """Refuse what is not understood.

        Raises:
            EncoderError: a setting is unknown and on, or has a value that is not supported, or of
                another kind.
        """
        for name, value in settings.items():
            if name in self.kinds:
                check_kind(path, name, value, self.kinds[name])
            if name in self.fixed:
                allowed = self.fixed[name]
                if not (value in _OFF and None in allowed) and value not in allowed:
                    raise _setting_error(path, name, value, allowed)
            elif name not in self.free and value not in _OFF:
                raise EncoderError(
                    f"{path} holds the setting {name}: {_short(value)}, which is not understood",
                    expected="settings whose effect on the vectors is known",
                    remedy=f"pick another encoder; or, if {name} does not change the vectors, "
                    "remove it from that file",
                )


def check_kind(path: Path, name: str, value: Any, kind: Kind) -> None:
    """Raise EncoderError unless the value of a setting is of its kind."""
    if not kind.has(value):
        raise EncoderError(
            f"{path} has {name}: {_short(value)}",
            expected=kind.words,
            remedy="mend that setting, or " + COPY_AGAIN,
        )


def _setting_error(path: Path, name: str, value: Any, allowed: tuple[Any, ...]) -> EncoderError:
    words = [f"no {name}" if option is None else f"{name}: {option!r}" for option in allowed]
    return EncoderError(
        f"{path} asks for {name}: {_short(value)}",
        expected=" or ".join(words),
        remedy="pick another encoder: this setting changes the vectors, and it is not supported",
    )


def _short(value: Any) -> str:
    return repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODULE = Rules(_words("idx name path type"))
POOLING = Rules(
    _words(
        "word_embedding_dimension embedding_dimension pooling_mode include_prompt "
        "pooling_mode_cls_token pooling_mode_max_tokens pooling_mode_mean_tokens "
        "pooling_mode_mean_sqrt_len_tokens pooling_mode_weightedmean_tokens pooling_mode_lasttoken"
    ),
    kinds={"include_prompt": _FLAG},
)
DENSE = Rules(
    _words("in_features out_features bias activation_function"),
    {
        "module_input_name": (None, "sentence_embedding"),
        "module_output_name": (None, "sentence_embedding"),
        "use_residual": (None,),
    },
    {"bias": _FLAG, "activation_function": _WORD},
)
NORMALIZE = Rules(frozenset(), {key: DENSE.fixed[key] for key in list(DENSE.fixed)[:2]})
SENTENCE = Rules(
    _words("max_seq_length unpad_inputs"),
    {
        "do_lower_case": (None,),
        "transformer_task": (None, "feature-extraction"),
        "module_output_name": (None, "token_embeddings"),
        "modality_config": (
            None,
            {"text": {"method": "forward", "method_output_name": "last_hidden_state"}},
        ),
    },
)
SENTENCE_TRANSFORMERS = Rules(
    _words("__version__ prompts default_prompt_name similarity_fn_name"),
    {
        "truncate_dim": (None,),
        "model_type": (None, "SentenceTransformer"),
    },
    {"default_prompt_name": _WORD_OR_NULL, "prompts": _TEXTS_BY_NAME},
)
"""Of config_sentence_transformers.json. The default prompt is used and no other, and the similarity
function compares vectors but does not make them."""

ARCHITECTURE = Rules(
    # sizes and numbers that the graph is built from
    _words(
        "model_type vocab_size hidden_size num_hidden_layers num_attention_heads intermediate_size "
        "max_position_embeddings type_vocab_size pad_token_id layer_norm_eps hidden_act activation "
        "dim n_layers n_heads hidden_dim relative_attention_num_buckets position_embedding_type"
    )
    # of training, of storage, of heads that an encoder does not have
    | _words(
        "hidden_dropout_prob attention_probs_dropout_prob dropout attention_dropout qa_dropout "
        "seq_classif_dropout classifier_dropout initializer_range initializer_factor use_cache "
        "gradient_checkpointing chunk_size_feed_forward dtype torch_dtype torchscript use_bfloat16 "
        "tie_word_embeddings tie_weights_ tie_encoder_decoder return_dict output_attentions "
        "output_hidden_states output_past output_scores pooler_fc_size pooler_num_attention_heads "
        "pooler_num_fc_layers pooler_size_per_head pooler_type directionality id2label label2id "
        "num_labels problem_type finetuning_task task_specific_params "
        "sbert_ce_default_activation_function"
    )
    # names and numbers of other programs
    | _words(
        "_name_or_path name_or_path architectures transformers_version tokenizer_class model_name "
        "bos_token_id eos_token_id sep_token_id cls_token_id mask_token_id unk_token_id "
        "decoder_start_token_id attn_implementation _attn_implementation tf_legacy_loss"
    )
    # of generating text
    | _words(
        "max_length min_length do_sample early_stopping num_beams num_beam_groups temperature "
        "top_k top_p typical_p diversity_penalty repetition_penalty length_penalty prefix "
        "no_repeat_ngram_size encoder_no_repeat_ngram_size bad_words_ids num_return_sequences "
        "return_dict_in_generate forced_bos_token_id forced_eos_token_id remove_invalid_values "
        "exponential_decay_length_penalty suppress_tokens begin_suppress_tokens"
    ),
    {
        "is_decoder": (None,),
        "is_encoder_decoder": (None,),
        "add_cross_attention": (None,),
        "pruned_heads": (None,),
        "sinusoidal_pos_embds": (None,),
    },
    dict.fromkeys(
        (
            "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
            "intermediate_size", "max_position_embeddings", "dim", "n_layers", "n_heads",
            "hidden_dim",
        ),
        _SIZE,
    )
    | {"pad_token_id": _TOKEN, "layer_norm_eps": _POSITIVE},
)  # fmt: skip
