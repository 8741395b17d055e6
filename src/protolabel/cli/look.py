"""Commands that look at what a label space holds: classes, show, history, export."""

from __future__ import annotations

import click

from protolabel.cli.common import NUMBER, SPACE, VERSION, as_json, class_argument, opened
from protolabel.cli.idle_options import refuse_idle
from protolabel.cli.render import PIPE_COLUMNS, class_record, wrapped
from protolabel.cli.tables import table
from protolabel.cli.terminal import bold, line, note, styled
from protolabel.label_space.exported_folder import write_exported_folder
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.records import Mode, StoredExample
from protolabel.label_space.view import View
from protolabel.types import ClassInfo
from protolabel.words.quantity import quantity
from protolabel.words.text import excerpt

MOST_SHOWN = 3  # modes of a class, by an example

AT = click.option(
    "--at",
    type=VERSION,
    help="At this version of the label space.  [default: the newest]",
)


@click.command()
@SPACE
@AT
@as_json
def classes(space: str, at: int | None, json_: bool) -> None:
    """List the classes."""
    with opened(space) as label_space:
        infos = _view(label_space, at).classes()
    if json_:
        for info in infos:
            line(class_record(info))
        return
    nested = any(info.parent for info in infos)
    under = ("under",) if nested else ()
    table(
        ("class", *under, "examples", "description", "state"),
        (
            (i.name, *((i.parent or "-",) if nested else ()), f"{i.examples:,}",
             i.description or "-", _state(i))
            for i in infos
        ),
        prose="description",
    )  # fmt: skip


@click.command()
@SPACE
@class_argument("label")
@AT
@as_json
def show(space: str, label: str, at: int | None, json_: bool) -> None:
    """Show a class: its description and its examples."""
    with opened(space) as label_space:
        view = _view(label_space, at)
        info, examples = view.show(label)
        modes = view.modes(label)
        negatives = view.negatives(label)
        below = [one.name for one in view.classes() if one.parent == info.name]
    if json_:
        members, negative_members = (
            [_member(e) for e in stored] for stored in (examples, negatives)
        )
        places = [{"examples": mode.examples, "nearest": mode.nearest} for mode in modes]
        line(
            class_record(info)
            | {"members": members, "modes": places, "negatives": negative_members}
        )
        return
    state = "retired, " if info.retired else ""
    styled(f"{bold(info.name)} ({state}{quantity(info.examples, 'example')})")
    origin = " (from its name)" if info.description_from == "name" else ""
    origin += "; sharpened by unlabelled documents" if info.sharpened else ""
    styled(wrapped(f"{info.description or 'no description'}{origin}", indent=0, pipe=PIPE_COLUMNS))
    if modes:
        styled(wrapped(_modes(modes, examples), indent=0, pipe=PIPE_COLUMNS))
    if info.parent:
        styled(f"under {bold(info.parent)}")
    if below:
        styled(wrapped(f"above {', '.join(below)}", indent=0, pipe=PIPE_COLUMNS))
    if examples:
        rows = ((e.id, "(image)" if e.has_image else excerpt(e.text), e.source) for e in examples)
        table(("id", "example", "source"), rows, prose="example")
    if negatives:
        rows = ((e.id, "(image)" if e.has_image else excerpt(e.text), e.source) for e in negatives)
        table(("id", f"not {info.name}", "source"), rows, prose=f"not {info.name}")


def _member(example: StoredExample) -> dict[str, object]:
    """Return an example as JSON has it."""
    return {
        "id": example.id,
        "text": example.text,
        "source": example.source,
        "since_version": example.since_version,
        "image": example.has_image,
    }


@click.command()
@SPACE
@click.option(
    "--limit",
    type=NUMBER,
    default=20,
    show_default=True,
    help="How many changes to list; 0 for all.",
)
@as_json
def history(space: str, limit: int, json_: bool) -> None:
    """List the changes, newest first."""
    with opened(space) as label_space:
        changes = list(label_space.history(limit or None))
    if json_:
        for change in changes:
            line(
                {
                    "version": change.version,
                    "kind": change.kind,
                    "summary": change.summary,
                    "at": change.at,
                    "who": change.who,
                    "reverts": change.reverts,
                    "detail": change.detail,
                }
            )
        return
    rows = ((str(c.version), c.at[:19].replace("T", " "), c.who, c.summary) for c in changes)
    table(("version", "at (UTC)", "who", "what"), rows)


@click.command()
@SPACE
@AT
@click.option("--vectors", is_flag=True, help="Include the embeddings.")
@click.option(
    "--to",
    type=click.Path(),
    metavar="FOLDER",
    help="Write to a new folder instead: Parquet tables, and the embeddings as safetensors.",
)
def export(space: str, at: int | None, vectors: bool, to: str | None) -> None:
    """Write the classes and examples of a label space as JSON lines, which `import` reads.

    Its settings are written, too. Remembered documents and the history are left out.

    \b
      protolabel export mail.space | protolabel import copy.space -
      protolabel export mail.space --to exported/
    """
    if to is not None:
        refuse_idle(
            ("vectors",), "with --to", expected="--to alone: the folder has the embeddings anyway",
        )  # fmt: skip
    with opened(space) as label_space:
        if to is not None:
            n = write_exported_folder(_view(label_space, at), to)
            note(f"{quantity(n, 'example')} with embeddings written to {to}")
            return
        for record in _view(label_space, at).export(vectors=vectors):
            line(record)


def _view(space: LabelSpace, at: int | None) -> View:
    return space.view() if at is None else space.at(at)


def _modes(modes: list[Mode], examples: list[StoredExample]) -> str:
    """Return the modes in words, the largest by an example each."""
    texts = {e.id: e.source if e.has_image else excerpt(e.text) for e in examples}
    largest = [
        f"{quantity(mode.examples, 'example')} like {texts.get(mode.nearest, '')!r}"
        for mode in modes[:MOST_SHOWN]
    ]
    n_further = sum(mode.examples for mode in modes[MOST_SHOWN:])
    more = [quantity(n_further, "further example")] if n_further else []
    return f"{quantity(len(modes), 'mode')}: {'; '.join(largest + more)}"


def _state(info: ClassInfo) -> str:
    states = ["retired"] if info.retired else []
    if info.description_from == "name":
        states.append("described by its name")
    if info.sharpened:
        states.append("sharpened")
    return ", ".join(states)
