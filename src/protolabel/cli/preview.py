"""``--preview``: what a change would do to the answers, for people or as JSON. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from protolabel.answers import Answer
from protolabel.cli.tables import note_first, table
from protolabel.cli.terminal import about_space, line, note, say
from protolabel.label_space.preview import Moved, Preview
from protolabel.words.certainty import percentages
from protolabel.words.quantity import quantity

F = TypeVar("F", bound=Callable[..., Any])

PREVIEW_KEY = "protolabel.preview"  # whether --preview was given, in click's context
MOST_LISTED = 20  # documents that a table lists


def with_preview(function: F) -> F:
    """Add ``--preview``, which click's context keeps."""

    def keep(context: click.Context, parameter: object, value: bool) -> None:
        context.meta[PREVIEW_KEY] = value

    return click.option(
        "--preview",
        is_flag=True,
        expose_value=False,
        callback=keep,
        help="Only show which answers this would change, and how. Nothing is changed.",
    )(function)


def preview_asked() -> bool:
    """Return whether the command was given ``--preview``."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(PREVIEW_KEY))


def show_preview(preview: Preview, json_: bool) -> None:
    """Print a preview."""
    if json_:
        line(preview.to_dict())
        return
    change = preview.change
    say(f"preview of version {change.version}: {change.summary}")
    documents = sum(one.kind == "document" for one in preview.moved)
    examples = len(preview.moved) - documents
    say(
        f"it would change the answer of {documents:,} of "
        f"{quantity(preview.documents, 'remembered document')} and {examples:,} of "
        f"{quantity(preview.examples, 'example')}"
    )
    if preview.moved:
        say("")
        show_flows([(f.before, f.after, f.documents, f.examples) for f in preview.flows])
        say("")
        show_moved(preview.moved)
    for hint in preview.hints:
        note(hint)
    if not preview.documents and not preview.left_out:
        note(
            "no document is remembered that nobody has decided on, so that only examples were "
            "compared: label some first"
        )
    if preview.left_out:
        note_left_out(preview.left_out)
    if preview.examples_left_out:
        left_out = quantity(preview.examples_left_out, "example")
        note(f"{left_out} left out: there are too many, or another encoder embedded them")
    note("nothing was changed; leave --preview out to carry it out")


def note_left_out(n: int) -> None:
    """Say that remembered documents were left out, and why."""
    left_out = quantity(n, "remembered document")
    note(f"{left_out} left out: embedded by another encoder; label them again")


def show_flows(flows: Sequence[tuple[str | None, str | None, int, int | None]]) -> None:
    """Print how many go from which answer to which; examples where they were compared."""
    headers = ("from", "to", "documents", "examples")
    rows = [
        (words(old), words(new), *(f"{n:,}" for n in numbers if n is not None))
        for old, new, *numbers in flows
    ]
    table(headers[: max(map(len, rows), default=4)], rows)


def show_moved(moves: Sequence[Moved]) -> None:
    """Print the first documents whose answer would change, and why."""
    table(
        ("document", "from", "to", "because"),
        [
            (
                one.source or one.id if one.kind == "document" else f"example {one.id}",
                verdict(one.before),
                verdict(one.after),
                because(one.after),
            )
            for one in moves[:MOST_LISTED]
        ],
    )
    note_first(MOST_LISTED, len(moves))


def words(label: str | None) -> str:
    """Return the name of a class, or what it is called that there is none."""
    return "none of these" if label is None else label


def verdict(answer: Answer) -> str:
    """Return a class with its chance (:attr:`Answer.certainty`), where it has one."""
    sure = percentages(answer.certainty, answer.none_probability) if answer.label else ""
    return f"{words(answer.label)} {sure}".rstrip()


def because(answer: Answer) -> str:
    """Return in a few words what is behind an answer."""
    if answer.label is None:
        return about_space(answer.reason).partition(";")[0]
    evidence = answer.evidence
    if evidence is None:
        return ""
    if evidence.examples and evidence.carried_by == "examples":
        nearest = evidence.examples[0]
        excerpt = f": {nearest.excerpt[:60]}" if nearest.excerpt else ""
        return f"near example {nearest.id} ({nearest.score:.2f}){excerpt}"
    if evidence.description:
        return f"described as {evidence.description[:60]!r}"
    return ""
