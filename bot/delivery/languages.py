"""The languages of messages: that of a person, or of the site that a message is about."""

import time
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.orm import Session

from bot.slack.users import CannotCheck, SlackUsers
from provisioning.imports import lifecycle
from provisioning.outbox.models import IMPORT, Card, Notification
from provisioning.policy import PolicyFile
from provisioning.values.language import ENGLISH
from provisioning.values.slack import is_conversation_id, is_user_id

log = structlog.get_logger()

RETRY_INTERVAL = 60.0  # seconds until Slack is asked for a language again: the relay waits for it


class Languages:
    """A chooser of the language of each message. English without a policy, or without people."""

    def __init__(
        self,
        policy: PolicyFile | None = None,
        people: SlackUsers | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy, self._people, self._clock = policy, people, clock
        self._ask_at = 0.0

    def of(self, session: Session, notification: Notification) -> str:
        """Return the code of the language to draw a message in. Raises nothing.

        For a person it is their own. In a channel it is that of the sites that the message is
        about, or of those that have the channel; where these have none in common, the policy's.
        """
        card_id = notification.card_id or notification.thread_id  # it is one, or in its thread
        card = session.get(Card, card_id) if card_id else None
        if person := _reader(session, notification, card):
            return self._of_person(person)
        if self._policy is None:
            return ENGLISH
        policy = self._policy.policy
        sites = _sites(notification, card) or policy.sites_of(notification.channel)
        codes = {policy.language_of(site) for site in sites}
        return codes.pop() if len(codes) == 1 else policy.language

    def _of_person(self, user: str) -> str:
        if self._people is None:
            return ENGLISH
        known = self._people.known_language(user)
        if known is not None or self._clock() < self._ask_at:
            return known or ENGLISH
        try:
            return self._people.language(user)
        except CannotCheck as error:
            log.info("language not known", reason=str(error))
            self._ask_at = self._clock() + RETRY_INTERVAL
            return ENGLISH


def _reader(session: Session, notification: Notification, card: Card | None) -> str | None:
    """The person who alone reads a message; None for a channel."""
    if is_user_id(notification.channel):
        return notification.channel
    if card is None or not is_conversation_id(notification.channel):
        return None
    return lifecycle.of_card(session, card).by if card.kind == IMPORT else card.registered_by


def _sites(notification: Notification, card: Card | None) -> Sequence[str]:
    """The sites that a message is about, where it names any."""
    facts = notification.facts
    if facts.get("site"):
        return [facts["site"]]
    return [card.site] if card and card.site else facts.get("sites") or ()
