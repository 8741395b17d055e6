"""What `review` prints: remembered documents, and those that would get another answer now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from protolabel.cli.preview import MOST_LISTED, because, show_flows, verdict, words
from protolabel.cli.same_command import same_command
from protolabel.cli.tables import note_first, table
from protolabel.cli.terminal import line, note, say
from protolabel.label_space.remembered_documents.answer_log import AnswerLog
from protolabel.label_space.remembered_documents.document_names import SHORT_KEY
from protolabel.label_space.remembered_documents.remembered import NOBODY, Remembered, Suggestion
from protolabel.words.quantity import quantity


def list_suggestions(log: AnswerLog, suggestions: Sequence[Suggestion]) -> None:
    """Print the documents that would get another class now."""
    if not len(log):
        note(
            "nothing is remembered yet. Documents that are labelled from now on are remembered, "
            "unless the setting remember is off"
        )
        return
    say(f"{quantity(len(suggestions), 'document')} of {len(log):,} would get another class now")
    _table(suggestions)


def list_declined(log: AnswerLog, documents: Sequence[Suggestion], json_: bool) -> None:
    """Print the documents that have a class, and would be none of these now."""
    if json_:
        for one in documents:
            line(one.to_dict())
        return
    say(f"{quantity(len(documents), 'document')} of {len(log):,} would be declined now")
    _table(documents)
    if documents:
        note(
            "to have these answers, label the documents again; a file of answers is brought up to "
            "date by the same command with --resume --again changed"
        )


def list_decided(log: AnswerLog, documents: Sequence[Suggestion], json_: bool) -> None:
    """Print the documents that would get another answer now than a person decided."""
    if json_:
        for one in documents:
            line(one.to_dict())
        return
    n = quantity(len(documents), "document")
    say(f"{n} of {len(log):,} would get another answer now than a person decided")
    _table(documents)


def note_declined(n: int) -> None:
    """Say how many documents no suggestion is about, since no class would get them now."""
    if n:
        command = same_command("--declined", without=("list_", "reconsider", "as_examples"))
        others = "other document" if n == 1 else "other documents"
        note(f"{n:,} {others} would be declined now; to list them: {command}")


def _table(suggestions: Sequence[Suggestion]) -> None:
    """Print how many documents would go from where to where, and the first ones."""
    if not suggestions:
        return
    flows = Counter((_before(s.document), s.answer.label) for s in suggestions)
    say("")
    show_flows([(*pair, n, None) for pair, n in flows.most_common()])
    say("")
    table(
        ("key", "document", "labelled", "now", "because"),
        [suggestion_row(suggestion) for suggestion in suggestions[:MOST_LISTED]],
    )
    note_first(MOST_LISTED, len(suggestions))


def suggestion_row(suggestion: Suggestion) -> tuple[str, ...]:
    """Return the columns of a document that gets another answer now."""
    one = suggestion.document
    return (
        one.key[:SHORT_KEY],
        one.source or one.id,
        label_words(one),
        verdict(suggestion.answer),
        because(suggestion.answer),
    )


def _before(one: Remembered) -> str:
    """Return the label of a remembered document; where it has none, as :func:`label_words` does."""
    return one.label or label_words(one)


def label_words(one: Remembered) -> str:
    """Return the label of a remembered document, and the classes that a person refused for it."""
    refused = "not " + " or ".join(one.refused) if one.refused else ""
    if one.by == NOBODY:
        return refused or "no answer"
    return words(one.label_words) + (f" ({refused})" if refused else "")


def speaker(one: Remembered) -> str:
    """Return who said what stands in the place of the label: a refused class is a person's word."""
    return "person" if one.by == NOBODY else one.by


def list_remembered(log: AnswerLog, json_: bool) -> None:
    """Print all remembered documents with their labels."""
    documents = list(log.documents())
    if json_:
        for one in documents:
            line(one.to_dict())
        return
    say(f"{quantity(len(documents), 'document')} remembered, {log.size / 1e6:.1f} MB")
    if documents:
        table(
            ("key", "document", "label", "by", "version", "at"),
            [
                (
                    one.key[:SHORT_KEY], one.source or one.id, label_words(one), speaker(one),
                    str(one.version), one.at[:16].replace("T", " "),
                )
                for one in documents
            ],
        )  # fmt: skip
