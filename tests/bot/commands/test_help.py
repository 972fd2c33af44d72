"""The help of the slash command."""

from bot.commands.help import USAGE, guide, guide_to
from bot.commands.parsing.grammar import PLACED, VERBS
from bot.slack.markup import known
from provisioning.values.kinds import BOTH, Kinds
from tests.support.inputs.examples import ANY_NAME, LONGEST, faults, written


def test_every_command_is_explained() -> None:
    message = guide("/mac", ["london"], ["design"])

    for verb in ("register", "move", "cancel", "find", "list", "help"):
        assert f"• `/mac {verb}" in written(message)
    assert "Sites: london\nBuilds: design" in written(message)
    assert faults(message) == []


def test_the_help_on_a_verb_is_its_forms() -> None:
    message = guide_to("stats", "/mac", Kinds.of(None, ["design"]))

    assert written(message) == (
        "• `/mac stats [WEEKS]`: a chart of how many Macs were done, and how fast"
    )


def test_every_verb_has_a_help_of_its_own() -> None:
    lacking = [
        verb for verb in VERBS if f"`/mac {verb}" not in written(guide_to(verb, "/mac", BOTH))
    ]

    assert lacking == []


def test_verbs_that_take_a_site_read_it_in_the_words_of_people() -> None:
    placed = {form.split()[0] for form, _ in USAGE if "SITE" in form}

    # `register` has a way of its own; `token` takes a site in quotes only.
    assert placed - PLACED.keys() == {"register", "token"}


@ANY_NAME
def test_the_help_fits_whatever_and_how_many_the_sites_are(name: str) -> None:
    names = [name[:-4] + f"{number:04}" for number in range(500)]
    assert faults(guide("/" + "x" * 31, names, names)) == []


def test_long_names_of_sites_do_not_push_the_builds_out() -> None:
    names = [f"{LONGEST[:-4]}{number:04}" for number in range(30)]
    message = guide("/mac", names, names)

    assert written(message).count(names[19]) == 2


def test_of_many_names_the_first_twenty_are_told_and_the_rest_counted() -> None:
    names = [f"site{number:03}" for number in range(100)]

    assert known(names, "Sites").endswith("site018, site019 and 80 more")
    assert known([], "Sites") == "Sites: none"
    assert known(["a_b"], "Sites") == "Sites: a_\u200bb"
