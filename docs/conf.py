"""Settings of the documentation site: `make site` builds it from these pages with Sphinx."""

from __future__ import annotations

import re
from typing import Any

import protolabel

project = "protolabel"
author = "The protolabel contributors"
copyright = f"2026, {author}"  # noqa: A001
version = release = protolabel.__version__

extensions = [
    "myst_parser",  # pages in Markdown
    "sphinx.ext.autodoc",  # the Python reference, from docstrings
    "sphinx.ext.napoleon",  # Google sections in docstrings
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autoclass_content = "class"
html_theme = "furo"
html_title = "protolabel"
html_static_path: list[str] = []


def setup(app: Any) -> None:
    """Leave out what scikit-learn adds to an estimator: its docstrings refer to its own site."""
    app.connect("autodoc-skip-member", _skip)


def _skip(_app: Any, _what: str, name: str, _member: Any, skip: bool, _options: Any) -> bool | None:
    return True if re.fullmatch(r"set_\w+_request", name) else skip or None
