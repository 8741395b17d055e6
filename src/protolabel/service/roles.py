"""The role that a route needs: declared beside the route, checked before anything else happens."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, Request

from protolabel.service.access import Caller
from protolabel.service.same_space import refuse_for_another
from protolabel.service.state import state_of
from protolabel.service.undeclared_fields import refuse_undeclared


class Role:
    """Asks for a role; afterwards ``request.state.caller`` says who asks."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, request: Request) -> Caller:
        """Return who asks. Raises Refusal, also for what the route does not read, or another space.

        It is no work for a thread: a look at a few records. A label space is opened in one.
        """
        caller = state_of(request).access.require(request, self.name)
        request.state.caller = caller
        refuse_undeclared(request)
        await refuse_for_another(request)
        return caller


def role(name: str) -> Any:
    """Return the dependency of a route that asks for a role."""
    return Depends(Role(name))


def asker(request: Request) -> str | None:
    """Return in whose name a request changes something; None where there are no keys."""
    return request.state.caller.name or None


def may_see_words(request: Request) -> bool:
    """Return whether the words of remembered documents are for who asks, or their names alone."""
    caller: Caller = request.state.caller
    return caller.may("label")
