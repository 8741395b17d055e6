"""The main job, start to finish, on the mail room in this folder: run it with ``make demo``.

It makes a label space from descriptions and three examples a class, labels an inbox with evidence,
and declines a type that nobody has described. Then it adds this type, and labels again.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from protolabel import Answer, Document, Example, LabelSpace, read_documents, read_examples
from protolabel.readers import read_descriptions
from protolabel.words.certainty import percent

HERE = Path(__file__).parent
NEW = "product_recall"
console = Console(highlight=False)


def main() -> None:
    """Tell the story."""
    truth = {
        row["id"]: row["label"]
        for name in ("inbox", "tomorrow")
        for row in map(json.loads, (HERE / f"{name}_truth.jsonl").read_text().splitlines())
    }
    inbox = list(read_documents(HERE / "inbox"))
    with tempfile.TemporaryDirectory() as folder:
        space = first_space(Path(folder) / "mail.space")
        answers = label_inbox(space, inbox, truth)
        strangers(answers, truth)
        new_class(space, inbox, answers, truth)
        space.close()
    console.print(
        "\n[b]Try next[/b]\n"
        "  PATH=$PWD/.venv/bin:$PATH\n"
        "  protolabel init demo.space\n"
        "  protolabel describe demo.space examples/descriptions.json\n"
        "  protolabel import demo.space examples/classes\n"
        "  protolabel label demo.space examples/inbox\n"
        "  protolabel --help     and your own folder of documents in place of examples/"
    )


def first_space(path: Path) -> LabelSpace:
    """Make a label space of twelve types from a sentence and three examples each."""
    console.rule("1. A label space from descriptions and three examples a class")
    start = time.perf_counter()
    space = LabelSpace.create(path)
    console.print(f"encoder {space.fingerprint}, ready after {time.perf_counter() - start:.1f} s")
    space.describe(read_descriptions(HERE / "descriptions.json"))
    examples: dict[str, list[Example]] = {}
    for example in read_examples(HERE / "classes"):
        examples.setdefault(example.label, []).append(example)
    start = time.perf_counter()
    change = space.add([e for several in examples.values() for e in several[:3]])
    space.settle()
    seconds = time.perf_counter() - start
    console.print(f"{change.summary}; encoded, stored and fitted in {seconds:.1f} s\n")
    return space


def label_inbox(
    space: LabelSpace, inbox: list[Document], truth: dict[str, str]
) -> dict[str, Answer]:
    """Label the inbox; print a table of some answers, and one with all its evidence."""
    console.rule("2. The inbox, labelled")
    start = time.perf_counter()
    answers = {answer.id: answer for answer in space.label_many(inbox)}
    seconds = time.perf_counter() - start
    console.print(f"{len(inbox)} documents in {seconds:.1f} s. Of those whose type is known:")
    of_known_type = [a for a in answers.values() if truth[a.id] != NEW]
    show(of_known_type[:10], truth)
    right = sum(a.label == truth[a.id] for a in of_known_type)
    nearest = sum(a.alternatives[0].label == truth[a.id] for a in of_known_type)
    declined = sum(a.label is None for a in of_known_type)
    console.print(
        f"right: {right} of {len(of_known_type)}; none of these: {declined}; "
        f"nearest class right: {nearest}\n"
    )
    long = max(of_known_type, key=lambda a: a.evidence.passage.end if a.evidence.passage else 0)
    evidence_of(long)
    return answers


def show(answers: list[Answer], truth: dict[str, str]) -> None:
    """Print answers beside the truth; a probability stands beside its class only."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("", no_wrap=True, width=7)
    for header, ratio in (("answer", 5), ("nearest example", 5), ("truth", 4)):
        table.add_column(header, no_wrap=True, overflow="ellipsis", ratio=ratio)
    for a in answers:
        mark = "green" if (a.label or NEW) == truth[a.id] else "red"
        if a.label is None:
            words = "none of these"
        else:
            sure = f" {percent(a.probability)}" if a.probability is not None else ""
            words = f"{a.label}{sure}"
        nearest = a.evidence.examples[0] if a.evidence and a.evidence.examples else None
        table.add_row(
            a.id,
            f"[{mark}]{words}[/]",
            f"{nearest.score:.2f} {nearest.excerpt}" if nearest else "",
            truth[a.id],
        )
    console.print(table)


