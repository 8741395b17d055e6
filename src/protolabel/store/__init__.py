"""The rows of one label space, with births and deaths, and the transactions that move them.

``read_protocol`` and ``write_protocol`` say what a label space asks of a store. ``sqlite`` keeps
one in a file. docs/label-space-format.md describes the file.

Nothing outside this package speaks SQL about a label space. The embedding cache has a file of its
own (``encoders/cache_file``), and so has the service (``service/side``).
"""

from protolabel.store.answer_records import AnswerRow as AnswerRow
from protolabel.store.answer_records import AnswerTable as AnswerTable
from protolabel.store.answer_records import Decision as Decision
from protolabel.store.damage_behind import damage_as_cause as damage_as_cause
from protolabel.store.files import MEMORY as MEMORY
from protolabel.store.proposal_records import ProposalMarks as ProposalMarks
from protolabel.store.proposal_records import ProposalRow as ProposalRow
from protolabel.store.proposal_records import ProposalTable as ProposalTable
from protolabel.store.read_protocol import Rows as Rows
from protolabel.store.records import ClassRow as ClassRow
from protolabel.store.records import ExampleRow as ExampleRow
from protolabel.store.records import Fit as Fit
from protolabel.store.records import Kind as Kind
from protolabel.store.records import StatementMoment as StatementMoment
from protolabel.store.sqlite import create_store as create_store
from protolabel.store.sqlite import open_copy as open_copy
from protolabel.store.sqlite import open_store as open_store
from protolabel.store.write_protocol import Store as Store
from protolabel.store.write_protocol import Writing as Writing
