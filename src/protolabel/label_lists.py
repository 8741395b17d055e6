"""The labels of a document that may have several: as a list, and in one string."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from protolabel.errors import InputError


def labels_of_one(labels: object, what: str, several: bool) -> list[object]:
    """Return the labels of one document, each once.

    Args:
        labels: what stands in the place of its label.
        what: names it in errors; " labels" in it becomes that there is none.
        several: whether a document may have several.

    Raises:
        InputError: it may not, or there is no label.
    """
    if not several or not isinstance(labels, Iterable) or isinstance(labels, bytes | Mapping):
        raise InputError(
            what,
            expected="one label for each text",
            remedy="" if several else 'for several labels a text: configure(labels="several")',
            command="" if several else "`protolabel set SPACE labels several` allows several",
        )
    names = list(dict.fromkeys(labels))
    if not names:
        raise InputError(what.replace(" labels", " of no label"), expected="one label or more")
    return names


def words_of_labels(names: Iterable[str]) -> str | None:
    """Return all labels in one string, in the order of the alphabet; None where there is none."""
    return ", ".join(sorted(names)) or None
