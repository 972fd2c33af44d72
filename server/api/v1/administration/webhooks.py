"""Webhooks for programs: made, tried, given another key, replayed and ended; of named admins."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from structlog.contextvars import bind_contextvars

from infrastructure.text import Sentence
from provisioning.access.programs.models import ADMINISTER
from provisioning.access.programs.tokens import BoundToken
from provisioning.monitoring.webhooks import hooks
from provisioning.monitoring.webhooks.hooks import HookStatus, UnknownHook, UnusableHook
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.munki.errors import UnknownDestination
from provisioning.policy import NotAllowed
from provisioning.values.outsiders import shown
from server.api.v1.frame.routes import Answer, Call, Moment, RequestModel, Resource, Route, Text

MANAGING = Sentence("make and end webhooks")
MAX_NAMES = 100  # of types or sites of one webhook


class WebhookWish(RequestModel):
    """A webhook to make: without `types` and `sites` it hears of everything."""

    url: Annotated[str, Field(max_length=hooks.LONGEST_URL)]
    description: Annotated[Text, Field(max_length=hooks.LONGEST_DESCRIPTION)] = ""
    types: list[Text] = Field(default_factory=list, max_length=MAX_NAMES)
    sites: list[Text] = Field(default_factory=list, max_length=MAX_NAMES)


class WebhookResource(Resource):
    """A webhook: what it hears of (all, where empty), what waits for it, and the last reason.

    `pending` and `parked` count up to 10,000: one more stands for more. `parked` messages were not
    taken for three days. An ended one has `ended_at`.
    """

    id: int
    url: str
    description: str
    types: list[str]
    sites: list[str]
    made_by: str
    made_at: Moment
    ended_at: Moment | None
    pending: int
    parked: int
    reason: str | None


class WebhookKey(BaseModel):
    """A key that signs the messages of a webhook: no later call shows it."""

    webhook: int
    key: str
    former_until: Annotated[
        Moment | None, Field(description="until when the former key signs as well")
    ]


class Webhooks(BaseModel):
    """All webhooks, the ended ones too."""

    items: list[WebhookResource]


class Replayed(BaseModel):
    """The number of messages that were set aside and are sent again."""

    messages: int


def list_webhooks(call: Call) -> Answer[Webhooks]:
    """All webhooks without their keys, and what waits for each."""
    call.caller.permit_named_admin(MANAGING)
    with call.database.reading() as session:
        return Answer(Webhooks(items=[_shown(each) for each in hooks.listed(session)]))


def make_webhook(call: Call, body: WebhookWish) -> Answer[WebhookKey]:
    """Make a webhook. This answer alone has its key."""
    call.caller.permit_named_admin(MANAGING)
    repo = call.dependencies.repo.now()
    sites = [repo.site(site) for site in body.sites]
    with call.database.begin() as session:
        hook = hooks.make(
            session,
            body.url,
            by=call.caller.actor.by,
            at=call.at,
            allowed=call.dependencies.policy.policy.webhooks.allow,
            description=body.description,
            types=body.types,
            sites=sites,
        )
        bind_contextvars(webhook=hook.id)
        key = WebhookKey(webhook=hook.id, key=hook.key, former_until=None)
        return Answer(key, HTTPStatus.CREATED, _etag(hook), f"/webhooks/{hook.id}")


def get_webhook(call: Call, number: int) -> Answer[WebhookResource]:
    """A webhook, an ended one too. Its ETag changes with its key and its end."""
    call.caller.permit_named_admin(MANAGING)
    with call.database.reading() as session:
        return _answer(session, number)


def change_webhook_key(call: Call, number: int) -> Answer[WebhookKey]:
    """Give a webhook another key, which this answer alone has. For a day both sign."""
    with call.database.begin() as session:
        _check_seen(call, session, number)
        hook = hooks.change_key(session, number, at=call.at)
        key = WebhookKey(webhook=number, key=hook.key, former_until=hook.former_until)
        return Answer(key, etag=_etag(hook))


def test_webhook(call: Call, number: int) -> Answer[WebhookResource]:
    """Send a message of the type `test`, whatever the webhook listens to."""
    call.caller.permit_named_admin(MANAGING)
    with call.database.begin() as session:
        hooks.try_out(session, number, by=call.caller.actor.by, at=call.at)
        return _answer(session, number)


def replay_webhook(call: Call, number: int) -> Answer[Replayed]:
    """Send again what was not taken for three days and was set aside."""
    call.caller.permit_named_admin(MANAGING)
    # In transactions of its own: what a lost call leaves set aside, the next one sends again.
    return Answer(Replayed(messages=hooks.replay(call.dependencies.database, number, at=call.at)))


def end_webhook(call: Call, number: int) -> Answer[WebhookResource]:
    """End a webhook; what waits for it is deleted."""
    with call.database.begin() as session:
        _check_seen(call, session, number)
        hooks.end(session, number, by=call.caller.actor.by, reason="", at=call.at)
        return _answer(session, number)


def _check_seen(call: Call, session: Session, number: int) -> None:
    call.caller.permit_named_admin(MANAGING)
    bind_contextvars(webhook=number)
    call.check_seen(_etag(hooks.find(session, number)))


def _answer(session: Session, number: int) -> Answer[WebhookResource]:
    status = hooks.status(session, number)
    return Answer(_shown(status), etag=_etag(status.hook))


def _etag(hook: Webhook) -> str:
    """An entity tag by the moments of its changes; it tells nothing of the key."""
    moments: tuple[datetime | None, ...] = (hook.made_at, hook.former_until, hook.ended_at)
    return "-".join(f"{each.timestamp():.6f}" if each else "0" for each in moments)


def _shown(status: HookStatus) -> WebhookResource:
    hook = status.hook
    return WebhookResource(
        id=hook.id,
        url=hook.url,
        description=hook.description,
        types=hook.types,
        sites=hook.sites,
        made_by=shown(hook.made_by),
        made_at=hook.made_at,
        ended_at=hook.ended_at,
        pending=status.pending,
        parked=status.parked,
        reason=status.reason or hook.reason or None,
    )


_REFUSED = (BoundToken, NotAllowed)
_OF_ONE, _OF_NEW = (*_REFUSED, UnknownHook), (*_REFUSED, UnusableHook, UnknownDestination)
_PATH = "/webhooks/{number}"
_route = partial(Route, act=ADMINISTER, tag="webhooks")
ROUTES: Sequence[Route] = [
    _route("GET", "/webhooks", list_webhooks, refuses=_REFUSED),
    _route("POST", "/webhooks", make_webhook, refuses=_OF_NEW, status=HTTPStatus.CREATED),
    _route("GET", _PATH, get_webhook, refuses=_OF_ONE),
    _route("POST", f"{_PATH}/key", change_webhook_key, refuses=_OF_ONE, conditional=True),
    _route("POST", f"{_PATH}/test", test_webhook, refuses=_OF_ONE),
    _route("POST", f"{_PATH}/replay", replay_webhook, refuses=_OF_ONE),
    _route("POST", f"{_PATH}/end", end_webhook, refuses=_OF_ONE, conditional=True),
]
