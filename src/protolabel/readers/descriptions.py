"""Descriptions as people write them: a JSON object, checked."""

from __future__ import annotations

import json
import os
import stat
from functools import partial

from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.progress import Meter
from protolabel.readers.fields import check_characters, check_text, json_name
from protolabel.readers.options import MAX_BYTES, Reading
from protolabel.readers.paths import STDIN, source_name, status
from protolabel.readers.plain_text import read_whole
from protolabel.words.text import brief_repr

_EXPECTED = 'a JSON object {"label": "description", ...}'


def read_descriptions(
    path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES, progress: Meter | None = None
) -> dict[str, str]:
    """Return descriptions by label, from a JSON object {label: description}, in its order.

    Raises InputError for what is not such an object, for unusable labels and empty descriptions,
    and for a label that stands there twice.
    """
    name = source_name(os.fspath(path))
    if os.fspath(path) != STDIN and stat.S_ISDIR(status(os.fspath(path)).st_mode):
        raise InputError(f"{name}: a folder", expected='a JSON file {"label": "description"}')
    reading = Reading(max_bytes=max_bytes, meter=progress or Meter("bytes read"))
    text = read_whole(os.fspath(path), name, reading)
    try:
        value = json.loads(text, object_pairs_hook=partial(_without_duplicates, name))
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name}:{error.lineno}: not JSON at column {error.colno} ({error.msg})",
            expected=_EXPECTED,
            remedy="mend that line",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{name}: JSON that cannot be read ({error})",
            expected=_EXPECTED,
            remedy="write the file again with a JSON library",
        ) from error
    if not isinstance(value, dict):
        raise InputError(
            f"{name}: {json_name(value)}", expected=_EXPECTED, remedy="write labels as its keys"
        )
    pairs = []
    for key, description in value.items():
        label = clean_name(key, name)
        what = f"the description of {brief_repr(label)}"
        check_text(description, name, what)
        check_characters(description, name, what)
        pairs.append((label, description))
    return _without_duplicates(name, pairs)


def _without_duplicates(name: str, pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return the pairs of an object. Raises InputError for a key that stands there twice."""
    texts: dict[str, str] = {}
    for key, value in pairs:
        if key in texts:
            raise InputError(
                f"{name}: {brief_repr(key)} stands there twice",
                expected="each label once",
                remedy="remove one, or join the two descriptions",
            )
        texts[key] = value
    return texts
