"""Services without keys: one for the tests that change nothing, and one of a test's own."""

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


@pytest.fixture
def own(path: Path) -> Iterator[Client]:
    """A service without keys over the label space ``path`` of a test, which it may change."""
    with service(str(path), "--no-browser") as one:
        yield one
