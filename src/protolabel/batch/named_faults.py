"""Names the file in errors of the system that name none, such as that of a full disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

Method = TypeVar("Method", bound=Callable[..., Any])


def naming_output(method: Method) -> Method:
    """Let errors of a method that writes say which file they are about: the ``output`` of self."""

    @wraps(method)
    def naming(self: Any, *args: Any, **settings: Any) -> Any:
        try:
            return method(self, *args, **settings)
        except OSError as error:
            if error.filename is None:
                error.filename = os.fspath(self.output)
            raise

    return cast(Method, naming)
