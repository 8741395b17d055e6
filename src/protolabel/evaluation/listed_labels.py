"""Labels of tables that list others, such as ``invoice;urgent``: an evaluation refuses them.

Read as the name of one class, such a label would make every figure wrong. ``label_lists`` has the
rule which names list others.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence

from protolabel.columns.label_lists import SEPARATOR, Listing, listings
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.listed_names import is_class_of, new_lists
from protolabel.label_space.view import View
from protolabel.readers.truth import NamedLabels
from protolabel.types import Example

_OF_NO_CLASS = "which the label space lacks, write 'none of these' in its place"
_AGAIN = "label the documents again into a file of JSON lines (out=)"
_AGAIN_BY_COMMAND = (
    "label the documents again into a file of JSON lines: "
    "`protolabel label SPACE DOCUMENTS --out FILE.jsonl`"
)


def refuse_lists_of_truth(rows: Sequence[NamedLabels], view: View) -> None:
    """Raise InputError for a row whose label lists others, where documents may have several."""
    if not view.settings.several:
        return
    _refuse_lists(rows, is_class_of(view), _OF_NO_CLASS)


def refuse_lists_of_answers(
    answers: Sequence[NamedLabels], rows: Sequence[NamedLabels], space: LabelSpace | None
) -> None:
    """Raise InputError where a label of the truth ``rows``, or of an answer, lists others.

    Without a label space, a label that both sides have is the name of one class, unless documents
    have several. With one, the cell of an answer is refused where it holds the name of a class that
    has the mark between labels.
    """
    all_rows = [*rows, *answers]
    if space is not None:
        refuse_lists_of_truth(all_rows, space.view())
        _refuse_marks_in_names(answers, space.view())
        return
    shared: set[str] = set()
    if all(len(row.labels) < 2 for row in all_rows):
        shared = _labels(answers) & _labels(rows)
    otherwise, command = "name the label space", "add --space SPACE"
    if any(answer.cell for answer in answers):
        several = "; where documents have several labels, "
        otherwise, command = otherwise + several + _AGAIN, command + several + _AGAIN_BY_COMMAND
    _refuse_lists(all_rows, shared.__contains__, otherwise, command)


def refuse_lists_of_examples(examples: Iterable[Example], view: View) -> None:
    """Raise InputError for labelled data with a label that lists others, where there are several.

    Those are documents to evaluate a label space on.
    """
    labelled = list(examples)
    certain = {example.label for example in labelled if example.is_name}
    lists = new_lists(view, (example.label for example in labelled), certain)
    for example in labelled:
        if example.label in lists:
            place = example.source or example.id
            raise _error(place, example.label, lists[example.label], "leave it out")


def _refuse_lists(
    rows: Sequence[NamedLabels],
    is_class: Callable[[str], bool],
    otherwise: str,
    command: str = "",
) -> None:
    """Raise InputError for the first row whose label lists others.

    Args:
        rows: of all tables. What stands in a list there is the name of one class.
        is_class: says of a name whether it is that of one class for certain.
        otherwise: what to do where the label is the name of one class.
        command: the same at the command line, where that is something else.
    """
    names = _labels(row for row in rows if row.are_names)
    labels = [label for row in rows for label in row.labels]
    lists = listings(labels, is_class, names)
    for row in rows:
        for label in row.labels:
            if label in lists:
                raise _error(row.place, label, lists[label], otherwise, command)


def _refuse_marks_in_names(answers: Sequence[NamedLabels], view: View) -> None:
    """Raise InputError where a cell with several labels holds the name of one class with a mark."""
    if not view.settings.several:
        return
    marked = [one.name for one in view.classes() if SEPARATOR in one.name]
    for answer in answers:
        for name in marked:
            if f"{SEPARATOR}{name}{SEPARATOR}" in f"{SEPARATOR}{answer.cell}{SEPARATOR}":
                raise InputError(
                    f"{answer.place}: {answer.cell!r} may have the class {name!r}, or several",
                    expected=f"answers in JSON lines, since the name of a class has {SEPARATOR!r}",
                    remedy=_AGAIN,
                    command=_AGAIN_BY_COMMAND,
                )


def _labels(rows: Iterable[NamedLabels]) -> set[str]:
    return {label for row in rows for label in row.labels}


def _error(
    place: str, label: str, listing: Listing, otherwise: str, command: str = ""
) -> InputError:
    separator, names = listing
    got = f"{place}: the label {label!r} lists {' and '.join(map(repr, names))}"
    expected = "one label, or what separates several"
    if not separator:
        return InputError(
            got,
            expected=expected,
            remedy="write the labels without brackets and quotes, with a mark between them, and "
            f"give label_separator= that mark; if it is the name of one class, {otherwise}",
            command="write the labels without brackets and quotes, with a mark between them, and "
            "add --label-separator with that mark; if it is the name of one class, "
            f"{command or otherwise}",
        )
    return InputError(
        got,
        expected=expected,
        remedy=f"give label_separator={separator!r}; if it is the name of one class, {otherwise}",
        command=f"add --label-separator {shlex.quote(separator)}; if it is the name of one class, "
        f"{command or otherwise}",
    )
