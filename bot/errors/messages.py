"""Messages of errors to people in Slack: each names the problem and its fix."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.commands.parsing.talk import ONE_SERIAL
from bot.commands.parsing.verbs import UnknownVerb
from bot.commands.parsing.words import Misunderstood
from bot.slack.markup import known, moment, person, place, with_rest
from bot.slack.users import CannotCheck, NotAMember
from infrastructure.errors import RollcallError
from provisioning.firstboot.benches import BenchEnded, BenchOccupied
from provisioning.firstboot.decisions.questions import AlreadyDecided
from provisioning.firstboot.replacements.corrections import CorrectionOutdated
from provisioning.firstboot.replacements.replacing import NotReplaceable
from provisioning.firstboot.unknown import AlreadySettled
from provisioning.imports.approval import NothingLeft
from provisioning.imports.edits.changes import InvalidRow, NothingAlike, NotTheirs, RowsChanged
from provisioning.imports.edits.recording import NothingToUndo
from provisioning.imports.lifecycle import NotOpen
from provisioning.imports.models import DROPPED, READING, REGISTERED
from provisioning.imports.parsing.tokens.serial_shapes import SHORTEST
from provisioning.monitoring.drift.drifts import DriftChanged, DriftSettled, NotToTakeOver
from provisioning.monitoring.webhooks.hooks import UnknownHook
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoUnusable, UnknownDestination
from provisioning.policy import NotAllowed
from provisioning.registrations.changes import AlreadyThere, NothingToDo, TooManyMacs
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.names.name_clashes import ComputerNameClashes
from provisioning.registrations.names.naming import ComputerNameTaken
from provisioning.registrations.operations import NotUndoable
from provisioning.values.computer_names import InvalidComputerName
from provisioning.values.language import _, alternatives, as_sentence, commas, worded
from provisioning.values.serials import InvalidSerial, InvalidSerials
from provisioning.values.slack import escape

MAX_REASONS = 10  # serials whose errors are listed one by one


@dataclass(frozen=True, slots=True)
class _ErrorContext:
    """An error on its way to a person: `command` is the name of the slash command."""

    error: Any
    repo: MunkiRepo
    command: str

    @property
    def text(self) -> str:
        """The error's own text as markup, in the reader's language."""
        return escape(worded(self.error))


def sentence(error: RollcallError, repo: MunkiRepo, command: str) -> str:
    """Return the sentence for the person who caused `error`, as Slack's markup.

    An error without an entry in the table has that of the class that it is derived from.
    """
    kind = next(kind for kind in type(error).__mro__ if kind in _SENTENCES)
    return _SENTENCES[kind](_ErrorContext(error, repo, command))


def _settled(error: NotOpen) -> str:
    if error.state == READING:
        return _("That is still being read; wait for what comes of it.")
    if error.state == DROPPED and error.by is None and error.at is not None:
        return _(
            "That dry run ended {moment}, and nothing was registered. Hand the serials in again.",
            moment=moment(error.at),
        )
    if error.by is None or error.at is None:
        return f"{escape(worded(error))} {_('Hand the serials in again.')}"
    facts = {"person": person(error.by), "moment": moment(error.at)}
    if error.state == REGISTERED:
        return _("That was registered already, by {person} {moment}.", **facts)
    return _("That was dropped already, by {person} {moment}.", **facts)


def _existing_names(error: UnknownDestination, repo: MunkiRepo) -> str:
    try:
        names = repo.now().sites() if error.kind == "site" else repo.now().builds()
    except RepoUnusable:  # since a moment ago
        return ""
    title = _("The sites are") if error.kind == "site" else _("The builds are")
    return f" {known(names, title)}"


def _granting(error: NotAllowed) -> str:
    granters = [f"<!subteam^{error.group}>"] if error.group else []
    granters += [person(admin) for admin in error.admins]
    return _("Who can allow it or do it: {names}.", names=commas(granters)) if granters else ""


def _reasons(error: InvalidSerial | InvalidSerials) -> str:
    errors = error.errors if isinstance(error, InvalidSerials) else (error,)
    return "\n".join(with_rest([worded(each) for each in errors[:MAX_REASONS]], len(errors)))


def _did_you_mean(nearest: Sequence[str]) -> str:
    if not nearest:
        return ""
    names = alternatives([f"*{escape(name)}*" for name in nearest])
    return f" {_('Did you mean {names}?', names=names)}"


def _settled_by_others(error: AlreadySettled) -> str:
    if error.to is not None:
        destination = place(error.to.site, error.to.build)
        winner = person(error.by) if error.by else _("its own script")
        return _(
            "`{serial}` is registered for {destination} already; {winner} was faster.",
            serial=error.serial,
            destination=destination,
            winner=winner,
        )
    if error.by is not None:
        return _(
            "{person} said already that `{serial}` is not ours.",
            person=person(error.by),
            serial=error.serial,
        )
    return _("It has already been settled what becomes of `{serial}`.", serial=error.serial)


def _faster(by: str | None) -> str:
    return (
        _("{person} was faster.", person=person(by)) if by else _("The message about it says how.")
    )


def _another_serial(context: _ErrorContext) -> str:
    reasons = escape(_reasons(context.error))
    return f"{reasons}\n{_('Nothing was changed; fix it and send it again.')}"


def _another_name(context: _ErrorContext) -> str:
    return f"{context.text} {_('Nothing was changed; send it again with another name.')}"


def _unknown_verb(context: _ErrorContext) -> str:
    """The way to what a text asks for, or else the verbs that it may mean."""
    if context.error.hint:
        return as_sentence(_(context.error.hint))
    return f"{as_sentence(context.text)}{_did_you_mean(context.error.nearest)}"


def _help(context: _ErrorContext) -> str:
    return _("`{command} help` shows what can be typed.", command=context.command)


def _looking(context: _ErrorContext) -> str:
    return _(
        "`{command} find` looks for it, `{command} register` registers it.", command=context.command
    )


def _not_registered(context: _ErrorContext) -> str:
    """The way on from a serial that is not registered, or from another word in its place."""
    is_word = context.error.serial.isalpha() and len(context.error.serial) < SHORTEST
    if is_word:  # `cancel all`
        return as_sentence(_(ONE_SERIAL))
    return f"{context.text}{_did_you_mean(context.error.nearest)} {_looking(context)}"


# Errors whose own text contains the fix.
_WITH_FIX = (
    NotAMember, CannotCheck, NotUndoable, BenchOccupied, BenchEnded, CorrectionOutdated,
    NotReplaceable, NothingToDo, TooManyMacs, AlreadyThere, RowsChanged, InvalidRow, NotTheirs,
    NothingAlike, NothingToUndo, DriftChanged, NotToTakeOver,
)  # fmt: skip
_SENTENCES: dict[type, Callable[[_ErrorContext], str]] = {
    RollcallError: lambda context: (
        f"{context.text} {_('Nothing was changed; try again, or ask whoever runs Rollcall.')}"
    ),
    **dict.fromkeys(_WITH_FIX, lambda context: context.text),
    DriftSettled: lambda context: f"{context.text} {_faster(context.error.by)}",
    AlreadySettled: lambda context: _settled_by_others(context.error),
    AlreadyDecided: lambda context: f"{context.text} {_faster(context.error.by)}",
    UnknownVerb: lambda context: f"{_unknown_verb(context)} {_help(context)}",
    Misunderstood: lambda context: f"{as_sentence(context.text)} {_help(context)}",
    **dict.fromkeys((InvalidSerial, InvalidSerials), _another_serial),
    **dict.fromkeys((InvalidComputerName, ComputerNameTaken, ComputerNameClashes), _another_name),
    UnknownDestination: lambda context: (
        f"{context.text}{_did_you_mean(context.error.nearest)}"
        f"{_existing_names(context.error, context.repo)}"
    ),
    NotRegistered: _not_registered,
    UnknownHook: lambda context: (
        f"{context.text} {_('`{command} webhooks` lists them.', command=context.command)}"
    ),
    NotAllowed: lambda context: f"{context.text} {_granting(context.error)}".rstrip(),
    NothingLeft: lambda context: f"{context.text} {_('Hand the rest in again to see why.')}",
    NotOpen: lambda context: _settled(context.error),
}
