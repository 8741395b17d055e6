"""What a session keeps in memory of all that its label space holds. Rows are read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from protolabel.label_space.stored_items.known_documents import KnownTexts
from protolabel.label_space.stored_items.known_names import KnownNames


@dataclass(frozen=True, slots=True, eq=False)
class Indexes:
    """Which texts and which names are here: a change looks there for what is equal or near."""

    texts: KnownTexts = field(default_factory=KnownTexts)
    names: KnownNames = field(default_factory=KnownNames)
