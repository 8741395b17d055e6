"""Names that a package offers, each imported from its module at the first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(
    package: str,
    modules: Mapping[str, tuple[str, ...]],
    needs: Mapping[str, tuple[str, ...]] | None = None,
) -> Callable[[str], Any]:
    """Return what a package assigns to its ``__getattr__``.

    Args:
        package: the name of the package, its ``__name__``.
        modules: the names that it offers, by the module that defines them.
        needs: arguments of :func:`~protolabel.system.extras.require`, by the module that needs an
            extra. Where that is missing, its names are there, and their use says what to install.
    """
    module_of = {name: module for module, names in modules.items() for name in names}

    def value_of(name: str) -> Any:
        """Return a name that is not there yet; the next look finds it in the package itself."""
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if needs and module_of[name] in needs:
            from protolabel.system.extras import stand_in

            absent = stand_in(name, *needs[module_of[name]])
            if absent is not None:
                return absent
        value = getattr(import_module(module_of[name]), name)
        setattr(import_module(package), name, value)
        return value

    return value_of
