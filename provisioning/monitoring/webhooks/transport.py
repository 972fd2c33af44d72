"""The transport of the outbox to receivers of webhooks."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

import orjson
import structlog
from sqlalchemy.orm import Session

from provisioning.monitoring.webhooks import queues, sender, signatures
from provisioning.monitoring.webhooks.addresses import ForbiddenAddress, Network
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.monitoring.webhooks.sender import NoAnswer, ReceiverAnswer
from provisioning.outbox.claims import Claim, Pace
from provisioning.outbox.models import WEBHOOK, Notification
from provisioning.outbox.outcomes import Declined, Outcome, Postponed, Refused, Sent

log = structlog.get_logger()

RETRY_PERIOD = timedelta(days=3)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=14)
BUSY = (408, 425, 429)  # refusals of the receiver's moment, not of the message


class Post(Protocol):
    """A function that posts a message, as `sender.post` does."""

    def __call__(
        self, url: str, body: bytes, headers: dict[str, str], *, allowed: Collection[Network]
    ) -> ReceiverAnswer:
        """Raises NoAnswer, ForbiddenAddress."""


class WebhookTransport:
    """A transport that posts messages to receivers.

    `allowed` returns the networks of the policy at this moment; `agent` is our name and version.
    A message that may have been taken is sent again, with the same id.
    """

    name = WEBHOOK
    pace = Pace()

    def __init__(
        self,
        allowed: Callable[[], Collection[Network]] = tuple,
        *,
        agent: str = "Rollcall",
        post: Post = sender.post,
    ) -> None:
        self._allowed, self._agent, self._post = allowed, agent, post

    def prepare(
        self, session: Session, claim: Claim, clock: Callable[[], datetime]
    ) -> Callable[[], Outcome] | None:
        """Return the call that sends a message; None where its receiver has ended."""
        message = claim.notification
        hook = session.get(Webhook, queues.hook_id(message.channel))
        if hook is None or hook.ended_at is not None:
            return None
        url, keys = hook.url, _keys(hook, clock())
        body = orjson.dumps({name: message.facts[name] for name in ("type", "timestamp", "data")})
        return lambda: self._send(message, url, body, keys, clock())

    def _send(
        self, message: Notification, url: str, body: bytes, keys: Collection[str], now: datetime
    ) -> Outcome:
        """Send a message; raises nothing."""
        pause = min(FIRST_PAUSE * 2 ** min(message.attempts - 1, 10), LONGEST_PAUSE)
        is_over = now - (message.due_at or message.occurred_at) > RETRY_PERIOD
        try:
            signed = signatures.headers(f"msg_{message.key}", now, body, [*keys])
            headers = {"User-Agent": self._agent, **signed}
            outcome = _outcome_of(self._post(url, body, headers, allowed=self._allowed()), pause)
        except (NoAnswer, ForbiddenAddress) as error:
            outcome = Postponed(str(error), in_doubt=False, after=pause)
        except Exception as error:  # what goes wrong at one message must not end the relay
            log.exception("webhook cannot be sent")
            outcome = Declined(f"it cannot be sent: {type(error).__name__}", after=pause)
        if is_over and isinstance(outcome, Postponed | Declined):
            return Refused(outcome.reason)
        return outcome


def _outcome_of(answer: ReceiverAnswer, pause: timedelta) -> Outcome:
    """Return the outcome of an answer; `pause` is that until the next attempt, if it names none."""
    status = answer.status
    if status in range(200, 300):
        return Sent(f"http {status}")
    if status == HTTPStatus.GONE:
        return Refused("it answered 410: it wants no more", is_of_channel=True)
    reason = f"it answered {status}"
    if status in BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Postponed(reason, in_doubt=False, after=max(pause, answer.retry_after or pause))
    if status in range(300, 400):
        reason += ": redirects are not followed"
    return Declined(reason, after=pause)


def _keys(hook: Webhook, now: datetime) -> list[str]:
    """The keys that sign: the former one too, until its end."""
    former, until = hook.former_key, hook.former_until
    return [hook.key, former] if former and until and until > now else [hook.key]
