"""What the answers of a partition were made from, as the metadata of their Parquet file.

It is checked whenever a target is there already: answers of another label space, of other
documents or of other options are not taken for those that are asked for.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

from protolabel.errors import InputError
from protolabel.readers.paths import printable

_NAME = b"protolabel.made_from"
_UNUSABLE = b"protolabel.unusable"


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What answers were made from.

    Attributes:
        space: what tells the state of the label space from any other.
        source: the size and the SHA-256 of the file of documents.
        options: that decide what an answer holds.
    """

    space: Mapping[str, object]
    source: Mapping[str, object]
    options: Mapping[str, object]

    def notes(self) -> dict[bytes, bytes]:
        """Return it as the metadata of a Parquet file."""
        return {_NAME: json.dumps(asdict(self), sort_keys=True).encode()}


@dataclass(frozen=True, slots=True)
class Unusable:
    """Documents of a partition that have no answer.

    Attributes:
        documents: how many.
        reasons: why, of the first ones.
    """

    documents: int = 0
    reasons: tuple[str, ...] = ()

    def notes(self) -> dict[bytes, bytes]:
        """Return it as the metadata of a Parquet file."""
        return {_UNUSABLE: json.dumps(asdict(self)).encode()}


@dataclass(frozen=True, slots=True)
class PartitionAnswers:
    """A file of answers that is there. ``made_from``: None where it does not say."""

    rows: int
    unusable: Unusable
    made_from: MadeFrom | None


def read_answers(target: Path) -> PartitionAnswers:
    """Return what a file of answers says of itself. Raises InputError for any other file."""
    from pyarrow import ArrowException, OSFile
    from pyarrow.parquet import read_metadata

    if target.is_dir():
        raise InputError(
            f"{printable(str(target))} is a folder",
            expected="the name of a file of answers",
            remedy="name another target=",
        )
    try:
        with OSFile(os.fsencode(target)) as file:  # a text would have to be UTF-8
            about = read_metadata(file)
    except (ArrowException, OSError) as error:
        raise InputError(
            f"{printable(str(target))} is no Parquet file that is whole",
            expected="nothing, or the answers of an earlier run",
            remedy=_again(target),
        ) from error
    try:
        fields = json.loads((about.metadata or {})[_NAME])
        made_from = MadeFrom(fields["space"], fields["source"], fields["options"])
    except (KeyError, TypeError, ValueError):
        made_from = None
    return PartitionAnswers(about.num_rows, _unusable(about.metadata or {}), made_from)


def _unusable(metadata: Mapping[bytes, bytes]) -> Unusable:
    try:
        fields = json.loads(metadata[_UNUSABLE])
        return Unusable(int(fields["documents"]), tuple(map(str, fields["reasons"])))
    except (KeyError, TypeError, ValueError):
        return Unusable()


def require_same(
    target: Path,
    answers: PartitionAnswers,
    request: MadeFrom,
    history_at: Callable[[int], Mapping[str, object] | None],
    *,
    keep_older: bool,
) -> None:
    """Raise InputError where answers were made from something else than is asked for now.

    Args:
        target: their file.
        answers: what they say of themselves.
        request: what is asked for.
        history_at: what tells an earlier version of the label space from any other.
        keep_older: whether answers of an earlier version of the same label space may stay.
    """
    earlier = answers.made_from
    if earlier is None:
        _refuse(target, "do not say what they were made from")
    if earlier.source != request.source:
        _refuse(target, "are of other documents: their file has changed since")
    if earlier.options != request.options:
        words = ", ".join(f"{name} {value}" for name, value in earlier.options.items())
        _refuse(target, f"were made with other options: {words}")
    if earlier.space == request.space:
        return
    if earlier.space.get("space") != request.space.get("space"):
        _refuse(target, "are of another label space")
    version = earlier.space.get("version")
    if isinstance(version, int) and history_at(version) == earlier.space:
        if keep_older:
            return
        newest = request.space.get("version")
        what = f"are of version {version} of the label space, which is at {newest} now"
        _refuse(target, what, f"give keep_older=True to keep them; {_again(target)}")
    _refuse(target, "are of a state of the label space that is not in its history")


def _refuse(target: Path, what: str, remedy: str = "") -> NoReturn:
    raise InputError(
        f"{printable(str(target))}: these answers {what}",
        expected="answers made from what is given now",
        remedy=remedy or _again(target),
    )


def _again(target: Path) -> str:
    return (
        f"to label the partition again: rm {shlex.quote(printable(str(target)))}; to keep that "
        "file, give another folder for the new answers"
    )
