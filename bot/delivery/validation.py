"""A check of our messages by Slack: the newest of each kind, as drawn now."""

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackObjectFormationError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.delivery import rendering
from bot.slack import modals
from bot.slack.markup import Message
from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.findings import Finding
from provisioning.outbox.claims import Claim
from provisioning.outbox.models import FILE, SLACK, Card, Notification
from provisioning.values.kinds import Kinds

log = structlog.get_logger()

TIMEOUT = 2  # seconds for one question: a person waits for the doctor
MAX_REASONS = 3
# The answers of blocks.validate about what was shown to it, not about the question
# (docs.slack.dev/reference/methods/blocks.validate). It needs no scope.
_VERDICTS = ("invalid_blocks", "invalid_message", "invalid_view")
_FIX = (
    "It is shown without its table or its buttons, or not at all: upgrade Rollcall, or report this "
    "with your version."
)


def findings(slack: WebClient, database: Database, now: datetime, kinds: Kinds) -> list[Finding]:
    """Return the faults that Slack finds in two windows and in the newest message of each kind.

    Slack does not report its refusal of a window that answers another one. There are no findings
    where Slack is down, or has no `blocks.validate`. Raises nothing.
    """
    quick = copy.copy(slack)
    quick.timeout = TIMEOUT
    questions: dict[str, Callable[[], object]] = {
        "the form": partial(quick.blocks_validate, view=modals.form(kinds)),
        "a window that tells an error": partial(
            quick.blocks_validate, view=modals.failed("There is no such Mac.", "Register Macs")
        ),
    }
    for name, message in _newest(database, now, kinds).items():
        ask = partial(quick.blocks_validate, blocks=message.blocks)
        questions[f"a message of the kind {name!r}"] = ask
    return list(_asked(questions))


def _asked(questions: dict[str, Callable[[], object]]) -> Iterator[Finding]:
    for subject, ask in questions.items():
        try:
            ask()
        except SlackObjectFormationError as error:
            yield Finding("blocks", f"Rollcall cannot make {subject}: {first_line(error)}.", _FIX)
        except SlackApiError as error:
            if error.response.get("error") not in _VERDICTS:
                log.info("Slack validates no blocks", reason=str(error.response.get("error"))[:100])
                return
            fact = f"Slack would refuse {subject}: {_reasons(error)}."
            yield Finding("blocks", fact, _FIX)
        except Exception as error:  # slack_sdk raises nearly anything for an odd answer
            log.info("Slack validates no blocks", reason=first_line(error)[:100])
            return


def _reasons(error: SlackApiError) -> str:
    problems = error.response.get("errors") or []
    named = [f"{problem.get('message')} at {problem.get('pointer')}" for problem in problems]
    return "; ".join(named[:MAX_REASONS]) or str(error.response["error"])


def _newest(database: Database, now: datetime, kinds: Kinds) -> dict[str, Message]:
    """The newest message of each kind, drawn now; those without content are left out.

    So are those that cannot be drawn, such as kinds of a newer release: the relay tells of them.
    """
    found: dict[str, Message] = {}
    with database.reading() as session:
        try:
            for row in _rows(session):
                with suppress(LookupError):
                    claim = Claim(row, "", now, None, (row.id,))
                    if outgoing := rendering.draw(session, claim, now, kinds):
                        found[outgoing.kind] = outgoing.message
        except SQLAlchemyError as error:  # the doctor says so already
            log.info("messages cannot be drawn", reason=first_line(error))
            return {}
    return found


def _rows(session: Session) -> list[Notification]:
    """The newest row of the outbox of each kind, of cards of each kind of theirs."""
    newest = (
        select(func.max(Notification.id))
        .join(Card, Card.id == Notification.card_id, isouter=True)
        .where(Notification.transport == SLACK, Notification.kind != FILE)  # which has no blocks
        .group_by(Notification.kind, Card.kind)
    )
    query = select(Notification).where(Notification.id.in_(newest)).order_by(Notification.id)
    return list(session.scalars(query))
