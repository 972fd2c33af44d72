"""Errors as people are told them: what is wrong, and what to do."""

from collections.abc import Sequence

from bot.blocks import answers
from bot.blocks.texts import escape
from bot.grammar import Misunderstood
from provisioning.errors import (
    InvalidSerial,
    InvalidSerials,
    NotRegistered,
    RepoUnusable,
    RollcallError,
    UnknownDestination,
)
from provisioning.munki import MunkiRepo

MOST_REASONS = 10  # serials whose faults are told one by one


def sentence(error: RollcallError, repo: MunkiRepo, command: str) -> str:
    """Return what to tell the person who caused `error`, as Slack's markup."""
    match error:
        case Misunderstood():
            return f"{escape(str(error))}. `{command} help` shows what can be typed."
        case InvalidSerial() | InvalidSerials():
            return f"{escape(_reasons(error))}\nNothing was changed; mend it and send it again."
        case UnknownDestination():
            return f"{escape(str(error))}{_did_you_mean(error.nearest)}{_known(error, repo)}"
        case NotRegistered():
            return (
                f"{escape(str(error))}{_did_you_mean(error.nearest)} "
                f"`{command} find` looks for it, `{command} register` registers it."
            )
    return f"{escape(str(error))} Nothing was changed; try again, or ask whoever runs Rollcall."


def _known(error: UnknownDestination, repo: MunkiRepo) -> str:
    try:
        names = repo.sites() if error.kind == "site" else repo.builds()
    except RepoUnusable:  # since a moment ago
        return ""
    return " " + answers.known(names, f"There are these {error.kind}s")


def _reasons(error: InvalidSerial | InvalidSerials) -> str:
    errors = error.errors if isinstance(error, InvalidSerials) else (error,)
    more = f"\n… and {len(errors) - MOST_REASONS} more" if len(errors) > MOST_REASONS else ""
    return "\n".join(str(one) for one in errors[:MOST_REASONS]) + more


def _did_you_mean(nearest: Sequence[str]) -> str:
    return (
        f" Did you mean {' or '.join(f'*{escape(name)}*' for name in nearest)}?" if nearest else ""
    )
