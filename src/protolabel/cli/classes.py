"""Commands that change classes: describe, rename, merge, split, nest, lift, retire, unretire."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from protolabel.cli.change import carry_out
from protolabel.cli.common import (
    ENCODER,
    SPACE,
    as_json,
    class_argument,
    class_option,
    opened,
)
from protolabel.cli.new_classes import NEW, ask_about_new
from protolabel.cli.outputs import refuse_label_spaces
from protolabel.cli.preview import with_preview
from protolabel.errors import InputError
from protolabel.label_space import changes
from protolabel.readers import read_descriptions


@click.command()
@SPACE
@class_argument("what", metavar="WHAT")
@click.argument("words", nargs=-1)
@NEW
@with_preview
@ENCODER
@as_json
def describe(
    space: str, what: str, words: tuple[str, ...], new: bool, encoder: str | None, json_: bool
) -> None:
    """Describe classes in words; new ones are made.

    WHAT is a class, followed by the WORDS that describe it, or a JSON file of
    {"class": "description"}.
    """
    if words:
        texts = {what: " ".join(words)}
    elif Path(what).suffix == ".json" or Path(what).is_file():
        texts = _pairs(what)
    else:
        raise InputError(
            f"class {what!r} without words",
            expected="words that describe it, or a .json file of descriptions",
            remedy=shlex.join(["protolabel", "describe", space, what, "what it is"]),
        )
    with opened(space, encoder, cache=True) as label_space:
        ask_about_new(label_space, texts, new)
        carry_out(changes.Describe(texts), label_space, json_)


@click.command()
@SPACE
@class_argument("old", metavar="OLD")
@click.argument("new")
@with_preview
@as_json
def rename(space: str, old: str, new: str, json_: bool) -> None:
    """Give a class another name; its examples and description stay as they are."""
    with opened(space) as label_space:
        carry_out(changes.Rename(old, new), label_space, json_)


@click.command()
@SPACE
@class_argument("labels", nargs=-1, required=True)
@class_option("--into", required=True, help="The class that they become: one of them, or new.")
@with_preview
@ENCODER
@as_json
def merge(space: str, labels: tuple[str, ...], into: str, encoder: str | None, json_: bool) -> None:
    """Merge several classes into one. Each document that comes stands in it once.

    If no person has described that class, it takes the description of the others where they have
    one; of several it takes none, and the history keeps them.
    """
    with opened(space, encoder, cache=True) as label_space:
        carry_out(changes.Merge(labels, into), label_space, json_)


@click.command()
@SPACE
@class_argument("label")
@click.option(
    "--part",
    "pairs",
    multiple=True,
    required=True,
    metavar="NAME=ID,ID,...",
    help="A new class and the examples that it takes, by id or source; repeatable.",
)
@with_preview
@ENCODER
@as_json
def split(space: str, label: str, pairs: tuple[str, ...], encoder: str | None, json_: bool) -> None:
    """Split a class: some of its examples go into new classes."""
    request = changes.Split(label, _parts(pairs))
    with opened(space, encoder, cache=True) as label_space:
        carry_out(request, label_space, json_)


@click.command()
@SPACE
@class_argument("labels", nargs=-1, required=True, metavar="LABELS...")
@class_option("--under", help="The class to put them under.")
@NEW
@with_preview
@as_json
def nest(space: str, labels: tuple[str, ...], under: str | None, new: bool, json_: bool) -> None:
    """Put classes under another class.

    LABELS are classes, or a JSON file of {"class": "the class above it"}. If it is uncertain which
    of the classes a document belongs to, the answer is then the class above, if that is certain
    enough. The class above needs no examples of its own; --new makes it.
    """
    parents: dict[str, str | None] = {}
    if under is None and len(labels) == 1 and Path(labels[0]).is_file():
        parents.update(_pairs(labels[0]))
    elif under is None:
        raise InputError(
            "no class to put them under",
            expected="--under CLASS, or a .json file of {class: the class above it}",
            remedy=shlex.join(["protolabel", "nest", space, *labels, "--under"]) + " CLASS",
        )
    else:
        parents.update(dict.fromkeys(labels, under))
    with opened(space) as label_space:
        carry_out(changes.Nest(parents, new), label_space, json_)


@click.command()
@SPACE
@class_argument("labels", nargs=-1, required=True)
@with_preview
@as_json
def lift(space: str, labels: tuple[str, ...], json_: bool) -> None:
    """Lift classes to the top level; the classes under them come along."""
    with opened(space) as label_space:
        carry_out(changes.Nest(dict.fromkeys(labels)), label_space, json_)


@click.command()
@SPACE
@class_argument("labels", nargs=-1, required=True)
@with_preview
@as_json
def retire(space: str, labels: tuple[str, ...], json_: bool) -> None:
    """Take classes out of the answers; their examples and descriptions are kept."""
    with opened(space) as label_space:
        carry_out(changes.Retire(labels), label_space, json_)


@click.command()
@SPACE
@class_argument("labels", nargs=-1, required=True)
@with_preview
@as_json
def unretire(space: str, labels: tuple[str, ...], json_: bool) -> None:
    """Bring retired classes back into the answers."""
    with opened(space) as label_space:
        carry_out(changes.Unretire(labels), label_space, json_)


@click.command()
@SPACE
@click.option("--off", is_flag=True, help="Use the descriptions as people wrote them again.")
@with_preview
@ENCODER
@as_json
def sharpen(space: str, off: bool, encoder: str | None, json_: bool) -> None:
    """Sharpen descriptions with the documents that were labelled.

    The words of a description stay; its vector moves towards the remembered documents. This helps
    most if classes have few examples. The labels that the documents got are not taken for true:
    each document counts towards all the classes that it may belong to. The more documents belong to
    no class, the smaller is the gain. See the effect first with --preview; take it back with --off
    or `protolabel undo`.

    \b
      protolabel label mail.space inbox/
      protolabel sharpen mail.space --preview
    """
    with opened(space, encoder) as label_space:
        carry_out(changes.Sharpen(off), label_space, json_)


def _pairs(path: str) -> dict[str, str]:
    """Return what a JSON file says of each class."""
    refuse_label_spaces([path], expected="a JSON file", remedy="give the JSON file")
    return read_descriptions(path)


def _parts(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the ids of each part: ``("refund=e1,e2",)`` -> ``{"refund": ["e1", "e2"]}``."""
    ids_of: dict[str, list[str]] = {}
    for pair in pairs:
        name, sign, ids = pair.rpartition("=")
        if not sign or not name or not ids:
            raise InputError(
                f"--part {pair!r}",
                expected="NAME=ID,ID,...",
                remedy="write the new class, an equals sign, and the ids of its examples",
            )
        ids_of.setdefault(name, []).extend(i.strip() for i in ids.split(",") if i.strip())
    return ids_of
