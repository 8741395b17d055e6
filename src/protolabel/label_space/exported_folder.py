"""A label space as a folder in open formats: JSON, Parquet tables, and safetensors for vectors.

===================  =========================================================================
file                 what it holds
===================  =========================================================================
space.json           the first record of an export: encoder, metric and settings
classes.parquet      a row a class: label, description, description_from, retired,
                     sharpened_embedding, and parent where a class stands under another
examples.parquet     a row an example: id, label, text, image (bytes of its file), source; and
                     not_label in the place of label where a document is not of a class,
                     with order, the place of each row among what people said
vectors.safetensors  ``embeddings``, (n, d) float32, in the order of the examples
===================  =========================================================================

It holds what an export in JSON lines with all embeddings holds, and reads back as the same records.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from protolabel.errors import InputError
from protolabel.images import data_address, from_data_address
from protolabel.label_space.export import HEAD_BYTES, ORDER, is_beginning_of_export
from protolabel.label_space.view import View
from protolabel.readers.paths import printable
from protolabel.readers.rows import NOT_LABEL
from protolabel.system.extras import require
from protolabel.system.private_files import PRIVATE_FOLDER
from protolabel.system.writable import require_beside
from protolabel.words.quantity import quantity

HEAD, CLASSES, EXAMPLES, VECTORS = (
    "space.json",
    "classes.parquet",
    "examples.parquet",
    "vectors.safetensors",
)
_CLASS_FIELDS = ("label", "description", "description_from", "retired", "sharpened_embedding")
_PARENT = "parent"  # a column that is there only where a class has one
_EXAMPLE_FIELDS = ("id", "label", "text", "image", "source")  # and NOT_LABEL where one has it


def is_exported_folder(path: str) -> bool:
    """Return whether a folder was written by :func:`write_exported_folder`."""
    try:
        with open(os.path.join(path, HEAD), "rb") as file:
            return is_beginning_of_export(file.read(HEAD_BYTES))
    except (OSError, ValueError):
        return False


def write_exported_folder(view: View, folder: str) -> int:
    """Write a label space to a folder that is not there yet, whole or not at all.

    Args:
        view: the label space at one version.
        folder: its path.

    Returns:
        The number of examples.

    Raises:
        InputError: the folder exists, or cannot be made, or its path is not in UTF-8.
        MissingPackageError: pyarrow is not installed.
        OSError: it cannot be written.
    """
    require("tables", "exporting to Parquet", "pyarrow")
    import pyarrow as pa
    from pyarrow import parquet

    _require_utf8(folder, "name another folder")
    if os.path.lexists(folder):
        raise InputError(
            f"{folder} exists already",
            expected="a folder that is not there yet",
            remedy="name another folder",
        )
    target = Path(os.path.abspath(folder))
    require_beside(target, "name another folder")
    records = view.export(vectors=True)
    head = next(records)
    classes: list[Mapping[str, Any]] = []
    examples: list[dict[str, Any]] = []
    vectors: list[Any] = []
    for record in records:
        if "description_from" in record:
            classes.append(record)
            continue
        vectors.append(np.asarray(record["embedding"], dtype=np.float32))
        image = record.get("image")
        content = None if image is None else from_data_address(str(image))
        examples.append({**record, "image": content})
    nested = [(_PARENT, pa.string())] if any(_PARENT in row for row in classes) else []
    class_schema = pa.schema([
        *((name, pa.string()) for name in _CLASS_FIELDS[:3]), ("retired", pa.bool_()),
        ("sharpened_embedding", pa.list_(pa.float32())),
        *nested,
    ])  # fmt: skip
    negative = [(NOT_LABEL, pa.string())] if any(NOT_LABEL in row for row in examples) else []
    ordered = [(ORDER, pa.int64())] if any(ORDER in row for row in examples) else []
    example_schema = pa.schema([
        *((name, pa.binary() if name == "image" else pa.string()) for name in _EXAMPLE_FIELDS),
        *negative, *ordered,
    ])  # fmt: skip
    dim = view.prototypes.dim
    matrix = np.stack(vectors) if vectors else np.empty((0, dim), np.float32)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as name:
        partial = Path(name) / "export"
        partial.mkdir(PRIVATE_FOLDER)
        for rows, schema, file in (
            (classes, class_schema, CLASSES),
            (examples, example_schema, EXAMPLES),
        ):
            fields = schema.names
            plain = [{field: row.get(field) for field in fields} for row in rows]
            parquet.write_table(pa.Table.from_pylist(plain, schema=schema), partial / file)
        save_file({"embeddings": matrix}, partial / VECTORS)
        (partial / HEAD).write_text(json.dumps(head) + "\n", encoding="utf-8")
        os.rename(partial, target)
    return len(examples)


def read_exported_folder(folder: str) -> Iterator[dict[str, Any]]:
    """Yield the records of an exported folder, as :meth:`View.export` yielded them.

    Raises:
        InputError: a file is missing or damaged, or they do not belong together; or the path of the
            folder is not in UTF-8.
        MissingPackageError: pyarrow is not installed.
    """
    require("tables", "importing from Parquet", "pyarrow")
    import pyarrow as pa
    from pyarrow import parquet

    _require_utf8(folder, "give it another name, such as exported")
    place = Path(folder)
    try:
        yield json.loads((place / HEAD).read_bytes())
        schema = parquet.read_schema(place / CLASSES)  # older ones lack the last ones
        columns = [*_CLASS_FIELDS[:4], *{"sharpened_embedding", _PARENT}.intersection(schema.names)]
        classes = parquet.read_table(place / CLASSES, columns=columns)
        schema = parquet.read_schema(place / EXAMPLES)
        columns = [*_EXAMPLE_FIELDS, *{NOT_LABEL, ORDER}.intersection(schema.names)]
        examples = parquet.read_table(place / EXAMPLES, columns=columns)
        vectors = load_file(place / VECTORS)["embeddings"]
    except (OSError, ValueError, KeyError, pa.ArrowException, SafetensorError) as error:
        raise _damage_error(
            folder, str(error).splitlines()[0] if str(error) else "damaged"
        ) from error
    if vectors.ndim != 2 or len(vectors) != examples.num_rows:
        raise _damage_error(
            folder, f"{quantity(examples.num_rows, 'example')} and vectors of {vectors.shape}"
        )
    by_class: dict[str, list[int]] = {}
    labels = examples.column("label").to_pylist()
    if NOT_LABEL in examples.column_names:
        negative = examples.column(NOT_LABEL).to_pylist()
        labels = [label or refuted for label, refuted in zip(labels, negative, strict=True)]
    for number, label in enumerate(labels):
        by_class.setdefault(label, []).append(number)
    for row in classes.to_pylist():
        for name in ("sharpened_embedding", _PARENT):
            if row.get(name) is None:
                row.pop(name, None)
        yield row
        for number in by_class.pop(row["label"], ()):
            yield _example(examples, number, vectors[number])
    if by_class:
        raise _damage_error(
            folder, f"examples of {next(iter(by_class))!r}, which is no class of it"
        )


def _require_utf8(folder: str, remedy: str) -> None:
    """Raise InputError for a path that the writers of Parquet and safetensors do not take."""
    try:
        os.path.abspath(folder).encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"{printable(folder)}: a path that is not in UTF-8",
            expected="a path in UTF-8, such as exported/",
            remedy=remedy,
        ) from error


def _example(examples: Any, number: int, vector: Any) -> dict[str, Any]:
    (row,) = examples.slice(number, 1).to_pylist()
    record = {name: value for name, value in row.items() if value is not None}
    if "image" in record:
        record["image"] = data_address(record["image"])
    return record | {"embedding": [float(x) for x in vector]}


def _damage_error(folder: str, reason: str) -> InputError:
    return InputError(
        f"{folder}: no whole export ({reason})",
        expected=f"the files {HEAD}, {CLASSES}, {EXAMPLES} and {VECTORS} of one export",
        remedy="export again",
    )
