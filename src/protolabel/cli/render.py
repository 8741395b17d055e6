"""Records as people read them, and as JSON for programs. It opens no label space."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from protolabel.answers import Answer, Evidence, Level, Passage
from protolabel.arithmetic.comparison import verdict
from protolabel.cli.terminal import about_space, bold, dim, printable, say
from protolabel.cli.wrapping import columns_of
from protolabel.types import Change, ClassInfo, Comparison
from protolabel.words.certainty import IF_A_CLASS, percent, percentages, points
from protolabel.words.quantity import quantity

PIPE_COLUMNS = 120  # of lines for people that go into a pipe, where nothing is lost by it
SLOW_LOADING = 50.0  # milliseconds


def change_line(change: Change, milliseconds: float | None = None, loading: float = 0.0) -> None:
    """Print one line about a change, with its time where that was measured.

    ``loading``: milliseconds that the encoder took to load besides, named where they are many.
    """
    time = "" if milliseconds is None else _duration(milliseconds)
    if loading >= SLOW_LOADING:
        time += f", and {loading / 1000:.1f} s to load the encoder"
    say(f"version {change.version}: {change.summary}{time and f' ({time})'}")


def _duration(milliseconds: float) -> str:
    """Return a time in milliseconds, and from a second on in seconds."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.1f} ms"


def answer_record(answer: Answer) -> dict[str, Any]:
    """Return an answer as documented in docs/json.md; keys in that order."""
    return answer.to_dict() | {"reason": about_space(answer.reason)}


def class_record(info: ClassInfo) -> dict[str, Any]:
    """Return a class as documented in docs/json.md."""
    return asdict(info)


def answer_text(answer: Answer, *, top: int = 5) -> str:
    """Return an answer for people: the document, the class, and what is behind it.

    ``top``: how many classes to name; the best one always is.
    """
    source = answer.source
    head = printable(answer.id)
    if source and source != answer.id and not source.endswith(f"/{answer.id}"):
        head += f"  ({printable(source)})"
    elif source and source != answer.id:
        head = printable(source)
    lines = [head, f"  {_verdict(answer, top)}"]
    if answer.label is None or answer.probability is None or answer.threshold is None:
        lines.append(dim(wrapped(about_space(answer.reason), indent=4)))
    if len(answer.levels) > 1:
        lines.append(wrapped(" > ".join(map(_level, answer.levels)), indent=4))
    if answer.label_set is not None:
        members = ", ".join("none of these" if m is None else m for m in answer.label_set)
        lines.append(wrapped(f"one of: {members}", indent=4))
    several = [one.evidence for one in answer.labels or () if one.evidence]
    for evidence in several or [one for one in (answer.evidence,) if one]:
        prefix = f"{evidence.label}: " if len(several) > 1 else ""
        for text in _evidence_lines(evidence):
            lines.append(dim(wrapped(prefix + text, indent=4)))
    return "\n".join(lines)


def _verdict(answer: Answer, top: int) -> str:
    """Return the class with its probability, or that there is none.

    A chance stands only beside what it is about: the class, or *none of these*, which a class has
    beside it where it is likelier.
    """
    if answer.labels:
        return ", ".join(
            f"{bold(one.label)}{_percent(one.probability)}" for one in answer.labels
        ) + f"  score {answer.score:.3f}" * (answer.probability is None)
    fit = f", {answer.fit}" if answer.fit else ""
    if answer.label is None:
        words = bold("none of these") + _percent(answer.none_probability)
        if not answer.alternatives:
            return words
        nearest = answer.alternatives[0]
        words += f"  (nearest: {printable(nearest.label)}, score {nearest.score:.3f}{fit}"
        if answer.labels is not None and answer.probability is not None:
            words += f"; {percent(answer.probability)}"
        elif answer.probability is not None:
            words += f"; {percent(answer.probability)} {IF_A_CLASS}"
        return words + ")"
    sure = percentages(answer.certainty, answer.none_probability)
    score, sure = f"score {answer.score:.3f}{fit}", f"  {sure}" if sure else ""
    if len(answer.levels) > 1 and answer.alternatives[0].label != answer.label:
        name = printable(answer.alternatives[0].label)  # whose score it is
        return f"{bold(answer.label)}{sure}  (nearest: {name}, {score})"
    words = f"{bold(answer.label)}{sure}  {score}"
    if top > 1 and len(answer.alternatives) > 1:
        second = answer.alternatives[1]
        words += f"  then {printable(second.label)} {second.score:.3f}"
    return words


