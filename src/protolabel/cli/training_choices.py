"""What the options of `train` choose: scenario, recipe, and which classes take part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from protolabel.cli.common import opened
from protolabel.cli.terminal import note
from protolabel.episodes.scenario import Scenario
from protolabel.words.quantity import quantity

if TYPE_CHECKING:
    from protolabel.training import Past, Recipe


def without_small(past: Past, scenario: Scenario | dict[str, Any] | None) -> Past:
    """Return a past without the classes that an episode cannot be drawn from."""
    least = 2
    if isinstance(scenario, Scenario):
        least = scenario.shots[0] + scenario.n_query
    elif scenario:
        shot = scenario.get("n_shot", 1)
        least = (shot if isinstance(shot, int) else shot[0]) + scenario.get("n_query", 1)
    left, names = past.without_small(least)
    if names:
        note(
            f"left out {quantity(len(names), 'class')} of fewer than "
            f"{quantity(least, 'document')}: {', '.join(map(repr, names))}"
        )
    return left


def recipe_with(kind: Any, unlabelled: bool, options: dict[str, Any]) -> Recipe:
    """Return the recipe of a kind with what the options change of it."""
    from protolabel.training.loop.distributed import Processes
    from protolabel.training.network import recipe_of

    names = ("episodes", "episodes_per_step", "minutes", "learning_rate", "seed")
    recipe = recipe_of(kind, unlabelled=unlabelled)
    recipe = replace(recipe, **{n: options[n] for n in names if options[n] is not None})
    processes = Processes.started()
    if options["episodes_per_step"] is None and recipe.episodes_per_step % processes:
        rounds = recipe.episodes_per_step // processes + 1
        recipe = replace(recipe, episodes_per_step=rounds * processes)
        if Processes.first():
            share = quantity(recipe.episodes_per_step, "episode")
            note(f"{share} a step, shared out over {processes} processes (--episodes-per-step)")
    if recipe.episodes_in_steps > recipe.episodes and Processes.first():
        counts = recipe.episodes_in_steps, recipe.episodes_per_step
        total, step = (quantity(n, "episode") for n in counts)
        note(f"{total}, not {recipe.episodes:,}: a step is {step} (--episodes-per-step)")
    return recipe


def scenario_of(options: dict[str, Any]) -> Scenario | dict[str, Any] | None:
    """Return the scenario that the options make: all of it, what they fix of it, or None."""
    fields = {
        "n_way": options["way"],
        "n_shot": options["shot"],
        "n_query": options["query"],
        "uneven": options["uneven"] or None,
        "described": options["described"],
        "described_only": options["described_only"],
        "n_strangers": options["strangers"],
    }
    fixed = {name: value for name, value in fields.items() if value is not None}
    if options["like"]:
        with opened(options["like"]) as space:
            return replace(Scenario.like(space), **fixed)
    return fixed or None
