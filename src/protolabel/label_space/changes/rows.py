"""What several changes do with rows: find what a request names, and make classes.

Each function raises an error where a row is missing or is not what the request needs.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from itertools import islice

from protolabel.arguments import require_strings
from protolabel.columns.label_lists import listed_in
from protolabel.documents import checked_text
from protolabel.errors import ClassError, InputError, UnknownExampleError
from protolabel.label_space.changes.request import Material
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.stored_items.lookup import example_named, known_class
from protolabel.names import reference, refuse_reserved, words_of
from protolabel.store import ClassRow, ExampleRow, Writing
from protolabel.words.quantity import noun_for
from protolabel.words.text import has_visible_text, without_content

LISTED = 20  # names or ids that a change's detail holds


def require_class(writing: Writing, name: str, *, retired: bool = False) -> ClassRow:
    """Return the class of that name; ``retired``: also a retired one.

    Raises:
        UnknownClassError: with near names.
        ClassError: if it is retired.
    """
    row = known_class(writing.rows, name, writing.version)
    return row if retired else live(row)


def live(row: ClassRow) -> ClassRow:
    """Return the class. Raises ClassError if it is retired."""
    if row.retired:
        raise ClassError(
            f"class {row.name!r} is retired",
            expected="a class in use",
            remedy=f"protolabel unretire SPACE {shlex.quote(row.name)}",
        )
    return row


def ensure_class(
    writing: Writing, name: str, material: Material, *, retired: bool = False
) -> tuple[int, bool]:
    """Return the key of a class in use, and whether it was made here; ``retired``: or retired."""
    row = writing.rows.class_named(name, writing.version)
    if row is not None:
        return (row if retired else live(row)).key, False
    words = words_of(name)
    vector = material.name_vector(words)
    if vector is None:
        return make_class(writing, name, None, "none"), True
    return make_class(writing, name, writing.item(words, vector), "name"), True


def make_class(writing: Writing, name: str, item: int | None, described_by: str) -> int:
    """Make a class of a clean name, and return its key: the one way in which changes make classes.

    Raises:
        ClassError: for a name that reads like an answer without a class.
    """
    refuse_reserved(name)
    return writing.new_class(name, item, described_by)


def checked_description(text: object, label: str, place: str = "") -> str:
    """Return the words that describe a class, without blanks at their ends.

    Args:
        text: what was given as a description.
        label: the name of the class.
        place: where it was given, such as ``file:line``; the error begins with it.

    Raises:
        InputError: unless it is a text that a person can see.
    """
    if not isinstance(text, str) or not has_visible_text(text):
        raise InputError(
            f"{place}{': ' * bool(place)}an empty description of class {label!r} "
            f"({without_content(text)})",
            expected="words that say what it is",
        )
    return checked_text(text, f"the description of class {label!r}").strip()


def require_examples(
    writing: Writing, ids: Iterable[str], *, of_documents: bool = False
) -> list[ExampleRow]:
    """Return the examples of these ids, or of these sources where no id is meant.

    ``of_documents``: as ``of_document`` of :func:`example_named`.

    Raises:
        UnknownExampleError: for a name that is neither.
        InputError: if there is none, or a source has several examples.
    """
    rows = {}
    for identity in dict.fromkeys(ids):
        row = example_named(writing.rows, identity, writing.version, of_document=of_documents)
        if row is None:
            raise unknown_example(identity, "the id or source of an example in this label space")
        rows[row.key] = row
    if not rows:
        raise InputError("no example id", expected="at least one")
    return list(rows.values())


def note_near(
    writing: Writing,
    indexes: Indexes,
    new: Sequence[str],
    without: Collection[str] = (),
    *,
    certain: Container[str] = (),
) -> None:
    """Note in the change's detail which of the new classes are near a class that was there before.

    And, where documents may have several labels, which names list other classes. The first
    ``LISTED`` of each. Where no class is new, no name is read or compared.

    Args:
        writing: the change.
        indexes: of the names that are here.
        new: names of the new classes.
        without: names of classes that this change ends or renames.
        certain: names that stood in a list, and so list no others.
    """
    if not new:
        return
    near = indexes.names.near(writing.rows, writing.before, new, without)
    first = dict(islice(near, LISTED))
    if first:
        writing.detail["near"] = first
    _note_lists(writing, [name for name in new if name not in certain])


def _note_lists(writing: Writing, new: Sequence[str]) -> None:
    if not settings_of(writing.rows, writing.version).several:
        return

    def is_class(name: str) -> bool:
        return writing.rows.class_named(name, writing.version) is not None

    lists = ((name, listed_in(name, is_class)) for name in new)
    first = dict(islice(((name, parts[1]) for name, parts in lists if parts), LISTED))
    if first:
        writing.detail["lists"] = first


def unknown_example(identity: str, expected: str) -> UnknownExampleError:
    """Return the error about an id that no example has."""
    return UnknownExampleError(
        f"no example with id {identity!r}",
        expected=expected,
        remedy="list them with `protolabel export SPACE`",
    )


def note_unreadable(
    writing: Writing, descriptions: Iterable[str] = (), names: Iterable[str] = ()
) -> None:
    """Say which classes have a description, or a name that describes them, that means nothing.

    Args:
        writing: the change.
        descriptions: classes whose description the encoder could not read.
        names: classes without a description whose name it could not read.
    """
    for what, classes in (("description", list(descriptions)), ("name", list(names))):
        if classes:
            noun = what + "s" * (len(classes) > 1)
            writing.summary += f"; the encoder cannot read the {noun} of {listed(classes)}"
            writing.detail[f"unreadable_{what}s"] = classes[:LISTED]


def note_unreadable_examples(writing: Writing, ids: Mapping[int, str], material: Material) -> None:
    """Say which of the examples that were added the encoder cannot read.

    Args:
        writing: the change.
        ids: of the examples that were added, by their position among the documents of the request.
        material: of the request.
    """
    unreadable = [ids[i] for i in material.unreadable if i in ids]
    if unreadable:
        unreadable_words = "it" if len(ids) == 1 else f"{len(unreadable):,} of them"
        writing.summary += f"; the encoder cannot read {unreadable_words}"
        writing.detail["unreadable"] = unreadable[:LISTED]


def unreadable_names(writing: Writing, labels: Iterable[str], material: Material) -> list[str]:
    """Return which of the classes made here would be described by a name that means nothing."""
    if material.embedder is None or not material.names_mean:
        return []
    return [label for label in labels if material.names.get(words_of(label), ()) is None]


def listed(names: Sequence[str] | Mapping[str, object], noun: str = "") -> str:
    """Return the names as words: ``["a", "b", "c", "d"]`` -> ``"'a', 'b', 'c' and 1 more"``.

    ``noun``: what they are names of; it stands before them, in the plural where they are several.
    """
    beginning = ", ".join(repr(name) for name in list(names)[:3])
    more = len(names) - 3
    return (
        (f"{noun_for(len(names), noun)} " if noun else "")
        + beginning
        + (f" and {more} more" if more > 0 else "")
    )


def distinct_names(values: object, what: str) -> tuple[str, ...]:
    """Return names of classes as :func:`distinct_strings` does; what is none is no row of a table.

    Raises:
        InputError: as there.
    """
    for value in values if isinstance(values, list | tuple) else ():
        if not isinstance(value, str):
            reference(value)  # says what it is
    return distinct_strings(values, what)


def distinct_strings(values: object, what: str) -> tuple[str, ...]:
    """Return strings that were given as a list, a tuple or the like, each once.

    Raises:
        InputError: for one string, whose letters would be taken, and for what holds no strings.
    """
    strings = require_strings(values, what)
    for value in strings:
        if not value.strip():
            raise InputError(f"{what}: {value[:60]!r}", expected="a string that is not empty")
    return tuple(dict.fromkeys(strings))
