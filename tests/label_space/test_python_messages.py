"""What the Python door says of a wrong argument: what to write instead, in the words of Python."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fakes import WordEncoder

import protolabel
from protolabel import LabelSpace, PrototypicalClassifier, read_documents, read_examples
from protolabel.errors import InputError

SOURCE = Path(protolabel.__file__).parent
DOORS = ("cli", "batch", "service")  # folders that only commands use


@pytest.mark.parametrize(
    "many", [["pay", "cv"], ("pay",), pd.Series(["pay", "cv"]), np.array(["pay"]), {"pay", "cv"}],
    ids=lambda many: type(many).__name__,
)  # fmt: skip
def test_label_of_many_names_label_many(space, many):
    with pytest.raises(InputError, match=r"label_many\(documents\)"):
        space.label(many)
    assert len(list(space.label_many(many))) == len(many)


def test_label_of_a_table_names_its_column(space):
    with pytest.raises(InputError, match=r"label_many\(documents, text='text'\)"):
        space.label(pd.DataFrame({"text": ["pay"]}))


@pytest.mark.parametrize("empty", [None, math.nan, pd.NA, pd.NaT])
def test_empty_cells_are_to_be_dropped(space, empty):
    texts = pd.Series(["pay", empty, "cv"], dtype=object)
    for action in (lambda: list(space.label_many(texts)), lambda: space.add(texts, "bill")):
        with pytest.raises(InputError, match="drop empty rows first"):
            action()
    labels = pd.Series(["bill", empty, "cv"], dtype=object)
    with pytest.raises(InputError, match="drop rows without"):
        space.add(["a", "b", "c"], labels)
    table = pd.DataFrame({"text": texts, "label": labels}).dropna(subset=["text", "label"])
    assert space.add(table["text"], table["label"]).detail["examples"]


@pytest.mark.parametrize("read", [read_examples, read_documents])
def test_a_table_in_memory_is_no_source_of_files(space, read):
    table = pd.DataFrame({"text": ["pay now"], "label": ["bill"]})
    with pytest.raises(InputError, match=r'add\(table\["text"\], table\["label"\]\)'):
        list(read(table))
    assert space.add(table["text"], table["label"]).kind == "add"
    assert space.add(table).detail["examples"]


@pytest.mark.parametrize(
    ("metric", "refused", "taken"),
    [
        ("cosine", [2, -1.5, 1.001], [1, -1, 0.5, "auto", "none"]),
        ("euclidean", [0.5, 1, 1e-9], [0, -3.5, -1e9, "auto", "none"]),
    ],
)
def test_a_threshold_that_no_score_can_pass_is_refused(metric, refused, taken):
    with LabelSpace.create(encoder=WordEncoder(), metric=metric, background=False) as space:
        for threshold in refused:
            with pytest.raises(InputError, match="scores are"):
                space.configure(threshold=threshold)
        assert space.version == 1
        for threshold in taken:
            space.configure(threshold=threshold)
    x, y = np.eye(2), [0, 1]
    for threshold in refused:
        with pytest.raises(InputError, match="scores are"):
            PrototypicalClassifier(metric=metric, abstain=threshold).fit(x, y)


def test_an_export_with_such_a_threshold_is_refused(space):
    records = list(space.view().export())
    records[0]["settings"] = records[0]["settings"] | {"threshold": "2.0"}
    with LabelSpace.create(encoder=WordEncoder(), background=False) as other:
        with pytest.raises(InputError, match=":1: threshold 2; expected"):
            other.import_records(records)
        assert other.version == 1


def test_what_is_not_calibrated_says_whether_that_is_under_way(tmp_path):
    for background, words in ((False, "settle.. calibrates it"), (True, "in the background")):
        with LabelSpace.create(encoder=WordEncoder(), background=background) as space:
            space.add(["pay", "cv"], ["bill", "cv"])
            pending = space.view().pending.reason
            assert re.search(words, pending)
            assert f"version {space.version} is" in pending
            space.settle()
            assert "calibrates" not in space.label("pay").reason


def python_messages() -> list[tuple[str, str]]:
    """Every text of the library but for docstrings and what only the command line says."""
    texts = []
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE)
        if place.parts[0] in DOORS:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        silent = {
            id(inner)
            for node in ast.walk(tree)
            if (isinstance(node, ast.keyword) and node.arg == "command")
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            for inner in ast.walk(node)
        }
        texts += [
            (str(place), " ".join(_constants(node)))
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in silent
        ]
    return texts


def _constants(node: ast.AST) -> list[str]:
    parts = (part for part in ast.walk(node) if isinstance(part, ast.Constant))
    return [part.value for part in parts if isinstance(part.value, str)]


def test_no_message_of_the_library_names_an_option_but_in_a_whole_command():
    command = re.compile(r"(protolabel|pip|iconv|rm|ls|chmod)\b.*")
    messages = [
        (place, text)
        for place, text in python_messages()
        if place not in WHOLE_COMMANDS
        and not text.startswith((":root{", "@media"))  # a style sheet
    ]
    assert len(messages) > 1000
    for place, text in messages:
        assert not re.search(r"(?<![\w-])--[a-z]", command.sub("", text)), (place, text)


WHOLE_COMMANDS = {  # their commands are put together of parts
    "encoders/locate.py", "encoders/mismatch.py", "evaluation/listed_labels.py",
    "label_space/changes/classes.py", "system/extras.py",
    "label_space/soundness.py", "store/moved_files.py", "store/new_files.py",
    "store/restoring.py",
    "store/damage_behind.py", "store/sqlite_errors.py",
    "training/adapt.py",
}  # fmt: skip
