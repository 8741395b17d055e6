"""What `label --sort-into` prints about each file, and the counts of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field

from protolabel.batch.sorting.outcome import Outcome
from protolabel.cli.answer_output import CLASSES_NAMED
from protolabel.cli.terminal import bold, line, note, printable, styled
from protolabel.quantity import quantity
from protolabel.readers.reports import without_source


@dataclass
class SortOutput:
    """Prints what becomes of files, and counts it.

    ``preview``: none is placed. ``refusal``: why all documents are declined, where they are.
    """

    json: bool
    preview: bool = False
    by_class: Counter[str] = field(default_factory=Counter)
    review: int = 0
    left: int = 0
    faulty: int = 0
    unchanged: int = 0
    waiting: int = 0
    confirmed: int = 0
    refusal: str = ""

    def write(self, outcome: Outcome) -> None:
        """Print what became of a file."""
        self.faulty += bool(outcome.faults)
        if outcome.again and not outcome.moved_from:
            self.confirmed += 1
        elif outcome.place is None:
            self.left += 1
        elif outcome.label is None:
            self.review += 1
        else:
            self.by_class[outcome.label] += 1
        if self.json:
            line(asdict(outcome))
        elif not outcome.again or outcome.moved_from:
            _print_outcome(outcome)

    def words(self) -> str:
        """Return the summary for people."""
        n = self.by_class.total()
        parts = [f"{n:,} sorted", f"{self.review:,} for review"]
        parts += [f"{self.left:,} left in place"] if self.left else []
        files = quantity(n + self.review + self.left, "file")
        new = n or self.review or self.left
        text = f"{files}: {', '.join(parts)}" if new else "nothing new"
        text = f"a preview, nothing is placed: {text}" if self.preview else text
        if self.confirmed:
            text += f"; {quantity(self.confirmed, 'file')} answered again, as before"
        if self.unchanged:
            text += f"; {quantity(self.unchanged, 'file')} as an earlier run left them"
        if self.waiting:
            text += f", {self.waiting:,} of them for review (--again declined answers those again)"
        named = [f"{name} {count:,}" for name, count in self.by_class.most_common(CLASSES_NAMED)]
        more = len(self.by_class) - len(named)
        if more:
            named.append(quantity(more, "other class", "other classes"))
        text += f"\n  {', '.join(named)}" if named else ""
        return text + (f"\n  {self.refusal}" if self.refusal and self.review else "")


def _print_outcome(outcome: Outcome) -> None:
    source = outcome.moved_from or outcome.source
    reason = without_source(outcome.reason, outcome.source)
    if outcome.place is None:
        note(f"left {source} in place: {reason}", always=True)
        return
    sure = f"  {outcome.certainty:.0%}" if outcome.certainty is not None else ""
    why = f"  ({printable(reason)})" if reason else ""
    styled(f"{printable(source)} -> {bold(outcome.place)}{sure}{why}")
