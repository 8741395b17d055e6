"""Labels one partition of many: a file of documents becomes one Parquet file of answers, once.

A target gets its name when it is whole, and a partition that has its target is not labelled again.
So any scheduler may run a partition twice, or kill it at any moment and begin again. Each process
opens a copy of the label space of its own and changes nothing. This knows no scheduler.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from functools import lru_cache
from itertools import tee
from pathlib import Path
from typing import Any

from protolabel.batch.table_files import TableFile
from protolabel.document_key import document_key
from protolabel.errors import InputError
from protolabel.extras import require
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.stored_snapshot import SUFFIX as PROTOTYPES
from protolabel.label_space.view import View
from protolabel.readers import read_documents
from protolabel.store.files import beside, copy_files

TARGET = ".answers.parquet"


def partitions(folder: str | os.PathLike[str], out: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Return the partitions of a folder: the paths ``source`` and ``target`` of each file, sorted.

    Args:
        folder: of files that hold documents: Parquet, JSON Lines, CSV and the others that are read.
        out: a folder for the answers, with the same folders inside.

    Raises:
        InputError: the folder is none, or holds no file.
    """
    root, targets = Path(os.path.abspath(folder)), Path(os.path.abspath(out))
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name[0] != ".")
    if not files:
        raise InputError(
            f"{root} holds no partition",
            expected="a folder with at least one file of documents",
            remedy="give the folder of the documents",
        )
    return [
        {"source": str(path), "target": f"{targets / path.relative_to(root)}{TARGET}"}
        for path in files
    ]


def label_partition(
    source: str, target: str, space: str, *, alternatives: int = 2, evidence: int = 0
) -> dict[str, Any]:
    """Label the documents of a file and write their answers as one Parquet file.

    Args:
        source: the file of documents.
        target: the file of answers, which a partition that was labelled before has already.
        space: a label space that every machine can read, such as a backup.
        alternatives: how many classes an answer ranks.
        evidence: how many of the nearest examples it shows.

    Returns:
        ``target``, how many ``documents`` were answered, how many were ``unusable``, the
        ``seconds`` that it took, and whether it was labelled ``before``.

    Raises:
        InputError: the source cannot be read.
        MissingPackageError: the extra `tables` is not installed.
    """
    require("tables", "labelling partitions", "pyarrow")
    path, started = Path(target), time.monotonic()
    if path.exists():
        from pyarrow.parquet import read_metadata

        return _outcome(path, read_metadata(path).num_rows, 0, started, before=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    view = _view(os.path.abspath(space), os.stat(space).st_mtime_ns)
    unread: list[str] = []
    rows = read_documents(source, on_unreadable=lambda row: unread.append(row.source))
    documents, beside_them = tee(rows)
    file, n, skipped = TableFile(path), 0, 0
    try:
        answers = view.label_each(documents, alternatives=alternatives, evidence=evidence)
        for document, answer in zip(beside_them, answers, strict=True):
            if isinstance(answer, InputError):
                skipped += 1
                continue
            file.write(answer.to_dict(), document_key(document))
            n += 1
    except BaseException:
        file.discard()
        raise
    before = False
    try:
        file.close()
    except InputError:
        before = path.exists()  # another process was faster: it is there, with the same answers
        if not before:
            raise
    return _outcome(path, n, skipped + len(unread), started, before=before)


def _outcome(
    target: Path, documents: int, unusable: int, started: float, *, before: bool
) -> dict[str, Any]:
    return {
        "target": str(target), "documents": documents, "unusable": unusable,
        "seconds": time.monotonic() - started, "before": before,
    }  # fmt: skip


@lru_cache(maxsize=1)
def _view(space: str, _modified: int) -> View:
    """Return a copy of a label space of this process alone, opened once for all its partitions."""
    folder = tempfile.TemporaryDirectory(prefix="protolabel-")
    copy = Path(folder.name) / Path(space).name
    copy_files(space, copy)
    prototypes = beside(space, PROTOTYPES)
    if prototypes.exists():
        shutil.copyfile(prototypes, beside(copy, PROTOTYPES))
    opened = LabelSpace(copy, background=False)
    atexit.register(folder.cleanup)
    atexit.register(opened.close)
    return opened.view().unremembered()
