"""One label space in one SQLite file: rows with births and deaths, and transactions that move them.

Nothing outside this package speaks SQL. docs/label-space-format.md describes the file.
"""

from protolabel.store.connection import MEMORY as MEMORY
from protolabel.store.encodings import Kind as Kind
from protolabel.store.rows import ClassRow as ClassRow
from protolabel.store.rows import ExampleRow as ExampleRow
from protolabel.store.rows import Rows as Rows
from protolabel.store.sqlite import Store as Store
from protolabel.store.writing import Writing as Writing
