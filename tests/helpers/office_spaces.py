"""A label space of an office, with documents that wait."""

from __future__ import annotations

from pathlib import Path

from office_documents import CLASSES, INBOX

from protolabel import Document, LabelSpace


def make_office(path: Path, texts: str = "text") -> Path:
    """Make a label space of eight classes and 24 documents that wait."""
    with LabelSpace.create(path, encoder="hashing", background=False, who="anna") as space:
        space.describe({name: words for name, (words, _) in CLASSES.items()})
        for name, (_, examples) in CLASSES.items():
            space.add(examples, name)
        space.answer_log.remember(texts)
        space.settle()
        list(space.label_many([Document(name, text, source=name) for name, text in INBOX]))
    return path
