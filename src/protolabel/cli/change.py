"""Commands that change a label space. Each is one transaction; each can be undone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click

from protolabel.cli.common import ENCODER, SPACE, as_json, line, opened, parts
from protolabel.cli.render import change_line
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.readers import read_descriptions, read_examples
from protolabel.types import Change, Example


def changed(space: LabelSpace, action: Callable[[LabelSpace], Change], json_: bool) -> None:
    """Do it, and say what was done and how long the change itself took."""
    with space:
        start = time.perf_counter()
        change = action(space)
        milliseconds = (time.perf_counter() - start) * 1000
    if json_:
        line(
            {
                "version": change.version,
                "kind": change.kind,
                "summary": change.summary,
                "detail": change.detail,
                "milliseconds": round(milliseconds, 2),
            }
        )
    else:
        change_line(change, milliseconds)


@click.command()
@SPACE
@click.argument("what")
@click.argument("words", nargs=-1)
@ENCODER
@as_json
def describe(
    space: str, what: str, words: tuple[str, ...], encoder: str | None, json_: bool
) -> None:
    """Say what classes are; new ones are made.

    WHAT is a class, followed by the WORDS that describe it, or a JSON file of
    {"class": "description"}.
    """
    if words:
        texts = {what: " ".join(words)}
    elif Path(what).suffix == ".json" or Path(what).is_file():
        texts = read_descriptions(what)
    else:
        raise InputError(
            f"class {what!r} without words",
            expected="words that describe it, or a .json file of descriptions",
            remedy=f'protolabel describe {space} {what} "what it is"',
        )
    changed(opened(space, encoder, cache=True), lambda s: s.describe(texts), json_)


@click.command()
@SPACE
@click.argument("label")
@click.argument("inputs", nargs=-1)
@click.option("--text", "texts", multiple=True, help="An example given here; repeatable.")
@ENCODER
@as_json
def add(
    space: str,
    label: str,
    inputs: tuple[str, ...],
    texts: tuple[str, ...],
    encoder: str | None,
    json_: bool,
) -> None:
    """Add examples of one class, which is made if it is new.

    INPUTS are text, .png or .jpg files (one example each; .jsonl and .csv: one a line), folders,
    or - for stdin.
    """
    examples = [Example(label, text) for text in texts]
    for source in inputs:
        examples.extend(read_examples(source, label=label))
    _add(space, examples, encoder, json_)


@click.command("import")
@SPACE
@click.argument("inputs", nargs=-1, required=True)
@ENCODER
@as_json
def import_(space: str, inputs: tuple[str, ...], encoder: str | None, json_: bool) -> None:
    """Add labelled examples from files: all of them, or none if one cannot be used.

    INPUTS are .jsonl of {"text", "label", "id"?} (or "image", a path beside the table), .csv with
    these columns, folders with a sub-folder of texts or images for each class, or - for stdin.
    """
    examples: list[Example] = []
    for source in inputs:
        examples.extend(read_examples(source))
    _add(space, examples, encoder, json_)


def _add(space: str, examples: list[Example], encoder: str | None, json_: bool) -> None:
    if not examples:
        raise InputError("no examples", expected="at least one input or --text")
    changed(opened(space, encoder, cache=True), lambda s: s.add(examples), json_)


@click.command()
@SPACE
@click.argument("old")
@click.argument("new")
@as_json
def rename(space: str, old: str, new: str, json_: bool) -> None:
    """Give a class another name. Nothing else about it changes."""
    changed(opened(space), lambda s: s.rename(old, new), json_)


@click.command()
@SPACE
@click.argument("labels", nargs=-1, required=True)
@click.option("--into", required=True, help="One of them, or a new class.")
@as_json
def merge(space: str, labels: tuple[str, ...], into: str, json_: bool) -> None:
    """Make one class of several."""
    changed(opened(space), lambda s: s.merge(labels, into), json_)


@click.command()
@SPACE
@click.argument("label")
@click.option(
    "--part",
    "pairs",
    multiple=True,
    required=True,
    metavar="NAME=ID,ID,...",
    help="A new class and the examples it takes; repeatable.",
)
@as_json
def split(space: str, label: str, pairs: tuple[str, ...], json_: bool) -> None:
    """Take some of a class's examples into new classes."""
    changed(opened(space), lambda s: s.split(label, parts(pairs)), json_)


@click.command()
@SPACE
@click.argument("labels", nargs=-1, required=True)
@as_json
def retire(space: str, labels: tuple[str, ...], json_: bool) -> None:
    """Take classes out of the answers; what they hold is kept."""
    changed(opened(space), lambda s: s.retire(*labels), json_)


@click.command()
@SPACE
@click.argument("labels", nargs=-1, required=True)
@as_json
def unretire(space: str, labels: tuple[str, ...], json_: bool) -> None:
    """Bring retired classes back into the answers."""
    changed(opened(space), lambda s: s.restore(*labels), json_)


@click.command()
@SPACE
@click.argument("ids", nargs=-1, required=True)
@click.option("--to", required=True, help="The class they belong to; made if it is new.")
@as_json
def move(space: str, ids: tuple[str, ...], to: str, json_: bool) -> None:
    """Move examples to another class."""
    changed(opened(space), lambda s: s.move(ids, to), json_)


@click.command()
@SPACE
@click.argument("ids", nargs=-1, required=True)
@as_json
def remove(space: str, ids: tuple[str, ...], json_: bool) -> None:
    """Remove examples."""
    changed(opened(space), lambda s: s.remove(ids), json_)


@click.command("set")
@SPACE
@click.argument("key", type=click.Choice(["kappa", "threshold", "refine", "names_mean"]))
@click.argument("value")
@as_json
def set_(space: str, key: str, value: str, json_: bool) -> None:
    """Change a setting.

    \b
    kappa       auto, or how many examples a description is worth
    threshold   auto, none (always answer), or the least score for an answer
    refine      on, off: rank by refined weights, or by the prototypes alone
    names_mean  on, off: whether a class without description is described by its name
    """
    changed(opened(space), lambda s: s.configure(**{key: value}), json_)


@click.command()
@SPACE
@as_json
def undo(space: str, json_: bool) -> None:
    """Take back the newest change; everything is as it was before, bit for bit."""
    changed(opened(space), lambda s: s.undo(), json_)


@click.command()
@SPACE
@as_json
def redo(space: str, json_: bool) -> None:
    """Take back the newest undo."""
    changed(opened(space), lambda s: s.redo(), json_)


@click.command("return")
@SPACE
@click.argument("version", type=int)
@as_json
def return_(space: str, version: int, json_: bool) -> None:
    """Make everything as it was at a version; what came after stays in the history."""
    changed(opened(space), lambda s: s.return_to(version), json_)


CHANGING: tuple[click.Command, ...] = (
    describe,
    add,
    import_,
    rename,
    merge,
    split,
    retire,
    unretire,
    move,
    remove,
    set_,
    undo,
    redo,
    return_,
)
