"""Commands that look at a label space: label, classes, show, history, export."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from protolabel.cli.common import ENCODER, SPACE, as_json, line, opened
from protolabel.cli.progress import shown
from protolabel.cli.render import answer_record, answer_text, class_record, table
from protolabel.errors import InputError
from protolabel.label_space.evidence_source import excerpt
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step
from protolabel.readers import Format, read_documents, source_size
from protolabel.readers import Progress as Bytes
from protolabel.types import Answer, Document


@click.command()
@SPACE
@click.argument("inputs", nargs=-1)
@click.option("--text", "texts", multiple=True, help="A document given here; repeatable.")
@click.option("--top", default=5, show_default=True, help="Classes that an answer ranks.")
@click.option("--evidence", default=3, show_default=True, help="Nearest examples that it shows.")
@click.option(
    "--fmt",
    type=click.Choice(["text", "lines", "jsonl", "csv", "npy", "image"]),
    help="What the inputs are, where their names do not say.",
)
@click.option("--at", type=int, help="Answer as the label space was at this version.")
@click.option("--prototypes", is_flag=True, help="Rank by the prototypes alone, not refined.")
@click.option("--out", type=click.Path(), help="Write the JSON lines to this file.")
@click.option("--resume", is_flag=True, help="Go on where an interrupted --out FILE ends.")
@click.option("--progress/--no-progress", default=None, help="On by default in a terminal.")
@ENCODER
@as_json
def label(
    space: str,
    inputs: tuple[str, ...],
    texts: tuple[str, ...],
    top: int,
    evidence: int,
    fmt: Format | None,
    at: int | None,
    prototypes: bool,
    out: str | None,
    resume: bool,
    progress: bool | None,
    encoder: str | None,
    json_: bool,
) -> None:
    """Label documents: one or millions, as a stream.

    INPUTS are text, .png or .jpg files (one document each), .jsonl or .csv files (one a line),
    .npy files of embeddings, folders, or - for stdin. Answers come in the order of the documents.
    """
    if not inputs and not texts:
        raise InputError("no document", expected="files, folders, - or --text")
    with opened(space, encoder) as known:
        view = known.at(at) if at is not None else _settled(known)
        if prototypes:
            view = view.unrefined()
        with shown(progress) as follow:
            documents = _reading(inputs, texts, fmt, follow)
            if out is not None:
                _to_file(view, documents, Path(out), resume, top, evidence)
                return
            for answer in view.label_many(documents, alternatives=top, evidence=evidence):
                if json_:
                    line(answer_record(answer))
                else:
                    click.echo(answer_text(answer))


def _settled(space: LabelSpace) -> View:
    space.settle()
    return space.view()


def _reading(
    inputs: tuple[str, ...], texts: tuple[str, ...], fmt: Format | None, progress: Progress
) -> Iterator[Document]:
    sizes = [source_size(source) for source in inputs]
    known = [size for size in sizes if size is not None]
    read_bytes = Bytes(sum(known) if len(known) == len(sizes) else None)
    given = (Document(f"text:{n}", text) for n, text in enumerate(texts, start=1))
    read = (read_documents(source, fmt=fmt, progress=read_bytes) for source in inputs)
    n = 0
    for n, document in enumerate(itertools.chain(given, *read), start=1):
        yield document
        if n % 64 == 0:
            progress(Step("documents", n, share=read_bytes.fraction))
    progress(Step("documents", n, n))


def _to_file(
    view: View, documents: Iterator[Document], out: Path, resume: bool, top: int, evidence: int
) -> None:
    """JSON lines to a file, in one piece or in several: what is there already is not done again."""
    done = _complete_lines(out) if resume and out.exists() else 0
    if out.exists() and not resume:
        raise InputError(
            f"{out} exists already",
            expected="a new file",
            remedy="add --resume to go on where it ends, or remove it",
        )
    rest = itertools.islice(documents, done, None)
    answered = 0
    try:
        with out.open("a", encoding="utf-8") as file:
            for answer in view.label_many(rest, alternatives=top, evidence=evidence):
                file.write(json.dumps(answer_record(answer), ensure_ascii=False) + "\n")
                answered += 1
    except KeyboardInterrupt:
        click.echo(f"stopped after {done + answered} documents; add --resume to go on", err=True)
        raise
    click.echo(
        f"{answered} answers written to {out}" + (f" after {done}" if done else ""), err=True
    )


def _complete_lines(path: Path) -> int:
    """Number of whole lines; a last one that was cut off is removed."""
    lines, whole, size = 0, 0, 0
    with path.open("rb") as file:
        for raw in file:
            size += len(raw)
            if raw.endswith(b"\n"):
                lines, whole = lines + 1, size
    if whole < size:
        with path.open("r+b") as file:
            file.truncate(whole)
    return lines


@click.command()
@SPACE
@click.option("--at", type=int, help="As they were at this version.")
@as_json
def classes(space: str, at: int | None, json_: bool) -> None:
    """List the classes."""
    with opened(space) as known:
        found = (known.at(at) if at is not None else known.view()).classes()
    if json_:
        for info in found:
            line(class_record(info))
        return
    table(
        ("class", "examples", "description", ""),
        (
            (
                info.name,
                str(info.examples),
                info.description or "-",
                " ".join(
                    note
                    for note, holds in (
                        ("retired", info.retired),
                        ("(its name)", info.description_from == "name"),
                    )
                    if holds
                ),
            )
            for info in found
        ),
    )


@click.command()
@SPACE
@click.argument("label")
@click.option("--at", type=int, help="As it was at this version.")
@as_json
def show(space: str, label: str, at: int | None, json_: bool) -> None:
    """Show a class: its description and its examples."""
    with opened(space) as known:
        info, examples = (known.at(at) if at is not None else known.view()).show(label)
    if json_:
        line(
            class_record(info)
            | {
                "members": [
                    {
                        "id": e.id,
                        "text": e.text,
                        "source": e.source,
                        "since_version": e.born,
                        "image": e.has_image,
                    }
                    for e in examples
                ]
            }
        )
        return
    state = "retired, " if info.retired else ""
    click.echo(f"{click.style(info.name, bold=True)} ({state}{info.examples} examples)")
    origin = " (from its name)" if info.description_from == "name" else ""
    click.echo(f"{info.description or 'no description'}{origin}")
    if examples:
        said = ((e.id, "(image)" if e.has_image else excerpt(e.text), e.source) for e in examples)
        table(("id", "example", "from"), said)


@click.command()
@SPACE
@click.option("--limit", default=20, show_default=True, help="How many; 0 for all.")
@as_json
def history(space: str, limit: int, json_: bool) -> None:
    """List the changes, newest first."""
    with opened(space) as known:
        changes = list(known.history(limit or None))
    if json_:
        for c in changes:
            line(
                {
                    "version": c.version,
                    "kind": c.kind,
                    "summary": c.summary,
                    "at": c.at,
                    "who": c.who,
                    "reverts": c.reverts,
                    "detail": c.detail,
                }
            )
        return
    rows = ((str(c.version), c.at[:19].replace("T", " "), c.who, c.summary) for c in changes)
    table(("version", "at (UTC)", "who", "what"), rows)


@click.command()
@SPACE
@click.option("--at", type=int, help="As it was at this version.")
@click.option("--vectors", is_flag=True, help="With the embeddings.")
def export(space: str, at: int | None, vectors: bool) -> None:
    """Write all examples and descriptions to stdout as JSON lines.

    Lines with "text" or "image" are what `protolabel import` reads; those with "description"
    describe a class.
    """
    with opened(space) as known:
        for record in (known.at(at) if at is not None else known.view()).export(vectors=vectors):
            line(record)


LOOKING: tuple[click.Command, ...] = (label, classes, show, history, export)
__all__ = ["LOOKING", "Answer", "Iterable"]
