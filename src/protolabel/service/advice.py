"""Advice of the library in the words of the service: what a caller can ask for, not commands.

The library names commands of the command line in its remedies. This is the one place where they
are replaced by the request that does the same, for programs and for people at the page. What only
the operator of the service can do stays a command, and is said to be for its machine.
"""

from __future__ import annotations

import re
from types import MappingProxyType

# Of a command, the kind of change that does the same.
_CHANGES = MappingProxyType(
    {
        "add": "add",
        "describe": "describe",
        "lift": "nest",
        "merge": "merge",
        "move": "move",
        "nest": "nest",
        "remove": "remove",
        "rename": "rename",
        "retire": "retire",
        "set": "configure",
        "sharpen": "sharpen",
        "split": "split",
        "undo": "undo",
        "unretire": "restore",
    }
)
# Of a command, the request that does the same.
_ROUTES = MappingProxyType(
    {
        "classes": "GET .../classes",
        "conflicts": "GET .../conflicts",
        "discover": "POST .../discover",
        "evaluate": "GET .../evaluation",
        "export": "GET .../export",
        "forget": "POST .../forget",
        "history": "GET .../history",
        "import": "POST .../import",
        "label": "POST .../label",
        "reencode": "POST .../reencode",
        "review": "GET .../suggestions",
        "risk": "GET .../risk",
        "show": "GET .../examples",
    }
)
_OF_OPERATOR = ("backup", "check", "info", "init", "key", "restore", "serve", "train")
_OPERATORS_WORDS = " on the machine of the service"  # after a command that stays one
_NAMES = "|".join([*_CHANGES, *_ROUTES, *_OF_OPERATOR])
_ARGUMENT = r"(?:'[^']*'|\"[^\"]*\"|[^\s`;,)'\"])+"
_COMMAND = re.compile(
    rf"`(?:protolabel|pip install) [^`]*`{_OPERATORS_WORDS}"  # advice that has been here
    r"|(?P<installs>`pip install [^`]*`)"
    r"|(?P<settles>LabelSpace\.settle\(\))"
    rf"|`protolabel (?P<quoted>{_NAMES})\b(?P<of_quoted>[^`]*)`"
    rf"|\bprotolabel (?P<name>{_NAMES})\b(?P<rest>(?: {_ARGUMENT})*)"
)
# Of what messages call by the parameter of the library, the option of `protolabel serve`.
_OPTIONS = MappingProxyType(
    {
        "text_field": "--text-field",
        "id_field": "--id-field",
        "encoding": "--encoding",
        "fmt": "--format",
    }
)
_PARAMETER = re.compile(rf"\b({'|'.join(_OPTIONS)})=(?=$|[\s),;:])")
_FILES = re.compile(r"\b(DATA|FOLDER)\b")  # which no request can name


def over_http(advice: str) -> str:
    """Return advice with a request in the place of each command of the command line.

    Advice that has been through it stays as it is.
    """
    return _COMMAND.sub(_request, advice)


def of_followed_folder(advice: str) -> str:
    """Return advice about a file of the followed folder: how it is read is said at the start."""
    return _PARAMETER.sub(
        lambda match: f"`{_OPTIONS[match[1]]}` of `protolabel serve --follow`{_OPERATORS_WORDS}",
        over_http(advice),
    )


def _request(match: re.Match[str]) -> str:
    name = match["quoted"] or match["name"]
    if match["installs"]:
        return f"{match[0]}{_OPERATORS_WORDS}"
    if match["settles"]:
        return "`POST .../settle`"
    if name is None:
        return match[0]
    arguments = match["of_quoted"] if match["quoted"] else match["rest"]
    if name == "set" and "remember" in arguments.split():
        return f"`POST .../remember` (what: {arguments.split()[-1]})"
    if name == "review" and "--all" in arguments:
        return "`GET .../remembered`"
    if name == "review" and "--reconsider" in arguments:
        return "`POST .../reconsider`"
    if name in _CHANGES:
        return f"the change `{_CHANGES[name]}`"
    if name == "discover" and "--reconsider" in arguments:
        return "`POST .../proposals/KEY/reconsider`"
    has_files = name != "label" and _FILES.search(arguments)
    if name in _ROUTES and not has_files:
        return f"`{_ROUTES[name]}`"
    return f"`protolabel {name}{arguments}`{_OPERATORS_WORDS}"
