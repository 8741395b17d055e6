"""Commands about what a label space has answered: review, forget.

The library decides what is suggested and remembered; here a person is asked.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from protolabel.cli.common import ENCODER, SPACE, as_json, class_option, opened
from protolabel.cli.preview import words
from protolabel.cli.render import change_line
from protolabel.cli.review_decision import ReviewDecision, decision_flags
from protolabel.cli.review_lists import (
    label_words,
    list_decided,
    list_declined,
    list_remembered,
    list_suggestions,
    note_declined,
    suggestion_row,
)
from protolabel.cli.same_command import same_command
from protolabel.cli.terminal import line, note, printable, say
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.remembered_documents.answer_log import AnswerLog
from protolabel.label_space.remembered_documents.remembered import Suggestion
from protolabel.words.quantity import quantity

ANSWERS = {"a": "accept", "d": "dismiss", "s": "skip", "q": "quit"}


@click.command()
@SPACE
@class_option("--to", help="Only documents that would get this class now.")
@class_option("--from", "from_", help="Only documents that have this label.")
@decision_flags
@click.option("--list", "list_", is_flag=True, help="Only list them: do not ask in a terminal.")
@click.option(
    "--declined",
    is_flag=True,
    help="List the documents that have a class, and would be none of these now.",
)
@click.option(
    "--decided",
    is_flag=True,
    help="List the documents that would get another answer than a person decided.",
)
@click.option(
    "--all", "all_", is_flag=True, help="List all remembered documents with their labels."
)
@ENCODER
@as_json
def review(
    space: str,
    to: str | None,
    from_: str | None,
    decision: ReviewDecision,
    list_: bool,
    declined: bool,
    decided: bool,
    all_: bool,
    encoder: str | None,
    json_: bool,
) -> None:
    """Review labelled documents that would get another class now.

    There may be some after you have added a class, for example. In a terminal, you are asked about
    one after the other. Only --as-examples changes the label space.
    """
    decision.require_consistent()
    decision.refuse_beside()
    _refuse_beside_lists(decision, to, from_, declined, all_)
    if decided and (declined or all_ or to is not None or not decision.is_empty):
        raise InputError(
            "--decided with an option about other documents",
            expected="--decided alone, or with --from",
            remedy="leave the others out; to give a document another class: `protolabel correct`",
        )
    with opened(space, encoder) as label_space:
        log = label_space.answer_log
        if all_:
            list_remembered(log, json_)
            return
        if decision.reconsider:
            _tell(json_, reconsidered=log.reconsider())
        compared = log.compared()
        if decided:
            list_decided(log, compared.decided_otherwise(before=from_), json_)
            return
        if declined:
            list_declined(log, compared.declined(before=from_), json_)
            return
        suggestions = compared.suggestions(to=to, before=from_)
        if decision.decides:
            _decide(log, decision, suggestions, json_)
            return
        n_declined = 0 if to is not None else compared.n_declined(before=from_)
        if json_:
            for suggestion in suggestions:
                line(suggestion.to_dict())
            note_declined(n_declined)
            return
        list_suggestions(log, suggestions)
        note_declined(n_declined)
        if refusal := label_space.view().refusal():
            note(refusal)
        if suggestions and not list_ and _somebody_sits():
            _ask(log, suggestions, decision.as_examples)
        elif suggestions:
            command = same_command(without=("list_", "reconsider"))
            note(
                f"to accept one: {command} --accept KEY; to accept all: --accept-all; to keep a "
                "label: --dismiss KEY"
            )


def _refuse_beside_lists(
    decision: ReviewDecision, to: str | None, from_: str | None, declined: bool, all_: bool
) -> None:
    """Refuse what has no effect on a list of other documents than those of the suggestions."""
    is_of_suggestions = to is not None or not decision.is_empty
    if declined and (is_of_suggestions or all_):
        raise InputError(
            "--declined with an option about something else",
            expected="--declined alone, or with --from",
            remedy="leave the others out; to have these answers, label the documents again",
        )
    if all_ and (is_of_suggestions or from_ is not None):
        raise InputError(
            "--all with an option about suggestions",
            expected="--all alone: it lists all remembered documents, and decides nothing",
            remedy="leave --all out",
        )


def _decide(
    log: AnswerLog, decision: ReviewDecision, suggestions: Sequence[Suggestion], json_: bool
) -> None:
    """Decide on suggestions; a decision on a document is one on equal ones, too."""
    accepted, refused = decision.of(suggestions)
    equal = log.equal_keys(refused)
    if decision.accept_all:
        accepted = [one for one in accepted if one.key not in equal]
    contradictory = [one for one in accepted if one.key in equal]
    if contradictory:
        document = contradictory[0].document
        raise InputError(
            f"{document.source or document.id} accepted and dismissed",
            expected="one of the two", remedy="leave one out",
        )  # fmt: skip
    acceptance = log.accept(accepted, as_examples=decision.as_examples)
    log.dismiss(refused)
    if json_:
        for word, decided in (("accepted", accepted), ("dismissed", refused)):
            for suggestion in decided:
                line({"decision": word} | suggestion.to_dict())
        return
    for suggestion in accepted:
        one = suggestion.document
        say(f"{one.source or one.id}: {label_words(one)} -> {words(suggestion.answer.label)}")
    for suggestion in refused:
        one = suggestion.document
        say(f"{one.source or one.id}: stays {label_words(one)}")
    if acceptance.change is not None:
        change_line(acceptance.change)
    say(f"{len(accepted):,} accepted, {len(refused):,} dismissed")


def _ask(log: AnswerLog, suggestions: Sequence[Suggestion], as_examples: bool) -> None:
    """Ask about one suggestion after the other; each answer counts at once."""
    decided = set[str]()
    for n, suggestion in enumerate(suggestions, 1):
        if suggestion.key in decided:  # with an equal document
            continue
        _, document, labelled, present_label, why = suggestion_row(suggestion)
        say(f"\n{n} of {len(suggestions)}: {document}")
        say(f"  labelled {labelled}; now {present_label}; {why}")
        choice = click.prompt(
            printable("accept, dismiss, skip, quit"),
            type=click.Choice(list(ANSWERS)), default="s", err=True,
        )  # fmt: skip
        if choice == "q":
            return
        if choice == "a":
            log.accept([suggestion], as_examples=as_examples)
        elif choice == "d":
            log.dismiss([suggestion])
        decided |= log.equal_keys([suggestion]) if choice != "s" else set()


def _somebody_sits() -> bool:
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def _tell(json_: bool, **numbers: int) -> None:
    if json_:
        line(dict(numbers))
    else:
        for name, number in numbers.items():
            say(f"{quantity(number, 'document')} {name}")


@click.command()
@SPACE
@click.option(
    "--source", "names", multiple=True, metavar="NAME",
    help="Forget the document with this key, id or source, or all documents in this folder or "
    "file; repeatable. They are not remembered again; a class that was refused for one stays "
    "refused.",
)  # fmt: skip
@click.option(
    "--all",
    "all_",
    is_flag=True,
    help="Forget all documents, all that people decided about them, and which were forgotten by "
    "--source before: when these are labelled again, they are remembered again.",
)
@click.option("--yes", is_flag=True, help="Do not ask before all is forgotten.")
@as_json
def forget(space: str, names: tuple[str, ...], all_: bool, yes: bool, json_: bool) -> None:
    """Forget documents that were labelled: they are erased from the file.

    Examples stay: `protolabel remove` takes them out, but the history keeps them.
    """
    if bool(names) == all_:
        raise InputError(
            "both --all and --source" if all_ else "nothing to forget",
            expected="--source NAME, or --all",
            remedy="name documents by --source; `protolabel review SPACE --all` lists them",
        )
    if all_ and not yes:
        _ask_about_all(space)
    with opened(space) as label_space:
        lifts = all_ and label_space.answer_log.keeps_out()
        refused = label_space.answer_log.refused_proposals()
        decisions = {"decisions": label_space.answer_log.n_decided()} if all_ else {}
        n = label_space.answer_log.forget(None if all_ else list(names))
        ended = refused - label_space.answer_log.refused_proposals()
        left = _examples_of(label_space, names)
    if json_:
        line({"forgotten": n} | decisions)
    else:
        _tell(json_, forgotten=n)
    if decisions.get("decisions") and not json_:
        documents = quantity(decisions["decisions"], "document")
        note(f"what people decided on {documents} is forgotten, too; examples stay")
    if lifts and not json_:
        note("documents that were forgotten by --source before are remembered if labelled again")
    if ended and not all_ and not json_:
        ends = quantity(
            ended, "refusal of a proposed class ends", "refusals of proposed classes end"
        )
        note(f"{ends}, since no other document of such a group is remembered")
    if left and not json_:
        note(f"examples of these sources stay in the label space: {', '.join(left[:5])}")


def _ask_about_all(space: str) -> None:
    """Ask whether all is to be forgotten, where a person sits to be asked.

    Raises:
        click.Abort: the answer is no.
    """
    if _somebody_sits():
        question = (
            f"All documents that {space} remembers, and all that people decided about them, are "
            "erased for good. Forget them?"
        )
        click.confirm(printable(question), abort=True, err=True)


def _examples_of(space: LabelSpace, names: Sequence[str]) -> list[str]:
    """Return the ids of the examples that came from one of these sources."""
    if not names:
        return []
    view = space.view()
    return [
        example.id
        for info in view.classes()
        for example in view.show(info.name)[1]
        if example.source in names
    ]
