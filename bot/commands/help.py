"""The help: every form of the slash command, with its meaning."""

from collections.abc import Sequence

from bot.commands.dispatch import Dispatcher
from bot.commands.models import FormCommand, HelpCommand
from bot.slack.markup import Message, known, paragraphs
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.kinds import BOTH, BUILD, SITE, Kinds
from provisioning.values.language import _, marked


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command, and an empty one where no form can be opened."""
    dependencies = dispatcher.dependencies

    def answer(command: HelpCommand, __: Principal) -> Message:
        known = dependencies.places.known
        if command.verb:
            return guide_to(command.verb, dependencies.command, Kinds.of(*known))
        return guide(dependencies.command, *known)

    dispatcher.handle(HelpCommand, answer)
    dispatcher.handle(FormCommand, lambda __, principal: answer(HelpCommand(), principal))


# The meanings of forms that name the kinds: of `register`, of `bench` and of `find`.
_MEANINGS = {
    (SITE, BUILD): (
        marked("this Mac goes to SITE and becomes BUILD"),
        marked("the next 12 Macs that nobody registered go to SITE and become BUILD"),
        marked("any part of a serial, a site, a build or a note, a computer name, or a @person"),
    ),
    (SITE,): (
        marked("this Mac goes to SITE"),
        marked("the next 12 Macs that nobody registered go to SITE"),
        marked("any part of a serial, a site or a note, a computer name, or a @person"),
    ),
    (BUILD,): (
        marked("this Mac becomes BUILD"),
        marked("the next 12 Macs that nobody registered become BUILD"),
        marked("any part of a serial, a build or a note, a computer name, or a @person"),
    ),
}


def usage(kinds: Kinds) -> Sequence[tuple[str, str]]:
    """The forms of the slash command where a repo has these kinds, each with its meaning."""
    form, site = kinds.form, " [SITE]" if SITE in kinds.names else ""
    one, several, parts = _MEANINGS[kinds.names]
    return (
        (f"register SERIAL {form}", _(one)),
        (f"register SERIAL {form} named NAME", _("and its computer name is NAME")),
        ("register ANYTHING", _("a list, a table or an email: you see it first, then register it")),
        ("template", _("sends you a spreadsheet to fill in")),
        (f"move SERIAL {form}", _("send a registered Mac somewhere else")),
        ("name SERIAL NAME", _("set the computer name of a registered Mac")),
        ("cancel SERIAL", _("cancel a registration")),
        ("reimage SERIAL", _("have a Mac imaged again")),
        ("replace OLD NEW", _("a Mac or its board was replaced: NEW takes the place of OLD")),
        ("show SERIAL", _("everything that happened to a Mac")),
        ("preview SERIAL", _("what would happen to a Mac if it booted now, and why")),
        ("find TEXT", _(parts)),
        (f"list{site}", _("the Macs that are still waiting")),
        (f"bench {form} 12 [for 2h]", _(several)),
        (f"bench {form} 12 [for 2h] all", _("also Macs whose script names a place")),
        ("log", _("who did what")),
        ("digest", _("the Macs that need attention")),
        (f"stats{site} [WEEKS]", _("a chart of how many Macs were done, and how fast")),
        (f"export{site}", _("all registrations as a CSV file")),
        ("doctor", _("what an admin needs to fix")),
        (f"token NAME ACTS{site}", _("a token for a program; it may do no more than you")),
        ("sign-in", _("a code that lets you in to the board, once")),
        ("email ADDRESS", _("mail for you goes to ADDRESS; `off` ends it")),
        ("webhooks", _("programs that hear what happens, and what waits for them; for admins")),
        ("webhooks test NUMBER", _("sends a test to one of them")),
        ("webhooks replay NUMBER", _("sends again what it did not take for three days")),
        ("help [VERB]", _("this text, or what one command does")),
    )


USAGE = usage(BOTH)  # in English, for the documentation


def _line(command: str, form: str, meaning: str) -> str:
    return f"• {_('`{form}`: {meaning}', form=f'{command} {form}', meaning=meaning)}"


def guide_to(verb: str, command: str, kinds: Kinds) -> Message:
    """The help on one verb: its forms."""
    forms = [(form, meaning) for form, meaning in usage(kinds) if form.split()[0] == verb]
    lines = [_line(command, form, meaning) for form, meaning in forms]
    return Message("\n".join(lines), paragraphs(lines))


def guide(command: str, sites: Sequence[str] | None, builds: Sequence[str] | None) -> Message:
    """The help: everything that can be typed; None for a kind of names that the repo lacks."""
    forms = usage(Kinds.of(sites, builds))
    usage_lines = "\n".join(_line(command, form, meaning) for form, meaning in forms)
    first, *others = [
        known(names, title)
        for names, title in ((sites, _("Sites")), (builds, _("Builds")))
        if names is not None
    ]
    lines = [
        _("*{command}* opens a form. Or type, in upper or lower case:", command=command)
        + f"\n{usage_lines}",
        _("Put names with spaces in quotes.") + f"\n{first}",
        *others,
    ]
    return Message("\n".join(lines), paragraphs(lines))
