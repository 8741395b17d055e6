"""The routes of what a label space has answered: suggestions, decisions on them, forgetting.

The library decides what is suggested. A client decides on what it has seen: it names each document
with the class that was suggested, and is refused where that is no longer so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from protolabel.client import answers, reports
from protolabel.label_space.remembered_documents.answer_log import AnswerLog
from protolabel.label_space.remembered_documents.remembered import Suggestion
from protolabel.label_space.terms import RequestKey
from protolabel.service.acts import claimed, earlier_body, earlier_change, note_act
from protolabel.service.bodies import (
    AcceptBody,
    NamesBody,
    RememberBody,
    SuggestionsBody,
)
from protolabel.service.body_routes import BodyRoute
from protolabel.service.limits import ClassName, EvidenceCount, PageLimit, SpaceName, Start
from protolabel.service.preconditions import Keyed
from protolabel.service.problems import Refusal
from protolabel.service.replies import change_reply, made_record, versioned
from protolabel.service.roles import asker, may_see_words, role
from protolabel.service.state import space_of
from protolabel.words.quantity import quantity

router = APIRouter(route_class=BodyRoute, prefix="/v1/spaces/{space}", tags=["review"])

Label = ClassName | None


@router.get("/remembered", dependencies=[role("read")], response_model=answers.RememberedList)
def remembered(
    request: Request, space: SpaceName, limit: PageLimit = 100, start: Start = 0
) -> Response:
    """List the documents that were answered and are remembered, oldest first, without texts."""
    label_space = space_of(request, space)
    answer_log = label_space.answer_log
    page = islice(answer_log.documents(texts=False), start, start + limit)
    documents = [one.to_dict(text=False) for one in page]
    return versioned({"documents": documents, "total": len(answer_log)}, label_space)


@dataclass(frozen=True, slots=True)
class SuggestionChoice:
    """Which suggestions are listed: to one class, from one class, or those that were declined."""

    to: Label = None
    before: Label = None
    declined: bool = False


@router.get("/suggestions", dependencies=[role("read")], response_model=answers.Suggestions)
def suggestions(
    request: Request,
    space: SpaceName,
    choice: Annotated[SuggestionChoice, Depends()],
    evidence: EvidenceCount = 3,
    limit: PageLimit = 100,
    start: Start = 0,
) -> Response:
    """List remembered documents that prefer another class now, surest first, with evidence.

    With ``declined``, list those that have a class and would be none of these now.
    """
    label_space = space_of(request, space)
    answer_log = label_space.answer_log
    if choice.declined and choice.to is not None:
        raise Refusal(422, "both declined and to", expected="one of the two")
    compared, before = answer_log.compared(), choice.before
    listed = (
        compared.declined(before=before, evidence=evidence)
        if choice.declined
        else compared.suggestions(to=choice.to, before=before, evidence=evidence)
    )
    page = [one.to_dict() for one in listed[start : start + limit]]
    if not may_see_words(request):
        page = [one | {"answer": _without_passage(one["answer"])} for one in page]
    body = {
        "suggestions": page,
        "total": len(listed),
        "declined": compared.n_declined(before=before),
        "remembered": len(answer_log),
    }
    return versioned(body, label_space)


@router.post(
    "/suggestions/accept", dependencies=[role("curate")], response_model=reports.Acceptance
)
def accept(request: Request, space: SpaceName, body: AcceptBody, key: Keyed) -> Response:
    """Make suggested classes the documents' labels; all or none (409)."""
    label_space = space_of(request, space)
    with claimed(request, label_space, key):
        record = earlier_body(label_space, key)
        if record is not None:
            return versioned(record, label_space)
        change = earlier_change(label_space, key)
        number = len({one.key for one in body.suggestions})
        if change is None:
            answer_log = label_space.answer_log
            suggestions = _suggestions_of(answer_log, body)
            accepted = answer_log.accept(
                suggestions, as_examples=body.as_examples, who=asker(request), key=key or ""
            )
            change = accepted.change
        record = {
            "accepted": number,
            "change": None if change is None else made_record(label_space, change),
        }
        words = f"accepted {quantity(number, 'suggestion')}"
        note_act(request, label_space, "accept", words, key, record)
    return versioned(record, label_space)


