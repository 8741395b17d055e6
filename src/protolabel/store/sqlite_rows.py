"""The rows of a label space file, as a label space asks for them: which reader answers what.

Its names are those of ``Rows`` in ``read_protocol``, which says what each returns.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from protolabel.store.database_transaction import Section
from protolabel.store.tables import Tables


class SqliteRows:
    """Answers each question of ``Rows`` by the reader of the tables that it is about."""

    def __init__(self, tables: Tables) -> None:
        self._connection, self._log = tables.connection, tables.log
        self.path = tables.connection.path
        self.meta = tables.log.meta

        self.version = tables.log.version
        self.basis = tables.log.basis
        self.changes = tables.log.changes
        self.mark = tables.log.mark
        self.require_version = tables.log.require_version
        self.settings = tables.log.settings

        self.classes = tables.classes.classes
        self.class_named = tables.classes.class_named
        self.class_names_since = tables.classes.class_names_since
        self.class_with_key = tables.classes.class_with_key
        self.last_class_name = tables.classes.last_class_name
        self.class_parents = tables.classes.class_parents
        self.touched_since = tables.classes.touched_since

        self.examples = tables.examples.examples
        self.example_with_id = tables.examples.example_with_id
        self.examples_with_keys = tables.examples.examples_with_keys
        self.example_keys = tables.examples.example_keys
        self.counts = tables.examples.counts
        self.examples_of_items = tables.examples.examples_of_items
        self.examples_since = tables.examples.examples_since
        self.examples_ended_since = tables.examples.examples_ended_since
        self.documents_of_change = tables.examples.documents_of_change
        self.example_items = tables.examples.example_items
        self.examples_digest = tables.examples.examples_digest

        self.negatives = tables.negatives.negatives
        self.has_negatives = tables.negatives.has_negatives
        self.negative_with_id = tables.negatives.negative_with_id
        self.negatives_since = tables.negatives.negatives_since
        self.negatives_of_items = tables.negatives.negatives_of_items
        self.negative_set = tables.negatives.negative_set
        self.statement_moments = tables.statements.statement_moments

        self.encoding = tables.encodings.encoding
        self.encodings = tables.encodings.encodings

        self.lacking = tables.items.lacking
        self.living = tables.items.living
        self.content = tables.items.content
        self.texts = tables.items.texts
        self.texts_since = tables.items.texts_since
        self.image = tables.items.image
        self.holding = tables.items.holding
        self.vectors_of = tables.items.vectors_of

        self.vectors = tables.vectors.vectors
        self.class_groups = tables.vectors.class_groups
        self.vectors_at = tables.vectors.vectors_at
        self.descriptions = tables.vectors.descriptions
        self.description_embedding = tables.vectors.description_embedding
        self.description_embeddings = tables.vectors.description_embeddings
        self.sharpened_share = tables.vectors.sharpened_share
        self.example_embeddings = tables.vectors.example_embeddings
        self.training_items = tables.vectors.training_items
        self.training_set = tables.vectors.training_set
        self.class_arrays = tables.vectors.class_arrays

        self.fit = tables.fits.fit
        self.newest_fit = tables.fits.newest_fit
        self.keep_fit = tables.fits.keep_fit

    @property
    def identity(self) -> str:
        """What tells this label space from every other, as 32 hexadecimal digits."""
        return self._log.identity

    @property
    def writable(self) -> bool:
        """Whether changes can be made here."""
        return self._connection.writable

    def reading(self) -> AbstractContextManager[None]:
        """Hold one consistent state of the file for as long as the context lasts."""
        return Section(self._connection.reading())
