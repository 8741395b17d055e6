"""Descriptions as people write them: a JSON object, checked."""

from __future__ import annotations

import json
import os
import stat
from typing import cast

from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.readers.folders import STDIN, excerpt, source_name, status
from protolabel.readers.plain_text import MAX_BYTES, Progress, read_whole
from protolabel.readers.rows import check_text


def read_descriptions(
    path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES, progress: Progress | None = None
) -> dict[str, str]:
    """Descriptions by label, from a JSON object {label: description}, in the order of the file.

    Raises InputError for what is not such an object, for unusable labels and empty descriptions,
    and for a label that stands there twice.
    """
    name = source_name(os.fspath(path))
    if os.fspath(path) != STDIN and stat.S_ISDIR(status(os.fspath(path)).st_mode):
        raise InputError(f"{name}: a folder", expected='a JSON file {"label": "description"}')
    text = read_whole(os.fspath(path), name, max_bytes, progress)

    expected = 'a JSON object {"label": "description", ...}'

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                raise InputError(
                    f"{name}: {excerpt(key)} stands there twice",
                    expected="each label once",
                    remedy="remove one, or join the two descriptions",
                )
            found[key] = value
        return found

    try:
        found = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name}:{error.lineno}: not JSON at column {error.colno} ({error.msg})",
            expected=expected,
            remedy="mend that line",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{name}: JSON that cannot be read ({error})", expected=expected
        ) from error
    if not isinstance(found, dict):
        raise InputError(
            f"{name}: {excerpt(found)}", expected=expected, remedy="write labels as its keys"
        )
    descriptions = {}
    for key, value in found.items():
        label = clean_name(key, name)
        if label in descriptions:
            once([(label, ""), (label, "")])
        check_text(value, name, f"the description of {excerpt(label)}")
        descriptions[label] = cast(str, value)
    return descriptions
