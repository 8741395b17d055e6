"""Labels one partition of many: a file of documents becomes one Parquet file of answers, once.

A target gets its name when it is whole, and says what it was made from. A partition that has its
target is not labelled again. So any scheduler may run a partition twice, or kill it at any moment
and begin again. Each process opens a copy of the label space of its own and changes nothing. This
knows no scheduler.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from itertools import tee
from pathlib import Path
from typing import Any, TypedDict, Unpack, get_type_hints

from protolabel.arguments import require_flag, require_whole
from protolabel.batch.open_copies import OpenCopy, open_copy_of
from protolabel.batch.own_files import OwnFiles
from protolabel.batch.partition_key import (
    MadeFrom,
    PartitionAnswers,
    read_answers,
    require_same,
)
from protolabel.batch.partition_source import PartitionSource
from protolabel.batch.table_files import TableFile
from protolabel.errors import InputError
from protolabel.identity.document_key import document_key
from protolabel.label_space.pictures import pictures_are_text
from protolabel.readers.options import checked_options
from protolabel.readers.paths import LeftOut, printable, walk
from protolabel.store.files import partial_name
from protolabel.system.extras import require
from protolabel.system.name_lengths import most_name_bytes
from protolabel.words.quantity import quantity

__all__ = ["label_partition", "partitions"]

TARGET = ".answers.parquet"


def partitions(folder: str | os.PathLike[str], out: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Return the partitions of a folder: the paths ``source`` and ``target`` of each file, sorted.

    Left out are empty files; what other programs leave, whose names begin with ``.`` or ``_``, such
    as ``_SUCCESS``; answers, whose names end in ``.answers.parquet``; and label spaces.

    Args:
        folder: of files that hold documents: Parquet, JSON Lines, CSV and the others that are read.
        out: a folder for the answers, with the same folders inside.

    Raises:
        InputError: the folder is none, cannot be read, or holds no partition; or the name of a file
            is so long that its answers could have none.
    """
    root, targets = Path(os.path.abspath(folder)), Path(os.path.abspath(out))
    own_files = OwnFiles()

    def leave_out(path: str) -> bool:
        name = os.path.basename(path)
        return name.startswith("_") or name.endswith(TARGET) or own_files(path)

    files = walk(str(root), LeftOut(leave_out)) if root.is_dir() else ()
    sources = sorted(Path(path) for path in files if _has_content(path))
    if not sources:
        raise InputError(
            f"{printable(str(root))} holds no partition",
            expected="a folder with at least one file of documents",
            remedy="give the folder of the documents",
        )
    jobs = [
        {"source": str(path), "target": f"{targets / path.relative_to(root)}{TARGET}"}
        for path in sources
    ]
    for job in jobs:
        remedy = "rename it, or move it out of the folder"
        _require_short_name(job["target"], job["source"], remedy)
    return jobs


def _require_short_name(target: str, path: str, remedy: str) -> None:
    """Raise InputError where answers would have no room for their name, or to grow beside it.

    ``path``: of the file whose name is to be shorter.
    """
    answers, name = Path(target), os.path.basename(path)
    n_bytes = len(os.fsencode(partial_name(answers.name)))
    excess = n_bytes - most_name_bytes(answers.absolute().parent)
    if excess > 0:
        raise InputError(
            f"{printable(path)}: the name is too long for a file of answers",
            expected=f"a name of at most {quantity(len(os.fsencode(name)) - excess, 'byte')}",
            remedy=remedy,
        )


def _has_content(path: str) -> bool:
    return os.path.isfile(path) and os.path.getsize(path) > 0


class PartitionReading(TypedDict, total=False):
    """How the file of a partition is read; None is as good as nothing.

    ``text_field``: the column or field of the text, where its name is not a usual one.
    ``id_field``: that of the id. ``encoding``: that of the text. ``ocr``: whether pictures are
    scans of text, which OCR reads; otherwise they are if the label space is of texts.
    """

    text_field: str | None
    id_field: str | None
    encoding: str | None
    ocr: bool | None


