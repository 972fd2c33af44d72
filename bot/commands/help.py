"""The help: every form of the slash command, with its meaning."""

from collections.abc import Sequence

from bot.commands.dispatch import Dispatcher
from bot.commands.models import FormCommand, HelpCommand
from bot.dependencies import BotDependencies, Requester
from bot.slack.markup import Message, known, paragraphs
from provisioning.munki.destinations import DestinationIndex
from provisioning.values.kinds import BOTH, BUILD, SITE, Kinds


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the command, and an empty one where no form can be opened."""

    def answer(command: HelpCommand, _: Requester) -> Message:
        known = DestinationIndex(dependencies.repo.now()).known
        if command.verb:
            return guide_to(command.verb, dependencies.command, Kinds.of(*known))
        return guide(dependencies.command, *known)

    dispatcher.handle(HelpCommand, answer)
    dispatcher.handle(FormCommand, lambda _, requester: answer(HelpCommand(), requester))


def usage(kinds: Kinds) -> Sequence[tuple[str, str]]:
    """The forms of the slash command where a repo has these kinds, each with its meaning."""
    form, site = kinds.form, " [SITE]" if SITE in kinds.names else ""
    parts = ", ".join(f"a {kind}" for kind in kinds.names)
    deeds = {SITE: ("goes to SITE", "go to SITE"), BUILD: ("becomes BUILD", "become BUILD")}
    one, several = (" and ".join(deeds[kind][number] for kind in kinds.names) for number in (0, 1))
    return (
        (f"register SERIAL {form}", f"this Mac {one}"),
        (f"register SERIAL {form} named NAME", "and its computer name is NAME"),
        ("register ANYTHING", "a list, a table or an email: you see it first, then register it"),
        ("template", "sends you a spreadsheet to fill in"),
        (f"move SERIAL {form}", "send a registered Mac somewhere else"),
        ("name SERIAL NAME", "set the computer name of a registered Mac"),
        ("cancel SERIAL", "cancel a registration"),
        ("reimage SERIAL", "have a Mac imaged again"),
        ("replace OLD NEW", "a Mac or its board was replaced: NEW takes the place of OLD"),
        ("show SERIAL", "everything that happened to a Mac"),
        ("preview SERIAL", "what would happen to a Mac if it booted now, and why"),
        ("find TEXT", f"any part of a serial, {parts}, a note, or a @person"),
        (f"list{site}", "the Macs that are still waiting"),
        (
            f"bench {form} 12 [for 2h]",
            f"the next 12 Macs that nobody registered and whose script names no place {several}",
        ),
        (f"bench {form} 12 [for 2h] all", "also Macs whose script names a place"),
        ("log", "who did what"),
        ("digest", "the Macs that need attention"),
        (f"stats{site} [WEEKS]", "a chart of how many Macs were done, and how fast"),
        (f"export{site}", "all registrations as a CSV file"),
        ("doctor", "what an admin needs to fix"),
        ("help [VERB]", "this text, or what one command does"),
    )


USAGE = usage(BOTH)


def guide_to(verb: str, command: str, kinds: Kinds) -> Message:
    """The help on one verb: its forms."""
    forms = [(form, meaning) for form, meaning in usage(kinds) if form.split()[0] == verb]
    lines = [f"• `{command} {form}`: {meaning}" for form, meaning in forms]
    return Message("\n".join(lines), paragraphs(lines))


def guide(command: str, sites: Sequence[str] | None, builds: Sequence[str] | None) -> Message:
    """The help: everything that can be typed; None for a kind of names that the repo lacks."""
    forms = usage(Kinds.of(sites, builds))
    usage_lines = "\n".join(f"• `{command} {form}`: {meaning}" for form, meaning in forms)
    first, *others = [
        known(names, title)
        for names, title in ((sites, "Sites"), (builds, "Builds"))
        if names is not None
    ]
    lines = [
        f"*{command}* opens a form. Or type, in upper or lower case:\n{usage_lines}",
        f"Put names with spaces in quotes.\n{first}",
        *others,
    ]
    return Message("\n".join(lines), paragraphs(lines))
