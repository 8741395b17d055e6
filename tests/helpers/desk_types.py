"""Write desk/src/types.ts from the OpenAPI document: ``python tests/helpers/desk_types.py``.

The types of the page are those of the answers of the service. ``make desk`` builds the page.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from protolabel.service.app import make_app
from protolabel.service.options import Options

PATH = Path(__file__).parents[2] / "desk" / "src" / "types.ts"
HEAD = (
    "// The JSON of the service. Written from its OpenAPI document by tests/helpers/desk_types.py: "
    "change that.\n"
)
_NAMES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean",
          "null": "null"}  # fmt: skip


def types() -> str:
    """Return the file: an interface for each record that an answer may hold."""
    app, _ = make_app({}, Options())
    document = app.openapi()
    schemas = document["components"]["schemas"]
    present: set[str] = set()
    _collect(document["components"]["responses"], schemas, present)
    for operations in document["paths"].values():
        for operation in operations.values():
            _collect(operation["responses"], schemas, present)
    parts = [_interface(name, schemas[name]) for name in sorted(present)]
    return "\n".join([HEAD, *parts])


def _collect(part: Any, schemas: dict[str, Any], present: set[str]) -> None:
    """Add the names of all records that a part of the document refers to."""
    if isinstance(part, list):
        for one in part:
            _collect(one, schemas, present)
    elif isinstance(part, dict):
        name = str(part.get("$ref", "")).removeprefix("#/components/schemas/")
        if name in schemas and name not in present:
            present.add(name)
            _collect(schemas[name], schemas, present)
        for one in part.values():
            _collect(one, schemas, present)


def _interface(name: str, schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    lines = [
        f"  {key}{'' if key in required else '?'}: {_type(one)};"
        for key, one in schema.get("properties", {}).items()
    ]
    words = " ".join(schema.get("description", "").replace("``", "`").split())
    return "\n".join([f"/** {words} */", f"export interface {name} {{", *lines, "}\n"])


def _type(schema: dict[str, Any]) -> str:
    """Return the type of TypeScript that a schema is."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(map(json.dumps, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(map(_type, schema["anyOf"]))
    if schema.get("type") == "array":
        entry = _type(schema["items"])
        return f"({entry})[]" if " " in entry else f"{entry}[]"
    if schema.get("type") == "object":
        more = schema.get("additionalProperties")
        return f"Record<string, {_type(more) if isinstance(more, dict) else 'unknown'}>"
    return _NAMES.get(schema.get("type", ""), "unknown")


if __name__ == "__main__":
    PATH.write_text(types(), encoding="utf-8")