def label_partition(
    source: str,
    target: str,
    space: str,
    *,
    alternatives: int = 2,
    evidence: int = 0,
    keep_older: bool = False,
    encoder: str | None = None,
    **reading: Unpack[PartitionReading],
) -> dict[str, Any]:
    """Label the documents of a file and write their answers as one Parquet file.

    Args:
        source: the file of documents.
        target: the file of answers, which a partition that was labelled before has already.
        space: a label space that every machine can read, such as a backup.
        alternatives: how many classes an answer ranks.
        evidence: how many of the nearest examples it shows.
        keep_older: leave answers as they are that an earlier version of the same label space gave.
            Otherwise they are refused.
        encoder: the name or folder of its encoder, which must be given where that is a service, or
            where its folder stands elsewhere on this machine; None: as the label space says.
        **reading: how the file is read, as :class:`PartitionReading` says.

    Returns:
        ``target``, how many ``documents`` were answered, how many were ``unusable``, the
        ``reasons`` of the first of these, the ``seconds`` that it took, and whether it was
        labelled ``before``.

    Raises:
        InputError: the source cannot be read or is not there as a whole, none of its documents
            can be answered, the target was made from something else, or its name is too long.
        MissingPackageError: the extra `tables` is not installed.
    """
    require("tables", "labelling partitions", "pyarrow")
    path, started = Path(target), time.monotonic()
    if path.suffix.lower() != ".parquet":
        raise InputError(f"target {target!r}", expected="the name of a file that ends in .parquet")
    _require_short_name(target, target, "name a shorter target=")
    options: dict[str, Any] = {
        "alternatives": require_whole(alternatives, "alternatives", 0),
        "evidence": require_whole(evidence, "evidence", 0),
    }
    require_flag(keep_older, "keep_older")
    unknown = sorted(set(reading) - set(get_type_hints(PartitionReading)))
    if unknown:
        raise TypeError(f"label_partition() got an unexpected keyword argument {unknown[0]!r}")
    reading_options = checked_options({k: v for k, v in reading.items() if v is not None})
    whole = PartitionSource(source)
    with open_copy_of(space, encoder) as copy:
        identity = {"bytes": whole.bytes, "sha256": whole.sha256}
        made_from = MadeFrom(copy.history, identity, options | reading_options)
        answers = _answers_before(path, made_from, copy, keep_older)
        before = answers is not None
        rows = (
            _label(whole, path, made_from, copy, options, reading_options)
            if answers is None
            else None
        )
        if rows is None and answers is None:  # another process was faster
            before, answers = True, _answers_before(path, made_from, copy, keep_older)
    unusable = whole.unusable if answers is None else answers.unusable
    return {
        "target": str(path), "documents": rows or 0 if answers is None else answers.rows,
        "unusable": unusable.documents, "reasons": list(unusable.reasons),
        "seconds": time.monotonic() - started, "before": before,
    }  # fmt: skip


def _answers_before(
    target: Path, made_from: MadeFrom, copy: OpenCopy, keep_older: bool
) -> PartitionAnswers | None:
    """Return the answers that a partition has already; None where it is not labelled yet.

    An empty target is none: a process was killed when it had claimed the name.

    Raises:
        InputError: the target is something else, or was made from something else.
    """
    if not os.path.lexists(target) or (target.is_file() and target.stat().st_size == 0):
        return None
    answers = read_answers(target)
    require_same(target, answers, made_from, copy.history_at, keep_older=keep_older)
    return answers


def _label(
    whole: PartitionSource,
    target: Path,
    made_from: MadeFrom,
    copy: OpenCopy,
    options: dict[str, Any],
    reading: Mapping[str, Any],
) -> int | None:
    """Write the answers, and return how many they are; None where another process has.

    Raises:
        InputError: there is none, and documents that could not be read or answered.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    view, n = copy.settled_view(), 0
    read: dict[str, Any] = {"ocr": pictures_are_text(view), **reading}
    documents, beside_them = tee(whole.documents(**read))
    try:
        file = TableFile(target, notes=made_from.notes())
    except InputError:
        if target.exists():
            return None
        raise
    try:
        answers = view.label_each(documents, **options)
        for document, answer in zip(beside_them, answers, strict=True):
            if isinstance(answer, InputError):
                whole.count_unusable(str(answer))
                continue
            file.write(answer.to_dict(), document_key(document))
            n += 1
        _require_answers(whole, n)
        file.note(whole.unusable.notes())
    except BaseException:
        file.discard()
        raise
    try:
        file.close()
    except InputError:
        if target.exists():
            return None
        raise
    return n


def _require_answers(whole: PartitionSource, n: int) -> None:
    """Raise InputError where a partition would count as done though nothing in it was answered."""
    unusable = whole.unusable
    if unusable.documents and not n:
        raise InputError(
            f"{whole.name}: none of {quantity(unusable.documents, 'document')} can be answered; "
            f"the first: {unusable.reasons[0]}",
            expected="a partition with a document that can be read",
            remedy="mend the file, or leave it out of the folder",
        )
