"""The composition of the relay process: a relay for each transport, each in its own thread."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Protocol, TypeAlias

import structlog

from bot.delivery.languages import Languages
from bot.delivery.transport import SlackTransport
from bot.slack.users import SlackUsers
from bot.slack.web.results import OF_INSTALLATION
from infrastructure.execution.loop import utc_now
from infrastructure.heartbeats.files import MAX_SILENCE
from infrastructure.heartbeats.process import Pulse
from provisioning.maintenance import clock_correction
from provisioning.monitoring.webhooks import refusals
from provisioning.monitoring.webhooks.fanout import FanOut
from provisioning.monitoring.webhooks.transport import WebhookTransport
from provisioning.outbox.refusals import held, unheard
from provisioning.outbox.relay import Relay
from provisioning.policy import Policy, PolicyFile, UnusablePolicy
from provisioning.values.kinds import BOTH, Kinds
from rollcall import version
from rollcall.parts.shared import SharedParts

if TYPE_CHECKING:
    from rollcall.settings import RelaySettings

log = structlog.get_logger()


class Runner(Protocol):
    """A relay, or another loop of this process."""

    def run(self, stop: Event) -> None:
        """Work until `stop` is set."""


MakeRelay: TypeAlias = Callable[[Pulse], Runner]
"""A function that makes a relay, whose loop beats a pulse."""


def of(shared: SharedParts, settings: "RelaySettings") -> Sequence[MakeRelay]:
    """Return factories of the relays, that of Slack first; each takes the pulse of its loop."""
    policy = policy_if_usable(shared)
    relays: list[MakeRelay] = [
        partial(_of_slack, shared, settings, policy),
        partial(_of_webhooks, shared, settings, policy),
        lambda pulse: FanOut(shared.database, board=settings.board_origin, pulse=pulse),
    ]
    if settings.smtp_url is not None and settings.mail_from is not None:
        url = settings.smtp_url.get_secret_value()
        relays.append(partial(_of_mail, shared, settings, url, settings.mail_from))
        relays.append(partial(_mail_gatherer, shared, policy))
    return relays


def run(relays: Sequence[MakeRelay], stop: Event, beat: Pulse) -> None:
    """Deliver by all relays until `stop` is set; one that fails ends all, with its error.

    `beat` is called while every relay gives signs of life.
    """
    first, *others = relays
    heard = [time.monotonic() for _ in others]
    errors: list[BaseException] = []

    def note(number: int, _doing: str = "", _seconds: float = 0) -> None:
        heard[number] = time.monotonic()

    def beat_for_all(doing: str = "", seconds: float = 0) -> None:
        if time.monotonic() - min(heard, default=float("inf")) < MAX_SILENCE:
            beat(doing, seconds)

    def deliver(relay: Runner) -> None:
        try:
            relay.run(stop)
        except BaseException as error:  # raised again below: the process ends, and is started again
            errors.append(error)
            stop.set()

    # All are made before any runs: where one cannot be, as the database is away, nothing goes on.
    main = first(beat_for_all)
    threads = [
        Thread(target=deliver, args=(make(partial(note, number)),), name=f"relay-{number + 2}")
        for number, make in enumerate(others)
    ]
    for thread in threads:
        thread.start()
    deliver(main)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def policy_if_usable(shared: SharedParts) -> PolicyFile | None:
    """Return the policy; None where it cannot be read: a relay needs no other files."""
    try:
        return shared.policy
    except UnusablePolicy as error:
        log.warning("cards ask for a site and a build", reason=str(error))
        return None


def kinds_asked_for(policy: PolicyFile | None) -> Callable[[], Kinds]:
    """Return a lookup of the kinds of names that cards ask for: both without a policy."""
    return (lambda: policy.policy.munki.layout.kinds) if policy else lambda: BOTH


def _of_slack(
    shared: SharedParts, settings: "RelaySettings", policy: PolicyFile | None, pulse: Pulse
) -> Relay:
    # A relay starts again with a new token, or where the app was installed again.
    with shared.database.begin() as session:
        held.release_refused_for(session, OF_INSTALLATION, utc_now())
    return Relay(
        shared.database,
        SlackTransport(
            shared.slack_client,
            kinds_asked_for(policy),
            Languages(policy, SlackUsers(shared.slack_client)),
            settings.board_origin,
        ),
        pulse=pulse,
        correct_clock=clock_correction.set_right,
        count=shared.tallies.delivery,
        tell_refused=lambda session, claimed, refused, at: unheard.tell(
            session, claimed, refused, at, admins=policy.policy.admins if policy else ()
        ),
    )


def _of_webhooks(
    shared: SharedParts, settings: "RelaySettings", policy: PolicyFile | None, pulse: Pulse
) -> Relay:
    return Relay(
        shared.database,
        WebhookTransport(
            lambda: policy.policy.webhooks.allow if policy else (),
            agent=f"Rollcall/{version.current()}",
        ),
        pulse=pulse,
        poll=1.0,
        count=shared.tallies.delivery,
        tell_refused=lambda session, claimed, refused, at: refusals.tell(
            session,
            claimed,
            refused,
            at,
            channel=settings.channel,
            admins=policy.policy.admins if policy else (),
        ),
    )


def _of_mail(
    shared: SharedParts, settings: "RelaySettings", url: str, sender: str, pulse: Pulse
) -> Relay:
    # Only here, so that a relay without a mail server carries none of it.
    from infrastructure.mail.server import MailServer
    from provisioning.monitoring.mail import bounces
    from provisioning.monitoring.mail.transport import BoardLinks, MailTransport

    origin, key = settings.board_origin, settings.mail_key
    way_back = BoardLinks(origin, key.get_secret_value()) if origin and key else None
    needed = {"ROLLCALL_URL": origin, "ROLLCALL_SECRET_KEY": key}
    if missing := [name for name, value in needed.items() if not value]:
        log.warning("mails have no links", fix=f"set {' and '.join(missing)} for the relay, too")
    server = MailServer(url)
    return Relay(
        shared.database,
        MailTransport(server, sender, origin, way_back),
        pulse=pulse,
        count=shared.tallies.delivery,
        tell_refused=partial(bounces.tell, channel=settings.channel),
    )


def _mail_gatherer(shared: SharedParts, policy: PolicyFile | None, pulse: Pulse) -> Runner:
    from provisioning.monitoring.mail.gathering import Gatherer

    return Gatherer(
        shared.database, lambda: policy.policy if policy else Policy.open(), pulse=pulse
    )
