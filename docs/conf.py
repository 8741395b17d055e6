"""Settings of the documentation site: `make site` builds it from these pages with Sphinx."""

from __future__ import annotations

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
