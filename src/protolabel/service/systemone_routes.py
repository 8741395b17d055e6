"""The door for programs written for hosted decision models: a state, and questions with options.

A label space answers questions of the type ``choice`` whose options are its classes. Their
probabilities are its own, among the options.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from protolabel.answers import Answer
from protolabel.arithmetic.calibration import TooManyClasses
from protolabel.client import systemone
from protolabel.identity.document_key import document_key
from protolabel.label_space.answer_path.choice_among import choice_among
from protolabel.label_space.view import View
from protolabel.readers.fields import text_fault
from protolabel.service.bodies import ChoiceQuestion, SystemOneBody
from protolabel.service.body_routes import BodyRoute
from protolabel.service.fitted_views import is_fitted
from protolabel.service.problems import Refusal
from protolabel.service.roles import role
from protolabel.service.state import State, state_of
from protolabel.types import Document

router = APIRouter(route_class=BodyRoute, tags=["label"])

_ALL_CLASSES = 2**31  # are ranked: more than there are, also after a change meanwhile


@router.post("/v1/systemone", dependencies=[role("label")], response_model=systemone.Decisions)
async def system_one(request: Request, body: SystemOneBody) -> Response:
    """Answer questions of the type ``choice`` about one state, whose options are classes.

    ``model`` names the label space; where there is one alone, any name will do. ``confidence`` is
    the chance that the choice is right, *none of these* counted in, whichever the options are; null
    where the label space has no chances. Instructions are not read.
    """
    state = state_of(request)
    name = _space_name(state, body.model)
    document = Document("state", "\n".join(_texts(body.state)), has_own_id=False)
    _require_text(document)
    document = _named(document)
    state.bounds.check_documents([document])
    served = await state.served(name)
    view = served.space.view()
    classes = await asyncio.to_thread(_answering, view)
    for question in body.questions.values():
        _check(question, classes)
    reply = await served.batcher.answers_of_version([document], _ALL_CLASSES, 0)
    if reply.version != view.version:  # the classes may be others by now
        classes = await asyncio.to_thread(_answering, reply.view)
        for question in body.questions.values():
            _check(question, classes)
    (answer,) = reply.answers
    _require_chances(answer, reply.view, math.ceil(state.bounds.fit_seconds) or 1)
    answers = {key: _answer(question, answer) for key, question in body.questions.items()}
    usage = {"input_tokens": 0, "output_tokens": 0}
    return JSONResponse({"model": name, "answers": answers, "usage": usage})


def _space_name(state: State, model: str) -> str:
    """Return the label space that a model's name means."""
    names = state.spaces.names
    if model not in names and len(names) == 1:
        return names[0]
    state.spaces.check_name(model)
    return model


def _named(document: Document) -> Document:
    """Return a state under a name that tells it from others: the beginning of its key."""
    return replace(document, id=f"state {document_key(document).hex()[:8]}")


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of a state in their order; names of fields are none of them."""
    parts = [value]  # the next one last: however deep a state is, nothing calls itself
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            parts.extend(reversed(part.values()))
        elif isinstance(part, list):
            parts.extend(reversed(part))
        elif isinstance(part, int | float) and not isinstance(part, bool):
            yield str(part)


def _answering(view: View) -> frozenset[str]:
    """Return the classes that can answer. Raises Refusal where they have no probabilities."""
    if view.settings.several:
        raise Refusal(
            409,
            "a label space whose documents may have several labels",
            expected="one whose documents have one, since a choice is one option",
        )
    return frozenset(view.prototypes.labels)


def _check(question: ChoiceQuestion, classes: frozenset[str]) -> None:
    unknown = [option for option in question.criteria if option not in classes]
    if unknown:
        raise Refusal(
            422,
            f"the option {unknown[0][:60]!r}, which is no class that can answer",
            expected="names of classes with an example or a description",
            remedy="ask for the classes of the label space",
        )


def _require_text(document: Document) -> None:
    """Raise Refusal where no text of a state is evidence: a choice cannot be declined."""
    fault = text_fault(document.text or "", "the state")
    if fault is not None:
        raise Refusal(422, fault.got, expected=fault.expected, remedy=fault.remedy)


def _require_chances(answer: Answer, view: View, seconds: int) -> None:
    """Raise Refusal where an answer has no probabilities: its view has none, or has none yet.

    ``seconds``: after which it is worth to ask again for those that are being computed.
    """
    if all(one.probability is not None for one in answer.alternatives):
        return
    if not is_fitted(view):
        raise Refusal(
            503,
            f"probabilities of version {view.version}, which are still being computed",
            expected="a label space that has not been changed just now",
            remedy=f"send it again in {seconds} s",
            headers={"Retry-After": str(seconds)},
        )
    if isinstance(view.calibration, TooManyClasses):
        raise Refusal(
            409,
            f"a label space without probabilities: {view.calibration.reason}",
            expected="one of fewer classes",
        )
    raise Refusal(
        409,
        "a label space that has too few examples for probabilities",
        expected="a calibrated one",
        remedy="add examples, or describe the classes",
    )


def _answer(question: ChoiceQuestion, answer: Answer) -> dict[str, Any]:
    """Return the choice among the options of a question, which are all classes, as JSON."""
    choice = choice_among(answer, question.criteria)
    if choice is None:
        raise Refusal(
            409,
            "a document that is a negative example of every option",
            expected="an option that it may still belong to",
            remedy=f"add another option, such as {answer.alternatives[0].label}"
            if answer.alternatives
            else "add it to its class as an example",
        )
    return {
        "type": "choice",
        "choice": choice.option,
        "probabilities": choice.shares,
        "confidence": choice.chance,
    }
