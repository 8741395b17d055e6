"""The command that proposes classes for documents of no class, and takes what a person decides."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from protolabel.cli.change import print_change, timed
from protolabel.cli.common import ENCODER, SPACE, as_json, opened, with_progress
from protolabel.cli.idle_options import OF_INPUTS, refuse_idle
from protolabel.cli.new_classes import NEW, ask_about_new
from protolabel.cli.preview import note_left_out, preview_asked, show_preview
from protolabel.cli.progress import progress_display
from protolabel.cli.proposal_decision import ProposalDecision, proposal_decision_flags
from protolabel.cli.reading import SKIP_BAD, ReadingFlags, reading_flags
from protolabel.cli.same_command import same_command
from protolabel.cli.settled_view import note_after, note_refusal
from protolabel.cli.tables import note_first, table
from protolabel.cli.terminal import line, note, say
from protolabel.cli.usable_documents import Usable
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.rehearsal import present_view
from protolabel.label_space.session import session_of
from protolabel.open_world.accepting import accept as accept_proposal
from protolabel.open_world.accepting import preview as preview_of
from protolabel.open_world.accepting import refuse, taken_back
from protolabel.open_world.discovery import LEAST
from protolabel.open_world.discovery import discover as discover_in
from protolabel.open_world.named_proposals import proposals_named
from protolabel.open_world.proposals import Discovery, Nearest, Proposal
from protolabel.words.quantity import quantity
from protolabel.words.text import excerpt

MOST_LISTED = 30  # proposals that a table lists
EXCERPT = 60  # characters of an exemplar

_LISTING = re.compile("protolabel discover SPACE(?! FOLDER)")
_OF_A_DECISION = frozenset({"accept", "name", "description", "preview", "refused", "again", "new"})

KINDS = {"new": "new", "part": "part of", "outlier": "far from all"}


@click.command()
@SPACE
@click.argument("inputs", nargs=-1, metavar="[DOCUMENTS]...")
@proposal_decision_flags
@click.option(
    "--least", type=click.IntRange(2), metavar="N",
    help="Fewest different documents of a proposal; near copies count as one.  [default: "
    f"{LEAST}; none with --accept or --refuse, which take what was listed]",
)  # fmt: skip
@NEW
@ENCODER
@reading_flags(labels=False)
@SKIP_BAD
@with_progress
@as_json
def discover(
    space: str,
    inputs: tuple[str, ...],
    decision: ProposalDecision,
    least: int | None,
    new: bool,
    encoder: str | None,
    reading: ReadingFlags,
    skip_bad: bool,
    json_: bool,
) -> None:
    """Propose new classes for documents that belong to none.

    These are the documents that are declined now: of the remembered ones, or of DOCUMENTS. A
    proposal keeps its key from run to run.

    \b
      protolabel discover mail.space inbox/
      protolabel discover mail.space inbox/ --accept P1 --name complaint --preview
      protolabel discover mail.space inbox/ --accept P1 --name complaint
    """
    with _listing_as_typed():
        decision.require_whole()
    if not inputs:
        refuse_idle(OF_INPUTS, "without documents to read")
    if decision.accept is None:
        refuse_idle(("new",), "without --accept")
    with opened(space, encoder) as label_space, _listing_as_typed():
        with progress_display() as progress, _reconsidered(label_space, again=decision.again):
            flags, keys = reading.for_space(label_space), decision.keys
            usable = Usable(inputs, flags, progress, skip_bad=skip_bad)
            stream = usable.stream
            if keys:
                named = proposals_named(label_space, keys, stream, progress=progress)
            else:
                discovery = discover_in(
                    label_space, stream, least=LEAST if least is None else least, progress=progress
                )
        if decision.accept is not None:
            _accept(label_space, named[0], decision, new, json_)
        elif decision.refused:
            refuse(label_space, named)
            _tell_refused(named, json_)
        elif json_:
            line(discovery.to_dict())
        else:
            if not discovery.undeclined:
                note_refusal(present_view(session_of(label_space), refined=None)[0])
            _list(discovery, space, inputs, LEAST if least is None else least)
    usable.end()


@contextmanager
def _reconsidered(space: LabelSpace, *, again: bool) -> Iterator[None]:
    """Take back all refusals for what is listed inside; they stay where nothing can be listed."""
    if not again:
        yield
        return
    n = 0
    with taken_back(space) as refusals:
        yield
        n = len(refusals)
    note(f"{quantity(n, 'refusal')} taken back")


@contextmanager
def _listing_as_typed() -> Iterator[None]:
    """Name in advice the command that lists the proposals of the same documents."""
    try:
        yield
    except InputError as error:
        listing = same_command(without=_OF_A_DECISION)
        error.rewrite_remedies(lambda remedy: _LISTING.sub(lambda _: listing, remedy))
        raise


def _accept(
    space: LabelSpace, proposal: Proposal, decision: ProposalDecision, new: bool, json_: bool
) -> None:
    name, description = decision.name or "", decision.description or ""
    if preview_asked():
        record = preview_of(space, proposal, name, description)
        show_preview(record, json_)
        change = record.change
    else:
        ask_about_new(space, [name], new)
        change, spent = timed(space, lambda: accept_proposal(space, proposal, name, description))
        print_change(change, spent, json_, proposal=proposal.key)
        note_after(space, decides=True)
    if "kept_descriptions" in change.detail:
        command = shlex.join(["protolabel", "describe", space.path, name, description])
        note(f"to replace the description: {command}")


def _tell_refused(proposals: Sequence[Proposal], json_: bool) -> None:
    for one in proposals:
        if json_:
            line({"refused": one.key})
        else:
            say(f"{one.key} is not proposed again")


def _list(discovery: Discovery, space: str, inputs: Sequence[str], least: int) -> None:
    n = discovery.copies
    copies = f" ({n:,} near {'copy' if n == 1 else 'copies'} left out)" if n else ""
    say(
        f"{quantity(len(discovery.proposals), 'proposal')} from "
        f"{quantity(discovery.documents, 'different document' if copies else 'document')} "
        f"of no class{copies}; "
        f"{discovery.noise:,} {'has' if discovery.noise == 1 else 'have'} too few others like "
        f"{'it' if discovery.noise == 1 else 'them'}"
    )
    if discovery.refused:
        note(f"{quantity(discovery.refused, 'document')} in groups that were refused")
    if discovery.left_out:
        note_left_out(discovery.left_out)
    if discovery.undeclined:
        note(discovery.undeclined)
    elif not discovery.documents and not inputs:
        note(
            "no remembered document is declined: label some, or name documents: "
            f"{shlex.join(['protolabel', 'discover', space])} FOLDER"
        )
    if not discovery.proposals:
        _tell_what_is_missing(discovery, space, least)
        return
    say("")
    table(
        ("key", "documents", "tight", "nearest class", "about", "for example"),
        [_row(one) for one in discovery.proposals[:MOST_LISTED]],
    )
    note_first(MOST_LISTED, len(discovery.proposals))
    first = discovery.proposals[0]
    decision = ("--accept", first.key, "--name", first.name or "NAME")
    if inputs or _has_texts(first):
        note(f"to make one a class: {same_command(*decision, without=('again',))}")
        return
    files = ("FOLDER", "--skip-bad")
    command = same_command(*files, *decision, without=("again", "skip_bad"))
    note(
        "the texts of these documents are not remembered. To make one a class, name the folder of "
        f"their files: {command}"
    )


def _tell_what_is_missing(discovery: Discovery, space: str, least: int) -> None:
    """Say what a proposal needs, and what a person can do without one."""
    if not discovery.noise:
        return
    n = discovery.like_refused
    if n:
        note(f"{n:,} of them {'is' if n == 1 else 'are'} like what was refused")
    if n == discovery.noise:
        return
    if discovery.enough is None:
        note(
            f"no two of {'the others' if n else 'them'} are as alike as documents of one class. A "
            f"proposal needs {least:,} that are: run it again when more have come"
        )
    else:
        command = same_command("--least", str(discovery.enough), without=("least", "again"))
        note(
            f"no group has the {least:,} different documents that a proposal needs. With "
            f"{discovery.enough:,} there is a proposal: {command}"
        )
    command = shlex.join(["protolabel", "describe", space, "CLASS", "what it is"])
    note(f"where you know what they are, make the class yourself: {command}")


def _row(proposal: Proposal) -> tuple[str, ...]:
    exemplar = proposal.exemplars[0]
    return (
        proposal.key,
        f"{proposal.size:,}",
        f"{proposal.tightness:.2f}",
        _near(proposal.kind, proposal.nearest),
        ", ".join(proposal.terms[:4]) or ("" if _has_texts(proposal) else "texts not known"),
        excerpt(exemplar.text or exemplar.source or exemplar.id, EXCERPT),
    )


def _has_texts(proposal: Proposal) -> bool:
    """Return whether the text of any of its documents is known, so that it can be an example."""
    return any(member.text for member in proposal.members)


def _near(kind: str, nearest: Nearest | None) -> str:
    if nearest is None:
        return "none"
    return (
        f"{KINDS[kind]} {nearest.label}" if kind == "part" else f"{nearest.label} ({KINDS[kind]})"
    )