def evidence_of(answer: Answer) -> None:
    """Print why one document got its label."""
    evidence = answer.evidence
    if evidence is None:
        return
    console.print(f"[b]Why is {answer.id} {evidence.label}?[/b]")
    for example in evidence.examples:
        console.print(f"  {example.score:.2f}  like {example.id}: {example.excerpt[:70]}")
    console.print(f"  {evidence.description_share:.0%} of its score is the description's")
    if evidence.passage:
        console.print(
            f"  decided by characters {evidence.passage.start}-{evidence.passage.end}: "
            f"{evidence.passage.text[:50]}"
        )
    console.print()


def strangers(answers: dict[str, Answer], truth: dict[str, str]) -> None:
    """Print the documents of the type that nobody described."""
    console.rule("3. A type that nobody described")
    unknown = [a for a in answers.values() if truth[a.id] == NEW]
    show(unknown, truth)
    declined = sum(a.label is None for a in unknown)
    console.print(f"declined as none of these: {declined} of {len(unknown)}\n")


def new_class(
    space: LabelSpace, inbox: list[Document], answers: dict[str, Answer], truth: dict[str, str]
) -> None:
    """Describe the type, show it twice and ask again; no other prototype moves."""
    console.rule(f"4. {NEW}: one sentence and two examples")
    description = read_descriptions(HERE / "new_class" / "description.json")
    examples = list(read_examples(HERE / "new_class" / NEW, label=NEW))
    before = prototypes(space)
    space.label("warm up")  # the encoder is loaded; what follows is the change alone
    start = time.perf_counter()
    space.describe(description)
    space.add(examples)
    milliseconds = (time.perf_counter() - start) * 1000
    after = prototypes(space)
    moved = [name for name, row in before.items() if after[name] != row]
    console.print(
        f"described and shown in [b]{milliseconds:.0f} ms[/b], encoding included; "
        f"prototypes of other classes that moved: [b]{len(moved)}[/b] of {len(before)}"
    )
    space.settle()
    console.rule("5. Tomorrow's mail")
    later = list(space.label_many(read_documents(HERE / "tomorrow")))
    show(later, truth)
    right = sum(a.label == truth[a.id] for a in later)
    console.print(f"right: {right} of {len(later)}\n")
    console.rule("6. Today's mail again: the documents of the new type")
    again = ask_again(space, inbox, answers, truth)
    unsure = [d for d in inbox if truth[d.id] == NEW and again[d.id].label is None]
    if unsure and unsure[-1].text:
        start = time.perf_counter()
        space.add(unsure[-1].text, NEW)
        milliseconds = (time.perf_counter() - start) * 1000
        console.print(
            f"A person confirms {unsure[-1].id}: its third example, in {milliseconds:.0f} ms"
        )
        ask_again(space, inbox, answers, truth)


def ask_again(
    space: LabelSpace, inbox: list[Document], before: dict[str, Answer], truth: dict[str, str]
) -> dict[str, Answer]:
    """Label the same inbox with all examples: some of it is hard on purpose (README.md)."""
    space.settle()
    again = {a.id: a for a in space.label_many(inbox)}
    mine = [a for a in again.values() if truth[a.id] == NEW]
    show(mine, truth)
    changed = sum(
        again[i].alternatives[0].label != a.alternatives[0].label
        for i, a in before.items()
        if truth[i] != NEW
    )
    console.print(
        f"right: {sum(a.label == NEW for a in mine)} of {len(mine)}, still none of these: "
        f"{sum(a.label is None for a in mine)}; documents of other types whose nearest class "
        f"changed: {changed} of {len(before) - len(mine)}\n"
    )
    return again


def prototypes(space: LabelSpace) -> dict[str, bytes]:
    """Return every prototype, to the bit."""
    snapshot = space.view().prototypes
    return {n: w.tobytes() for n, w in zip(snapshot.labels, snapshot.weights, strict=True)}


if __name__ == "__main__":
    main()
