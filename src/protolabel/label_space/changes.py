"""What each change of a label space does to its rows: describe, add, rename, merge, split, ...

Each function checks its request against the rows as they are inside the transaction, and raises
before or within it, so that a refused request leaves nothing behind. Nothing here encodes, scores
or commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from protolabel.arrays import Floats
from protolabel.errors import (
    ClassError,
    ClassExistsError,
    InputError,
    UnknownClassError,
    UnknownExampleError,
)
from protolabel.label_space.undo import redo_target, undo_target
from protolabel.names import clean_name, words_of
from protolabel.store import ClassRow, ExampleRow, Writing
from protolabel.types import Example

NameVector = Callable[[str], Floats | None]  # a name's words -> embedding; None: names mean nothing


def describe(writing: Writing, texts: Mapping[str, str], vectors: Mapping[str, Floats]) -> None:
    """Describe classes, making those that are not there. ``vectors``: by description text."""
    made = 0
    for name, text in texts.items():
        item = writing.item(text, vectors[text])
        row = writing.rows.class_named(name, writing.version)
        if row is None:
            writing.new_class(name, item, "given")
            made += 1
        else:
            _live(row)
            writing.describe_class(row, item, "given")
    writing.summary = f"described {_listed(texts)}" + (f" ({made} new)" if made else "")
    writing.detail = {"classes": list(texts)[:20], "new": made}


def add(
    writing: Writing, examples: Sequence[Example], vectors: Floats, name_vector: NameVector
) -> None:
    """Add examples, making classes that are not there. ``vectors``: (n, d), in the same order."""
    keys: dict[str, int] = {}
    made = 0
    for example in examples:
        if example.label in keys:
            continue
        row = writing.rows.class_named(example.label, writing.version)
        if row is None:
            keys[example.label] = create(writing, example.label, name_vector)
            made += 1
        else:
            keys[example.label] = _live(row).key
    ids: dict[str, Example] = {}
    for example, vector in zip(examples, vectors, strict=True):
        if example.id:
            _refuse_taken_id(writing, example, ids)
        item = writing.item(example.text, vector, example.image)
        identity = writing.add_example(keys[example.label], example.id, item, example.source)
        ids[identity] = example
    count = f"{len(examples)} example{'s' * (len(examples) != 1)}"
    writing.summary = f"added {count} to {_listed(keys)}" + (f" ({made} new)" if made else "")
    writing.detail = {"examples": list(ids)[:20], "classes": list(keys)[:20], "new": made}


def create(writing: Writing, name: str, name_vector: NameVector) -> int:
    """A class without examples, described by its name where names mean something."""
    words = words_of(name)
    vector = name_vector(words)
    if vector is None:
        return writing.new_class(name, None, "none")
    return writing.new_class(name, writing.item(words, vector), "name")


def rename(writing: Writing, old: str, new: str) -> None:
    """Another name. Only the name changes: not the prototype, nor the words that describe it."""
    row = require(writing, old, retired=True)
    new = clean_name(new)
    taken = writing.rows.class_named(new, writing.version)
    if taken is not None:
        raise ClassExistsError(
            f"a class named {new!r} exists" + (" (retired)" if taken.retired else ""),
            expected="a name that no class has",
            remedy=f"merge instead: protolabel merge {old!r} {new!r} --into {new!r}",
        )
    writing.rename_class(row, new)
    writing.summary = f"renamed {old!r} to {new!r}"
    writing.detail = {"from": old, "to": new}


def merge(writing: Writing, names: Sequence[str], into: str, name_vector: NameVector) -> None:
    """Make one class of several; ``into`` may be one of them, or new."""
    into = clean_name(into)
    rows = {name: require(writing, name) for name in dict.fromkeys(names)}
    if not set(rows) - {into}:
        raise InputError(
            f"a merge of {_listed(rows)} into {into!r}",
            expected="at least one other class",
            remedy="to change the name alone, rename it",
        )
    found = writing.rows.class_named(into, writing.version)
    target = _live(found).key if found else create(writing, into, name_vector)
    moved = 0
    for name, row in rows.items():
        if name == into:
            continue
        for example in writing.rows.examples(row.key, writing.version):
            writing.move_example(example, target)
            moved += 1
        writing.end_class(row)
    writing.summary = f"merged {_listed(rows)} into {into!r} ({moved} examples moved)"
    writing.detail = {"from": list(rows), "into": into, "moved": moved}


def split(
    writing: Writing, name: str, parts: Mapping[str, Sequence[str]], name_vector: NameVector
) -> None:
    """Move members of a class to new classes, by example id. The rest stays where it is."""
    row = require(writing, name)
    members = {e.id: e for e in writing.rows.examples(row.key, writing.version)}
    given: dict[str, str] = {}
    for part, ids in parts.items():
        if writing.rows.class_named(part, writing.version) is not None:
            raise ClassExistsError(
                f"a class named {part!r} exists",
                expected="new names for the parts of a split",
                remedy="to give examples to an existing class, move them",
            )
        target = create(writing, clean_name(part), name_vector)
        for identity in ids:
            if identity in given:
                raise InputError(
                    f"example {identity!r} in the parts {given[identity]!r} and {part!r}",
                    expected="each member in one part",
                )
            if identity not in members:
                raise _unknown_example(identity, f"one of the {len(members)} examples of {name!r}")
            given[identity] = part
            writing.move_example(members[identity], target)
    writing.summary = f"split {_listed(parts)} off {name!r} ({len(given)} examples moved)"
    writing.detail = {"from": name, "parts": {k: len(v) for k, v in parts.items()}}


def retire(writing: Writing, names: Sequence[str]) -> None:
    """Out of the answers; examples and description are kept."""
    for name in names:
        writing.retire_class(require(writing, name), retired=True)
    writing.summary = f"retired {_listed(names)}"
    writing.detail = {"classes": list(names)}


def restore(writing: Writing, names: Sequence[str]) -> None:
    """Back into the answers, as it was."""
    for name in names:
        row = require(writing, name, retired=True)
        if not row.retired:
            raise ClassError(f"class {name!r} is not retired", expected="a retired class")
        writing.retire_class(row, retired=False)
    writing.summary = f"restored {_listed(names)}"
    writing.detail = {"classes": list(names)}


def remove(writing: Writing, ids: Sequence[str]) -> None:
    """Examples that count no longer."""
    for row in _examples(writing, ids):
        writing.end_example(row)
    writing.summary = f"removed {_listed(ids, 'example')}"
    writing.detail = {"examples": list(ids)[:20]}


def move(writing: Writing, ids: Sequence[str], to: str, name_vector: NameVector) -> None:
    """Examples to another class, which is made if it is not there."""
    found = writing.rows.class_named(clean_name(to), writing.version)
    target = _live(found).key if found else create(writing, clean_name(to), name_vector)
    for row in _examples(writing, ids):
        writing.move_example(row, target)
    writing.summary = f"moved {_listed(ids, 'example')} to {to!r}"
    writing.detail = {"examples": list(ids)[:20], "to": to}


def configure(writing: Writing, rows: Mapping[str, str], given: Mapping[str, object]) -> None:
    """Settings, as rows to store and as a person gave them."""
    if not rows:
        raise InputError("no setting", expected="kappa, threshold, refine or names_mean")
    for key, value in rows.items():
        writing.set(key, value)
    writing.summary = "set " + ", ".join(f"{k} to {v}" for k, v in given.items())


def undo(writing: Writing) -> None:
    """Back to what was before the newest change that is in force."""
    target = undo_target(writing.rows.changes(before=writing.version))
    writing.revert_to(target.version - 1)
    writing.reverts = target.version
    writing.summary = f"undid version {target.version}: {target.summary}"


def redo(writing: Writing) -> None:
    """Back to what was before the newest undo."""
    target = redo_target(writing.rows.changes(before=writing.version))
    writing.revert_to(target.version - 1)
    writing.reverts = target.version
    writing.summary = f"redid what version {target.version} undid"


def return_to(writing: Writing, version: int) -> None:
    """Back to what was at a version; what came after stays in the history."""
    writing.rows.require_version(version, writing.before)
    writing.revert_to(version)
    writing.reverts = version
    writing.summary = f"returned to version {version}"


def require(writing: Writing, name: str, *, retired: bool = False) -> ClassRow:
    """The class of that name, or an error with near names; ``retired``: also a retired one."""
    row = writing.rows.class_named(name, writing.version)
    if row is None:
        raise UnknownClassError(name, (c.name for c in writing.rows.classes(writing.version)))
    return row if retired else _live(row)


def _live(row: ClassRow) -> ClassRow:
    if row.retired:
        raise ClassError(
            f"class {row.name!r} is retired",
            expected="a class in use",
            remedy=f"protolabel restore SPACE {row.name!r}",
        )
    return row


def _examples(writing: Writing, ids: Sequence[str]) -> list[ExampleRow]:
    if not ids:
        raise InputError("no example id", expected="at least one")
    found = []
    for identity in dict.fromkeys(ids):
        row = writing.rows.example_with_id(identity, writing.version)
        if row is None:
            raise _unknown_example(identity, "the id of an example in this label space")
        found.append(row)
    return found


def _unknown_example(identity: str, expected: str) -> UnknownExampleError:
    return UnknownExampleError(
        f"no example with id {identity!r}",
        expected=expected,
        remedy="list them with `protolabel show SPACE CLASS`",
    )


def _refuse_taken_id(writing: Writing, example: Example, ids: Mapping[str, Example]) -> None:
    if example.id in ids or writing.rows.example_with_id(example.id, writing.version):
        where = f"{example.source}: " if example.source else ""
        raise InputError(
            f"{where}example id {example.id!r} is taken",
            expected="ids that are new to this label space",
            remedy="leave the id out, or remove the other example first",
        )


def _listed(names: Sequence[str] | Mapping[str, object], noun: str = "") -> str:
    """``["a", "b", "c", "d"]`` -> ``"'a', 'b', 'c' and 1 more"``."""
    shown = ", ".join(repr(n) for n in list(names)[:3])
    more = len(names) - 3
    return (f"{noun} " if noun else "") + shown + (f" and {more} more" if more > 0 else "")