@router.post(
    "/suggestions/dismiss", dependencies=[role("curate")], response_model=answers.Dismissed
)
def dismiss(request: Request, space: SpaceName, body: SuggestionsBody, key: Keyed) -> Response:
    """Keep the labels as they are: these classes are not suggested again; all or none (409)."""
    label_space = space_of(request, space)
    with claimed(request, label_space, key):
        record = earlier_body(label_space, key)
        if record is None:
            suggestions = _suggestions_of(label_space.answer_log, body)
            label_space.answer_log.dismiss(suggestions)
            record = {"dismissed": len(suggestions)}
            words = f"dismissed {quantity(len(suggestions), 'suggestion')}"
            note_act(request, label_space, "dismiss", words, key, record)
    return versioned(record, label_space)


@router.post("/reconsider", dependencies=[role("curate")], response_model=answers.Reconsidered)
def reconsider(request: Request, space: SpaceName, body: NamesBody, key: Keyed) -> Response:
    """Take back what people decided on documents: they may be suggested again."""
    return _act_on_documents(request, space, body, key, "reconsider")


@router.post("/forget", dependencies=[role("admin")], response_model=answers.Forgotten)
def forget(request: Request, space: SpaceName, body: NamesBody, key: Keyed) -> Response:
    """Forget documents that were answered, for good; examples stay."""
    return _act_on_documents(request, space, body, key, "forget")


@router.post("/remember", dependencies=[role("admin")], response_model=reports.Change)
def remember(request: Request, space: SpaceName, body: RememberBody, key: Keyed) -> Response:
    """Say what may be remembered of documents; texts go at once where they may not be any more."""
    label_space = space_of(request, space)
    change = earlier_change(label_space, key)
    if change is None:
        who = asker(request)
        answer_log = label_space.answer_log
        change = answer_log.remember(body.what, most=body.most, who=who, key=key or "")
    return change_reply(label_space, change)


_ACTS = {  # what is done, the key of the answer, and the words of the record
    "reconsider": (AnswerLog.reconsider, "reconsidered", "took back decisions on"),
    "forget": (AnswerLog.forget, "forgotten", "forgot"),
}


def _act_on_documents(
    request: Request, space: str, body: NamesBody, key: RequestKey | None, act: str
) -> Response:
    """Carry out an act on named documents once, note it, and answer how many it was about."""
    label_space = space_of(request, space)
    with claimed(request, label_space, key):
        record = earlier_body(label_space, key)
        if record is None:
            carry_out, answer_key, words = _ACTS[act]
            is_of_all = act == "forget" and body.all
            decisions = {"decisions": label_space.answer_log.n_decided()} if is_of_all else {}
            n = carry_out(label_space.answer_log, _names(body), folder="")
            record = {answer_key: n} | decisions
            note_act(request, label_space, act, f"{words} {quantity(n, 'document')}", key, record)
    return versioned(record, label_space)


def _without_passage(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without the words of its document; its evidence is of examples alone."""
    evidence = answer["evidence"]
    return answer | {"evidence": None if evidence is None else evidence | {"passage": None}}


def _suggestions_of(answer_log: AnswerLog, body: SuggestionsBody) -> list[Suggestion]:
    """Return the suggestions that a body names. Raises Refusal (409) where one is gone."""
    present = {one.key: one for one in answer_log.suggestions(evidence=0)}
    suggestions: dict[str, Suggestion] = {}
    for place, decision in enumerate(body.suggestions):
        suggestion = present.get(decision.key)
        if suggestion is None or suggestion.answer.label != decision.label:
            raise Refusal(
                409,
                f"suggestions.{place}: a document for which that class is not suggested now",
                expected="suggestions as they are now",
                remedy="list them again, then decide",
            )
        suggestions[decision.key] = suggestion
    return list(suggestions.values())


def _names(body: NamesBody) -> list[str] | None:
    if bool(body.names) == body.all:
        raise Refusal(
            422, "both names and all" if body.all else "no names", expected="names, or all: true"
        )
    return None if body.all else body.names
