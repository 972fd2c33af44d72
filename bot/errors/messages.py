"""Errors as people are told them: what is wrong, and what to do."""

from collections.abc import Sequence

from bot.commands.words import Misunderstood
from bot.slack.markup import escape, known, moment, person, place
from bot.slack.users import CannotCheck, NotAMember
from infrastructure.errors import RollcallError
from provisioning.firstboot.bench import BenchEnded, BenchOccupied
from provisioning.firstboot.corrections import NoLongerMeant
from provisioning.firstboot.unknown import AlreadySettled
from provisioning.imports.approval import NothingLeft
from provisioning.imports.batches import NotOpen
from provisioning.imports.models import READING, REGISTERED
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoUnusable, UnknownDestination
from provisioning.policy import NotAllowed
from provisioning.registrations.changes import AlreadyThere, NothingToDo, TooManyMacs
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.name_clashes import ComputerNameClashes
from provisioning.registrations.naming import ComputerNameTaken
from provisioning.registrations.operations import NotUndoable
from provisioning.values.computer_names import InvalidComputerName
from provisioning.values.serials import InvalidSerial, InvalidSerials

# Those whose own text says it.
SAYING_WHAT_TO_DO = (
    NotAMember,
    CannotCheck,
    NotUndoable,
    BenchOccupied,
    BenchEnded,
    NoLongerMeant,
    NothingToDo,
    TooManyMacs,
    AlreadyThere,
)
MOST_REASONS = 10  # serials whose faults are told one by one


def sentence(error: RollcallError, repo: MunkiRepo, command: str) -> str:
    """Return what to tell the person who caused `error`, as Slack's markup."""
    if isinstance(error, SAYING_WHAT_TO_DO):
        return escape(str(error))
    if isinstance(error, AlreadySettled):
        return _settled_by_others(error)
    return (
        _sentence(error, repo, command)
        or _of_a_dry_run(error)
        or _of_a_name(error)
        or (f"{escape(str(error))} Nothing was changed; try again, or ask whoever runs Rollcall.")
    )


def _sentence(error: RollcallError, repo: MunkiRepo, command: str) -> str | None:
    match error:
        case Misunderstood():
            return f"{escape(str(error))}. `{command} help` shows what can be typed."
        case InvalidSerial() | InvalidSerials():
            return f"{escape(_reasons(error))}\nNothing was changed; fix it and send it again."
        case UnknownDestination():
            return f"{escape(str(error))}{_did_you_mean(error.nearest)}{_known(error, repo)}"
        case NotRegistered():
            return (
                f"{escape(str(error))}{_did_you_mean(error.nearest)} "
                f"`{command} find` looks for it, `{command} register` registers it."
            )
        case NotAllowed():
            return f"{escape(str(error))} {_granting(error)}"
    return None


def _of_a_dry_run(error: RollcallError) -> str | None:
    if isinstance(error, NothingLeft):
        return f"{escape(str(error))} Hand the rest in again to see why."
    return _settled(error) if isinstance(error, NotOpen) else None


def _of_a_name(error: RollcallError) -> str | None:
    if isinstance(error, InvalidComputerName | ComputerNameTaken | ComputerNameClashes):
        return f"{escape(str(error))} Nothing was changed; send it again with another name."
    return None


def _settled(error: NotOpen) -> str:
    if error.state == READING:
        return "That is still being read; wait for what comes of it."
    if error.by is None or error.at is None:
        return f"{escape(str(error))} Hand the serials in again."
    how = "registered" if error.state == REGISTERED else "dropped"
    return f"That was {how} already, by {person(error.by)} {moment(error.at)}."


def _known(error: UnknownDestination, repo: MunkiRepo) -> str:
    try:
        names = repo.sites() if error.kind == "site" else repo.builds()
    except RepoUnusable:  # since a moment ago
        return ""
    return " " + known(names, f"There are these {error.kind}s")


def _granting(error: NotAllowed) -> str:
    who = [f"<!subteam^{error.group}>"] if error.group else []
    who += [person(admin) for admin in error.admins]
    return f"Who can grant it or do it: {', '.join(who)}." if who else ""


def _reasons(error: InvalidSerial | InvalidSerials) -> str:
    errors = error.errors if isinstance(error, InvalidSerials) else (error,)
    more = f"\n… and {len(errors) - MOST_REASONS} more" if len(errors) > MOST_REASONS else ""
    return "\n".join(str(one) for one in errors[:MOST_REASONS]) + more


def _did_you_mean(nearest: Sequence[str]) -> str:
    return (
        f" Did you mean {' or '.join(f'*{escape(name)}*' for name in nearest)}?" if nearest else ""
    )


def _settled_by_others(error: AlreadySettled) -> str:
    if error.to is not None:
        where = place(error.to.site, error.to.build)
        who = person(error.by) if error.by else "its own script"
        return f"`{error.serial}` is registered for {where} already; {who} was faster."
    if error.by is not None:
        return f"{person(error.by)} said already that `{error.serial}` is not ours."
    return f"It was settled already what becomes of `{error.serial}`."