def _level(level: Level) -> str:
    sure = "" if level.certainty is None else f" {percent(level.certainty)}"
    return f"{level.label}{sure}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"  {percent(share)}"


def _evidence_lines(evidence: Evidence) -> Iterable[str]:
    if evidence.examples:
        nearest = evidence.examples[0]
        source = nearest.source
        place = f" of {source}" if source and source not in (nearest.id, nearest.excerpt) else ""
        words = f": {nearest.excerpt}" if nearest.excerpt else ""
        yield f"nearest example {nearest.id}{place} ({nearest.score:.3f}){words}"
    if evidence.description is not None:
        sharpened = ", sharpened by documents" if evidence.description_sharpened else ""
        share = percent(evidence.description_share)
        yield f"{share} from the description{sharpened}: {evidence.description}"
    if evidence.passage is not None:
        yield _passage_line(evidence.passage)


def _passage_line(passage: Passage) -> str:
    """Return where the passage that decided stands, what it gave, and its words."""
    page = f"page {passage.page:,}, " if passage.page is not None else ""
    place = f"{page}characters {passage.start:,} to {passage.end:,}"
    gave = f"score {passage.score:.3f}"
    if passage.influence is not None:
        gave += f"; without it the lead falls by {passage.influence:.3f}"
    text = passage.text
    for words in passage.words:
        text = text.replace(words.text, f"**{words.text}**", 1)
    return f"decided by {place} ({gave}): {text}"


def comparison_text(comparison: Comparison) -> str:
    """Return two encoders side by side, and how sure the difference is."""
    old, new, difference = (
        comparison.old_accuracy,
        comparison.new_accuracy,
        comparison.difference,
    )
    if old is None or new is None or difference is None:
        if comparison.learned:
            return (
                "the encoders cannot be compared: one of them has learned from the "
                f"{quantity(comparison.learned, 'example')} that could be left out"
            )
        return "no two classes with an example to leave out: the encoders cannot be compared"
    low, high = (points(end or 0.0, sign="+") for end in (comparison.low, comparison.high))
    return (
        f"{quantity(comparison.n, 'example')}, "
        "each left out of its class in turn; right by prototypes:\n"
        f"  old  {percent(old, 1):>6}  {comparison.old}\n"
        f"  new  {percent(new, 1):>6}  {comparison.new}\n"
        f"  difference {points(difference, sign='+')} points, 95 % interval {low} to {high}"
        f" ({comparison.only_new} right only by the new, {comparison.only_old} only by the old)\n"
        f"  {verdict(comparison)}"
    )


def width() -> int | None:
    """Return the columns of the terminal on stdout; None where it is a pipe or a file."""
    return columns_of(sys.stdout)


def wrapped(text: str, *, indent: int, hanging: int | None = None, pipe: int | None = None) -> str:
    """Return text indented, and in a terminal wrapped at words.

    ``hanging``: columns before the second line and those after it; two more than ``indent``.
    ``pipe``: columns in a pipe; without it, one line there.
    """
    margin, text, columns = " " * indent, printable(text), width() or pipe
    if columns is None:
        return margin + text
    return textwrap.fill(
        text, columns, initial_indent=margin,
        subsequent_indent=" " * (indent + 2 if hanging is None else hanging),
        break_on_hyphens=False,
    )  # fmt: skip
