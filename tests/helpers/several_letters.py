"""A label space whose letters may have several labels, with letters that wait."""

from __future__ import annotations

from pathlib import Path

from protolabel import Document, LabelSpace

KINDS = {
    "invoice": ("please pay the attached bill", "your invoice for the roof", "payment of the fee"),
    "application": ("I apply for the job", "my cv and references", "an interview for the position"),
    "urgent": (
        "answer today at once",
        "this cannot wait, call me now",
        "the last reminder, quickly",
    ),
}
WAITING = [
    ("roof", "your invoice for the roof, payment of the fee today"),
    ("fee", "please pay the attached bill at once, this cannot wait, call me now"),
    ("clerk", "my cv and references, I apply for the job, many regards"),
    ("cook", "an interview for the position, answer today at once, the last reminder"),
    ("bill", "please pay the attached bill, the last reminder, quickly, call me now"),
    ("call", "this cannot wait, call me now, quickly"),
]


def make_letters(path: Path) -> Path:
    """Make a label space of three classes, in which half of the letters are urgent, too."""
    urgent = KINDS["urgent"]
    texts, labels = [], []
    for kind in ("invoice", "application"):
        for i, words in enumerate(KINDS[kind]):
            for more in (*KINDS[kind][i + 1 :], "thank you", "many regards"):
                texts.append(f"{words}, {more}")
                labels.append([kind])
                texts.append(f"{words}, {more}, {urgent[i]}")
                labels.append([kind, "urgent"])
    for i, words in enumerate(urgent):
        texts += [f"{words}, {urgent[i - 1]}", f"{words}, thank you", f"{words}, many regards"]
        labels += [["urgent"]] * 3
    with LabelSpace.create(path, encoder="hashing", background=False, labels="several") as space:
        space.add(texts, labels)
        space.answer_log.remember("text")
        space.settle()
        list(space.label_many([Document(name, text, source=name) for name, text in WAITING]))
    return path
