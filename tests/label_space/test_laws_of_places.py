"""The laws of places, corrections and sharpened descriptions: any sequence of changes, against a
model in plain Python that shares no code with it. ``test_laws`` has the other changes.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from fakes import WORDS, WordEncoder, plain_prototype
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from stored import damage, store_of

from protolabel import Document, Example, LabelSpace
from protolabel.errors import ClassError, InputError
from protolabel.names import words_of

NAMES = st.sampled_from(["pay_bill", "cv work", "secretSign", "ship", "box"])
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
POOL = [" ".join(pair) for pair in zip(WORDS, WORDS[3:] + WORDS[:3], strict=True)]


@dataclass(frozen=True)
class Class:
    """What the model keeps: the words, what stands for them, the class above, (id, text) pairs."""

    words: str | None
    sharpened: tuple[float, ...] | None = None
    parent: str | None = None
    members: tuple[tuple[str, str], ...] = ()


State = dict[str, Class]


class PlacesMachine(RuleBasedStateMachine):
    """A document has one label, or several, as the first step draws."""

    @initialize(several=st.booleans())
    def open(self, several: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "a.space"
        self.space = LabelSpace.create(self.path, encoder=WordEncoder(), background=False)
        self.space.configure(labels="several" if several else "one", kappa=1)
        self.several = several
        self.model: State = {}
        self.done: list[State] = []
        self.undone: list[State] = []
        self.versions: dict[int, State] = {self.space.version: {}}

    def teardown(self) -> None:
        if hasattr(self, "space"):
            self.reload()
            assert damage(self.space) == []
            self.space.close()
            self.folder.cleanup()

    def _changed(self, new: State) -> None:
        self.done.append(self.model)
        self.undone.clear()
        self.model = self.versions[self.space.version] = new

    def _back(self, to: State) -> None:
        self.model = self.versions[self.space.version] = to

    def _class(self, name: str) -> Class:
        return self.model.get(name, Class(words_of(name)))

    def _labels_of(self, text: str) -> dict[str, str]:
        """Return the id of the example that holds a text, by class."""
        return {n: i for n, one in self.model.items() for i, t in one.members if t == text}

    # -- changes ------------------------------------------------------------------------------

    @rule(name=NAMES, texts=st.lists(TEXTS, min_size=1, max_size=3, unique=True))
    def add(self, name: str, texts: list[str]) -> None:
        here = [self._labels_of(t) for t in texts]
        repeated = [name in labels if self.several else bool(labels) for labels in here]
        new = [t for t, old in zip(texts, repeated, strict=True) if not old]
        change = self.space.add([Example(name, t) for t in texts], skip_known=True)
        assert change.detail["known"] == len(texts) - len(new)
        if new:
            ids = change.detail["examples"]
            assert isinstance(ids, list)
            one = self._class(name)
            members = (*one.members, *zip(ids, new, strict=True))
            self._changed(self.model | {name: replace(one, members=members)})

    @rule(name=NAMES, text=TEXTS)
    def describe(self, name: str, text: str) -> None:
        self.space.describe(name, text)
        self._changed(self.model | {name: replace(self._class(name), words=text, sharpened=None)})

    @precondition(lambda self: self.model)
    @rule(data=st.data(), parent=NAMES)
    def nest(self, data: st.DataObject, parent: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        new = {} if parent in self.model else {parent: Class(None)}
        state = self.model | new
        state[name] = replace(state[name], parent=parent)
        if self.several or _circular(state):  # levels are for documents of one label
            with pytest.raises(InputError if self.several else ClassError):
                self.space.nest(name, parent, new=True)
        elif state != self.model:
            self.space.nest(name, parent, new=True)
            self._changed(state)

    @precondition(lambda self: any(one.parent for one in self.model.values()))
    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        nested = sorted(n for n, one in self.model.items() if one.parent)
        name = data.draw(st.sampled_from(nested))
        self.space.lift(name)
        self._changed(self.model | {name: replace(self.model[name], parent=None)})

    @rule(text=TEXTS, labels=st.lists(NAMES, min_size=1, max_size=3, unique=True))
    def correct(self, text: str, labels: list[str]) -> None:
        """A document is an example of the classes that a person says, and of no other."""
        labels = labels if self.several else labels[:1]
        version = self.space.version
        change = self.space.correct(Document("one", text), labels if self.several else labels[0])
        self._settled(text, labels, change.version != version)

    @precondition(lambda self: any(one.members for one in self.model.values()))
    @rule(data=st.data(), labels=st.lists(NAMES, min_size=1, max_size=3, unique=True))
    def relabel(self, data: st.DataObject, labels: list[str]) -> None:
        """The same by the id of an example; with one label it is a move."""
        members = sorted(m for one in self.model.values() for m in one.members)
        identity, text = data.draw(st.sampled_from(members))
        version = self.space.version
        if not self.several:
            labels = labels[:1]
            if labels[0] not in self.model or labels[0] in self._labels_of(text):
                return  # a move wants a class that is there, and another one
        change = self.space.correct(identity, labels if self.several else labels[0])
        self._settled(text, labels, change.version != version)

    def _settled(self, text: str, labels: list[str], changed: bool) -> None:
        before = self._labels_of(text)
        assert changed == (set(before) != set(labels))
        if not changed:
            return
        members = {n: self.space.show(n)[1] for n in labels}
        after = {n: next(e.id for e in members[n] if e.text == text) for n in labels}
        for name in before.keys() & after.keys():
            assert after[name] == before[name]  # what was right stays as it is
        reused = set(before.values()) & set(after.values())
        assert len(reused) == min(len(before), len(after))  # the others are moved, while they last
        state = dict(self.model)
        for name in {*before, *labels}:
            one = self._class(name)
            rest = tuple(m for m in one.members if m[1] != text)
            state[name] = replace(
                one, members=(*rest, (after[name], text)) if name in after else rest
            )
        self._changed(state)

    # -- sharpening ---------------------------------------------------------------------------

    @rule(texts=st.lists(st.sampled_from(POOL), min_size=3, max_size=8, unique=True))
    def sharpen(self, texts: list[str]) -> None:
        """Remembered documents move descriptions, and nothing else; once more moves nothing."""
        list(self.space.label_many(texts))
        version = self.space.version
        try:
            change = self.space.sharpen()
        except InputError:  # no description, or no document that is not an example
            assert self.space.version == version
            return
        if change.version == version:
            return
        vectors = _descriptions(self.space)
        flags = {c.name for c in self.space.classes() if c.sharpened}
        assert flags <= {n for n, one in self.model.items() if one.words is not None}
        self._changed({
            n: replace(one, sharpened=vectors[n] if n in flags else None)
            for n, one in self.model.items()
        })  # fmt: skip
        assert self.space.sharpen().version == self.space.version == change.version

    @rule()
    def unsharpen(self) -> None:
        version = self.space.version
        self.space.sharpen(off=True)
        if any(one.sharpened for one in self.model.values()):
            self._changed({n: replace(one, sharpened=None) for n, one in self.model.items()})
        else:
            assert self.space.version == version

    # -- versions -----------------------------------------------------------------------------

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        self.space.undo()
        self.undone.append(self.model)
        self._back(self.done.pop())

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        self.space.redo()
        self.done.append(self.model)
        self._back(self.undone.pop())

    @rule(data=st.data())
    def return_to(self, data: st.DataObject) -> None:
        version = data.draw(st.sampled_from(sorted(self.versions)))
        self.space.return_to(version)
        before = self.model
        self._back(self.versions[version])
        self.done.append(before)
        self.undone.clear()

    @rule()
    def reload(self) -> None:
        self.space.close()
        self.space = LabelSpace(self.path, encoder=WordEncoder(), background=False)

    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        version = data.draw(st.sampled_from(sorted(self.versions)))
        _compare(self.space.at(version), self.versions[version])

    # -- laws -----------------------------------------------------------------------------------

    @invariant()
    def rows_are_right(self) -> None:
        if hasattr(self, "space"):
            _compare(self.space.view(), self.model)


def _circular(state: State) -> bool:
    for name in state:
        above, way = state[name].parent, {name}
        while above is not None and above not in way:
            way.add(above)
            above = state[above].parent
        if above is not None:
            return True
    return False


def _descriptions(space: LabelSpace) -> dict[str, tuple[float, ...]]:
    rows = store_of(space).rows
    return {
        one.name: tuple(one.description.tolist())
        for one in rows.vectors()
        if one.description is not None
    }


def _compare(view, state: State) -> None:
    """Hold a view to the model: names, words, flags, places, members; eq. 3 by loops."""
    infos = {c.name: c for c in view.classes()}
    assert {n: (c.description, c.sharpened, c.parent) for n, c in infos.items()} == {
        n: (c.words, c.sharpened is not None, c.parent) for n, c in state.items()
    }
    for name, one in state.items():
        assert {(e.id, e.text) for e in view.show(name)[1]} == set(one.members)
    rows = dict(zip(view.prototypes.labels, view.prototypes.weights, strict=True))
    expected = {n: c for n, c in state.items() if c.members or c.words is not None}
    assert rows.keys() == expected.keys()
    for name, one in expected.items():
        described = None if one.words is None else list(one.sharpened or _unit(one.words))
        row = plain_prototype([_unit(t) for _, t in one.members], described, 1.0)
        np.testing.assert_array_equal(rows[name], np.array(row, np.float32))


def _unit(text: str) -> list[float]:
    vector = WordEncoder().encode([text])[0]
    length = float(sum(float(x) ** 2 for x in vector)) ** 0.5
    return [float(np.float32(float(x) / length)) for x in vector]


TestLawsOfPlaces = PlacesMachine.TestCase
TestLawsOfPlaces.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
