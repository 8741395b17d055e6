"""The map of remembered documents: which class each point is drawn as."""

from __future__ import annotations

import pytest
from fakes import WORDS, WordEncoder
from spaces import four_classes

from protolabel import Document, Example, LabelSpace
from protolabel.label_space.remembered_documents.document_map import Kind

TEXTS = [f"{one} {other}" for one in WORDS for other in WORDS]


def test_a_document_that_a_class_above_others_answers_is_drawn_as_that_class() -> None:
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    space.configure(refine=False)
    space.add(four_classes(each=8))
    space.nest(["a", "b"], "ab", new=True)
    space.nest(["c", "d"], "cd", new=True)
    space.settle()
    answers = {answer.id: answer.label for answer in space.label_many(TEXTS)}
    assert {"ab", "cd", "a"} <= set(answers.values())
    one = space.inbox.map()
    points = [
        (title, one.classes[k] if k >= 0 else None)
        for title, k, kind in zip(one.titles, one.labels, one.kinds, strict=True)
        if kind == Kind.DOCUMENT
    ]
    assert len(points) == len(TEXTS)
    assert dict(points) == answers
    prototypes = [i for i, kind in enumerate(one.kinds) if kind == Kind.PROTOTYPE]
    assert [one.keys[i] for i in prototypes] == ["a", "b", "c", "d"]
    assert one.classes == ("a", "b", "c", "d", "ab", "cd")


def test_each_point_is_the_example_of_its_own_class() -> None:
    """A document of two classes is two points; to move one moves the example of that class."""
    space = LabelSpace.create(encoder=WordEncoder(), background=False, labels="several")
    space.add([Example(label, text) for text in TEXTS[:6] for label in ("a", "b")])
    one = space.inbox.map()
    points = {
        one.keys[i]: one.classes[k]
        for i, (k, kind) in enumerate(zip(one.labels, one.kinds, strict=True))
        if kind == Kind.EXAMPLE
    }
    examples = [e for label in ("a", "b") for e in space.show(label)[1]]
    assert points == {example.id: example.label for example in examples}


@pytest.mark.parametrize("labels", ["one", "several"])
def test_the_map_says_what_people_have_decided_on_documents(labels) -> None:
    with LabelSpace.create(encoder=WordEncoder(), background=False, labels=labels) as space:
        space.add(four_classes(each=4))
        space.answer_log.remember("text")
        list(space.label_many([Document(text, text) for text in TEXTS[:4]]))
        keys = {one.document.id: one.document.key for one in space.inbox.documents(10)[0]}
        own = "b" if labels == "one" else ["b", "a"]
        space.inbox.decide({keys[TEXTS[0]]: own, keys[TEXTS[1]]: "c"})
        space.refute(TEXTS[2], ["d", "a"])
        expected = {
            keys[TEXTS[0]]: {"labels": tuple(sorted(own))},
            keys[TEXTS[1]]: {"labels": ("c",)},
            keys[TEXTS[2]]: {"refused": ("a", "d")},
        }
        assert space.inbox.map().decided == expected
        space.rename("c", "C")
        assert space.inbox.map().decided[keys[TEXTS[1]]] == {"labels": ("C",)}
