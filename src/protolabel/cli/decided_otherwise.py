"""Whether a run gives documents other answers than people decided on them, and the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from protolabel.answers import Answer
from protolabel.identity.document_key import document_key
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.person_statements.decided_labels import contradicts
from protolabel.label_space.stored_items.class_levels import class_paths
from protolabel.types import Document
from protolabel.words.quantity import quantity


@dataclass(slots=True)
class DecidedOtherwise:
    """The labels that people gave documents, by the keys of these, and how many answers differ."""

    n: int = 0
    _is_several: bool = False
    _labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def in_space(cls, space: LabelSpace) -> DecidedOtherwise:
        """Begin with what people have decided in a label space by now."""
        classes = space.classes()
        present = {info.name for info in classes if not info.retired}
        labels = {one.key: one.labels or (one.label or "",) for one in space.answer_log.decided()}
        return cls(
            _is_several=space.settings.several,
            _labels={key: names for key, names in labels.items() if present.issuperset(names)},
            _paths=class_paths(classes),
        )

    def count(self, document: Document, answer: Answer) -> None:
        """Take note of an answer."""
        if not self._labels:
            return
        decided = self._labels.get(document_key(document).hex())
        if decided is not None:
            self.n += contradicts(decided, answer.label_names, self._paths)

    def words(self) -> str:
        """Return the sentence that answers differ; empty where none does."""
        if not self.n:
            return ""
        files = quantity(self.n, "document has", "documents have")
        option = "--all` lists what people decided" if self._is_several else "--decided` lists them"
        return (
            f"{files} another answer than a person decided: `protolabel review SPACE {option}; "
            "more examples of these classes bring the answers nearer"
        )
