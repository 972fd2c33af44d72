"""Answers about webhooks. Of an address the host alone is shown: its path may be a secret."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.slack.markup import MAX_NAMED, Message, listing, paragraphs, plain
from provisioning.monitoring.webhooks.hooks import HookStatus
from provisioning.values.language import _, aside, clauses, commas, ngettext
from provisioning.values.slack import escape


def listed(statuses: Sequence[HookStatus], command: str, board: str | None) -> Message:
    """The open webhooks, each with its events and the number of pending messages."""
    present = [status for status in statuses if status.hook.ended_at is None]
    head = _("There are no webhooks.")
    if present:
        head = ngettext("{number} webhook", "{number} webhooks", len(present))
    lines = [head, *(f"• {_line(status)}" for status in present)]
    if present:
        lines.append(
            _(
                "`{command} test NUMBER` sends a test to one of them, `{command} replay NUMBER` "
                "sends again what is set aside.",
                command=f"{command} webhooks",
            )
        )
    return Message(head, paragraphs([*lines, _made_elsewhere(board)]))


def tried(number: int, command: str) -> Message:
    """The answer to a person who sends a test."""
    return plain(
        _(
            "A test is pending for webhook {number}; `{command}` says so until it is taken.",
            number=str(number),
            command=f"{command} webhooks",
        )
    )


def replayed(number: int) -> Message:
    """The answer to a person who has a number of messages sent again."""
    if not number:
        return plain(_("Nothing is set aside."))
    return plain(
        ngettext(
            "{number} message is pending again.", "{number} messages are pending again.", number
        )
    )


def _line(status: HookStatus) -> str:
    hook = status.hook
    host = escape(urlsplit(hook.url).netloc)
    line = _(
        "`{number}` {host}: {types}, {sites}",
        number=str(hook.id),
        host=aside(escape(hook.description), host) if hook.description else host,
        types=_named(hook.types) or _("all events"),
        sites=_named(hook.sites) or _("all sites"),
    )
    waits = commas([*_waiting(status)]) or _("nothing is pending")
    if status.reason:
        waits = aside(waits, escape(status.reason))
    return clauses([line, waits])


def _waiting(status: HookStatus) -> Iterator[str]:
    if status.pending:
        yield ngettext("{number} message pending", "{number} messages pending", status.pending)
    if status.parked:
        yield ngettext(
            "*{number} message set aside*", "*{number} messages set aside*", status.parked
        )


def _named(names: Sequence[str]) -> str:
    return listing([escape(name) for name in names[:MAX_NAMED]], len(names))


def _made_elsewhere(board: str | None) -> str:
    if board is None:
        return _(
            "One is made by `boot.sh webhooks make`: its key is shown once, and would stay in "
            "Slack."
        )
    return _(
        "One is made at {address} or by `boot.sh webhooks make`: its key is shown once, and would "
        "stay in Slack.",
        address=escape(f"{board}/board/webhooks"),
    )
