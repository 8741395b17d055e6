"""The documents of a folder that grows: each comes once, however often its file is written."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from protolabel.batch.growing_folder import GrowingFolder
from protolabel.readers.each_file import FileReader
from protolabel.types import Document

TEXTS = ("please pay the bill", "my work so far", "an order of two chairs")


def new_texts(folder: GrowingFolder, reader: FileReader, path: Path) -> list[str | None]:
    items = folder.new_documents(str(path), reader)
    return [item.text for item in items if isinstance(item, Document)]


def test_a_file_of_one_document_that_is_touched_brings_nothing_new(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(TEXTS[0])
    folder = GrowingFolder(str(tmp_path), lambda path: False, {})
    with FileReader() as reader:
        assert new_texts(folder, reader, path) == [TEXTS[0]]
        os.utime(path)
        assert new_texts(folder, reader, path) == []
        path.write_text(TEXTS[1])
        assert new_texts(folder, reader, path) == [TEXTS[1]]
        path.write_text(TEXTS[0])  # as it was at first
        assert new_texts(folder, reader, path) == []


@given(st.lists(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4), max_size=5))
def test_a_text_comes_as_often_as_its_file_had_it_at_most(states):
    with TemporaryDirectory() as place:
        path = Path(place, "rows.jsonl")
        folder = GrowingFolder(place, lambda path: False, {})
        comings: Counter[str | None] = Counter()
        with FileReader() as reader:
            for state in states:
                path.write_text("".join(json.dumps({"text": text}) + "\n" for text in state))
                comings.update(new_texts(folder, reader, path))
        for text in TEXTS:
            assert comings[text] == max((state.count(text) for state in states), default=0)
