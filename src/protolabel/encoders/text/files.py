"""Names the files of settings in a sentence encoder's folder: the one list of them.

Whoever reads such a file takes its name from here, and the hub's copy is fetched by the same list.
"""

from __future__ import annotations

from collections.abc import Collection

from protolabel.encoders.folder import ADAPTER, CONFIG

TOKENIZER = "tokenizer.json"
TOKENIZER_CONFIG = "tokenizer_config.json"
SPECIAL_TOKENS = "special_tokens_map.json"
ADDED_TOKENS = "added_tokens.json"
MODULES = "modules.json"
SENTENCE_TRANSFORMERS = "config_sentence_transformers.json"
SENTENCE_CONFIGS = tuple(
    f"sentence_{family}_config.json"
    for family in ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
)
"""sentence-transformers reads the first of these that is there."""

_OF_FOLDER = {
    CONFIG, TOKENIZER, TOKENIZER_CONFIG, SPECIAL_TOKENS, ADDED_TOKENS, MODULES, ADAPTER,
    SENTENCE_TRANSFORMERS, *SENTENCE_CONFIGS,
}  # fmt: skip
_OF_STEP = {CONFIG, ADAPTER}


def settings_among(files: Collection[str], steps: Collection[str] = ()) -> list[str]:
    """Return which files of an encoder are read as settings.

    Args:
        files: their names, with the folders inside the encoder's.
        steps: the folders of the steps in modules.json.
    """
    parts = [(name, *name.rpartition("/")[::2]) for name in sorted(files)]
    return [
        name
        for name, folder, file in parts
        if (file in _OF_STEP if folder in steps and folder else not folder and file in _OF_FOLDER)
    ]
