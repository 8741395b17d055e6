"""Removes from the answer log what new settings no longer allow it to keep."""

from __future__ import annotations

from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.store import Store


def drop_surplus(store: Store, version: int) -> None:
    """Let documents go that are too many, and all words, if this version forbids to keep them."""
    before = settings_of(store.rows, version - 1)
    settings = settings_of(store.rows, version)
    store.answers.shorten(settings.remember_most)
    if settings.remember not in ("text", before.remember):
        store.answers.drop_texts()
        store.proposals.drop_words()
