"""Texts read as a slash command, where the repo has a few sites and builds."""

from bot.commands.models import Command, PasteCommand
from bot.commands.parsing import parser
from provisioning.values.kinds import BOTH, Kinds

SITES, BUILDS = ["london", "new york", "paris"], ["design", "kiosk"]


def parse(text: str, kinds: Kinds = BOTH) -> Command:
    """The command in a text, where the repo has these kinds of names."""
    return parser.parse(text, lambda: SITES, lambda: BUILDS, kinds)


def pasted(text: str) -> list[str]:
    """The serials in a text that is a paste."""
    command = parse(text)
    assert isinstance(command, PasteCommand)
    return [entry.serial.text for entry in command.result.entries]


def places_of(command: Command) -> list[tuple[str | None, str | None]]:
    """The site and the build of each Mac of a paste."""
    assert isinstance(command, PasteCommand)
    return [(entry.site, entry.build) for entry in command.result.entries]
