"""The site's Python reference: Sphinx finds every method that the tables of docs/api.md name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from sphinx.application import Sphinx

pytestmark = pytest.mark.filterwarnings("ignore:The mapping interface for autodoc")

DOCS = Path(__file__).parents[1] / "docs"
TABLE = re.compile(r"^\| method of `([\w.]+)` \|.*\n\|---\|---\|\n((?:\|.*\n)+)", re.M)
CLASSES = {  # of the handles, which are attributes of a label space
    "LabelSpace.answer_log": "AnswerLog",
    "LabelSpace.inbox": "Inbox",
    "LabelSpace.preview": "Previews",
}


@pytest.fixture(scope="module")
def described(tmp_path_factory) -> set[str]:
    """The names that the page of public names describes, as the site's inventory has them."""
    source = tmp_path_factory.mktemp("docs")
    shutil.copy(DOCS / "conf.py", source)
    shutil.copy(DOCS / "api.md", source / "index.md")
    app = Sphinx(source, source, source / "out", source / "trees", "dummy", status=None)
    app.build()
    return set(app.env.domains["py"].objects)


def test_the_site_describes_every_method_that_the_page_lists(described):
    page = (DOCS / "api.md").read_text("utf-8")
    tables = {owner: re.findall(r"^\| `(\w+)", rows, re.M) for owner, rows in TABLE.findall(page)}
    assert {"LabelSpace", "Client", "View", "PrototypicalClassifier", *CLASSES} <= set(tables)
    assert {"label", "add", "undo"} <= set(tables["LabelSpace"])
    assert {"label", "change"} <= set(tables["Client"])
    for owner, methods in tables.items():
        parts = [name.split(".") for name in described]
        names = {last for *_, above, last in parts if above == CLASSES.get(owner, owner)}
        assert not set(methods) - names, owner


def test_what_every_change_has_stands_once_and_what_is_of_no_public_base_with_each(described):
    changes = {name.removeprefix("protolabel.label_space.changes.") for name in described}
    assert {"ChangeRequest.reason_to_stay", "Retire.write", "Add.needs"} <= changes
    assert "Rename.refusal" not in changes
