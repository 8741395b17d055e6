"""Documents that are not of the class which a proposal becomes: a person has said so, or says so.

They become no examples of it. What the class is refused for is known by its text.
"""

from __future__ import annotations

from dataclasses import replace

from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.person_statements.refused_classes import RefusedClasses, is_refused
from protolabel.label_space.session import session_of
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.stored_items.negative_words import NegativeWords, Statement
from protolabel.open_world.proposals import Proposal
from protolabel.words.change_hints import LATE_REMOVALS, REFUSED_WITHOUT_TEXT


def as_decided(space: LabelSpace, proposal: Proposal, label: str) -> Proposal:
    """Return a proposal as it becomes a class: without documents that are not of it.

    Those are refused for a class that is there, as persons have said, and near copies of these and
    of what was left out. The texts of what was left out are read where they are kept.
    """
    session = session_of(space)
    view, members = session.view(), proposal.members
    kept_texts = session.store.answers.texts_of(
        [bytes.fromhex(one.key) for one in proposal.left_out if one.text is None]
    )
    left_out = tuple(
        replace(one, text=one.text or kept_texts.get(bytes.fromhex(one.key)))
        for one in proposal.left_out
    )
    row = view.rows.class_named(label, view.version)
    texts = DocumentTexts.of([member.text for member in members])
    words_left_out = NegativeWords(Statement(one.text, 0) for one in left_out if one.text)
    copies = [bool(classes) for classes in words_left_out.classes_of(texts)]
    if row is not None:
        noted, parents = RefusedClasses(session.store), view.rows.class_parents(view.version)
        refused = view.negative_texts.classes_of(texts)
        for i, member in enumerate(members):
            copies[i] |= is_refused(row.key, refused[i], parents)
            copies[i] |= noted.refuses_open(bytes.fromhex(member.key), row.key)
    keys = {member.key for member, is_copy in zip(members, copies, strict=True) if is_copy}
    return replace(proposal.pass_over(keys), left_out=left_out)


def counts_of(proposal: Proposal, label: str) -> dict[str, object]:
    """Return what the detail of a change says of documents that were left out.

    How many have no text, by which answers know them; and on how many nothing was decided, since
    they were not in the proposal any more.
    """
    textless, late = sum(not one.text for one in proposal.left_out), len(proposal.late_removals)
    counts: dict[str, object] = {REFUSED_WITHOUT_TEXT: {label: textless}} if textless else {}
    return counts | ({LATE_REMOVALS: late} if late else {})
