"""Commands to a home in ten languages: the templates of home-assistant-intents, written out.

Native speakers wrote the templates, each language on its own, so the commands are no translations
of one another. Of a template that offers choices, such as "(start|set) [a] timer", a command takes
one at random. Both packages lie in ``.bench`` and are copied nowhere.
"""

from __future__ import annotations

import functools
import random
import re
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.results import CACHE

PACKAGES = CACHE / "multilingual"
LEAST, MOST, EACH = 6, 15, 2  # templates of a class, commands of a template
_TRIES = 20


@dataclass(frozen=True)
class Language:
    """A language. ``devices``, ``rooms``, ``timer``: the words that a home gives its own things."""

    code: str
    title: str
    script: str
    devices: tuple[str, ...]
    rooms: tuple[str, ...]
    timer: str


LANGUAGES = [
    Language("en", "English", "Latin", ("lamp", "TV", "heater"), ("kitchen", "bedroom"), "pizza"),
    Language("de", "German", "Latin", ("Lampe", "Fernseher", "Heizung"), ("Küche", "Schlafzimmer"),
             "Pizza"),
    Language("es", "Spanish", "Latin", ("lámpara", "televisor", "calefacción"),
             ("cocina", "dormitorio"), "pizza"),
    Language("fr", "French", "Latin", ("lampe", "télévision", "chauffage"), ("cuisine", "chambre"),
             "pizza"),
    Language("pl", "Polish", "Latin", ("lampa", "telewizor", "ogrzewanie"),
             ("kuchnia", "sypialnia"), "pizza"),
    Language("ru", "Russian", "Cyrillic", ("лампа", "телевизор", "обогреватель"),
             ("кухня", "спальня"), "пицца"),
    Language("el", "Greek", "Greek", ("λάμπα", "τηλεόραση", "θερμοσίφωνας"),
             ("κουζίνα", "υπνοδωμάτιο"), "πίτσα"),
    Language("hy", "Armenian", "Armenian", ("լամպ", "հեռուստացույց", "ջեռուցիչ"),
             ("խոհանոց", "ննջասենյակ"), "պիցցա"),
    Language("th", "Thai", "Thai", ("โคมไฟ", "ทีวี", "ฮีตเตอร์"), ("ห้องครัว", "ห้องนอน"), "พิซซ่า"),
    Language("zh-CN", "Chinese", "Han", ("台灯", "电视", "暖气"), ("厨房", "卧室"), "披萨"),
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Commands:
    """The commands of a language: texts, classes, and the template that each comes from."""

    texts: list[str]
    y: np.ndarray
    template: np.ndarray


class _Unknown(Exception):
    """A template names things that a home would have to name."""


@functools.cache
def packages() -> tuple[Any, Any]:
    """The modules of both packages."""
    if not PACKAGES.exists():
        print(f"skipped: {PACKAGES} is not there (make bench-multilingual installs into it)")
        sys.exit(0)
    if str(PACKAGES) not in sys.path:
        sys.path.append(str(PACKAGES))  # last: it hides no package of the project
    import hassil
    import home_assistant_intents

    return home_assistant_intents, hassil


@functools.cache
def intents_of(code: str) -> dict[str, Any]:
    """What the package has for a language."""
    intents = packages()[0].get_intents(code)
    assert isinstance(intents, dict)
    return intents


@functools.cache
def classes() -> dict[str, str]:
    """Intents that every language here has enough templates of, with the package's description."""
    usable = [
        {name for name, templates in templates_of(one).items() if len(templates) >= LEAST}
        for one in LANGUAGES
    ]
    intents = packages()[0].get_intent_info()
    return {name: intents[name]["description"].partition(" (")[0]
            for name in sorted(set.intersection(*usable))}  # fmt: skip


@functools.cache
def templates_of(language: Language) -> dict[str, list[list[str]]]:
    """By intent: of each template some different commands, in a random order of templates."""
    rng = random.Random(language.code)
    content = intents_of(language.code)
    walk = _Walk(language, content, rng)
    by_intent: dict[str, list[list[str]]] = {}
    for name, intent in sorted(content["intents"].items()):
        templates = [one for data in intent["data"] for one in data["sentences"]]
        rng.shuffle(templates)
        commands = (walk.commands(template) for template in templates)
        by_intent[name] = [some for some in commands if some]
    return by_intent


@functools.cache
def commands_of(language: Language) -> Commands:
    """All commands of a language; each stands for one class alone."""
    texts: list[str] = []
    y: list[int] = []
    template: list[int] = []
    by_class = {name: templates_of(language)[name] for name in classes()}
    owners: dict[str, set[str]] = {}
    for name, templates in by_class.items():
        for text in (text.casefold() for some in templates for text in some):
            owners.setdefault(text, set()).add(name)
    earlier: set[str] = set()
    for number, templates in enumerate(by_class.values()):
        for some in templates[:MOST]:
            fresh = [
                t for t in some if len(owners[t.casefold()]) == 1 and t.casefold() not in earlier
            ]
            earlier |= {text.casefold() for text in fresh}
            texts += fresh
            y += [number] * len(fresh)
            template += [(template[-1] + 1 if template else 0)] * len(fresh)
    return Commands(texts, np.array(y), np.array(template))


class _Walk:
    """Random ways through templates."""

    def __init__(self, language: Language, content: dict[str, Any], rng: random.Random) -> None:
        self._rules = content.get("expansion_rules", {})
        self._lists = content.get("lists", {})
        self._rng = rng
        own = {"name": language.devices, "area": language.rooms, "timer_name": (language.timer,)}
        self._own: dict[str, tuple[str, ...]] = own

    def commands(self, template: str) -> list[str]:
        """A few different commands of a template; none where it needs other words."""
        commands: dict[str, None] = {}
        for _ in range(_TRIES):
            try:
                text = self._text(packages()[1].parse_sentence(template).expression)
            except _Unknown:
                return []
            commands[re.sub(r"\s+", " ", text).strip()] = None
            if len(commands) == EACH:
                break
        return [text for text in commands if text]

    def _text(self, part: Any) -> str:
        kinds = packages()[1].expression
        if isinstance(part, kinds.TextChunk):
            return str(part.original_text)
        if isinstance(part, kinds.Alternative):
            return self._text(self._rng.choice(part.items))
        if isinstance(part, kinds.Permutation):
            return " ".join(
                self._text(one) for one in self._rng.sample(part.items, len(part.items))
            )
        if isinstance(part, kinds.Group):
            return "".join(self._text(one) for one in part.items)
        if isinstance(part, kinds.RuleReference):
            if part.rule_name not in self._rules:
                raise _Unknown
            return self._text(packages()[1].parse_sentence(self._rules[part.rule_name]).expression)
        return self._of_list(part.list_name)

    def _of_list(self, name: str) -> str:
        if name in self._own:
            return self._rng.choice(self._own[name])
        one = self._lists.get(name, {})
        if "range" in one:
            low, high = int(one["range"]["from"]), int(one["range"]["to"])
            return str(self._rng.randint(max(low, 2), max(high, 2)))
        if "values" in one:
            value = self._rng.choice(one["values"])
            template = value if isinstance(value, str) else value["in"]
            return self._text(packages()[1].parse_sentence(template).expression)
        raise _Unknown
