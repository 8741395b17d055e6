"""One service without keys, for the tests that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from service_process import Client, make_space, service


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_space(tmp_path_factory.mktemp("spaces") / "mail.space")


@pytest.fixture(scope="module")
def client(mail: Path) -> Iterator[Client]:
    """A service without keys over one label space."""
    with service(str(mail)) as one:
        yield one
