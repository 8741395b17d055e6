"""How a command reads its inputs: every option reaches the readers, and is listed once."""

from __future__ import annotations

from dataclasses import fields
from typing import get_type_hints

from protolabel.cli.reading import ReadingFlags
from protolabel.readers.options import Reading, ReadOptions

OF_A_CALL = {"max_bytes", "leave_out", "follow"}  # no option of reading, but of one call
OF_THE_READERS = {
    "need_label",
    "read_label",
    "names_documents",
    "as_examples",
    "meter",
    "reports",
    "extractor",
    "named",
    "with_covering",
    "is_sheet",
}
TYPED = {"fmt", "text_field", "label_field", "id_field", "encoding", "label_separator"}


def names(record: type) -> set[str]:
    return {field.name for field in fields(record)}


def test_all_options_of_a_command_reach_the_reader():
    values = {name: name if name in TYPED else True for name in names(ReadingFlags)}
    flags = ReadingFlags(**values)
    assert flags.options() == values
    assert flags.typed() == {name: name for name in TYPED}
    assert ReadingFlags().options() == ReadingFlags().typed() == {}


def test_commands_and_readers_have_the_same_options():
    options = set(get_type_hints(ReadOptions))
    assert names(Reading) - OF_THE_READERS == options
    assert names(ReadingFlags) == options - OF_A_CALL
