"""The composition of the relays of one process: one for each transport, each in its own thread."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeAlias

import structlog

from bot.delivery.languages import Languages
from bot.delivery.transport import SlackTransport
from bot.slack.users import SlackUsers
from bot.slack.web.results import OF_INSTALLATION
from infrastructure.heartbeats.files import SILENT
from infrastructure.heartbeats.process import Pulse
from infrastructure.loop import utc_now
from provisioning.maintenance import clock_correction
from provisioning.outbox.refusals import held, unheard
from provisioning.outbox.relay import Relay
from provisioning.policy import PolicyFile, UnusablePolicy
from provisioning.values.kinds import BOTH, Kinds

if TYPE_CHECKING:
    from rollcall.application import Application
    from rollcall.settings import RelaySettings

log = structlog.get_logger()

MakeRelay: TypeAlias = Callable[[Pulse], Relay]
"""A function that makes a relay, whose loop beats a pulse."""


def of(application: "Application", settings: "RelaySettings") -> Sequence[MakeRelay]:
    """Return what makes the relays, that of Slack first; each takes the pulse of its loop."""
    return [partial(_of_slack, application, settings, policy_if_usable(application))]


def run(relays: Sequence[MakeRelay], stop: Event, beat: Pulse) -> None:
    """Deliver by all relays until `stop` is set; one that fails ends all, with its error.

    `beat` hears of the process while each of its relays is heard.
    """
    first, *others = relays
    heard = [time.monotonic() for _ in others]
    errors: list[BaseException] = []

    def note(number: int, _doing: str = "", _seconds: float = 0) -> None:
        heard[number] = time.monotonic()

    def beat_for_all(doing: str = "", seconds: float = 0) -> None:
        if time.monotonic() - min(heard, default=float("inf")) < SILENT:
            beat(doing, seconds)

    def deliver(relay: Relay) -> None:
        try:
            relay.run(stop)
        except BaseException as error:  # raised again below: the process ends, and is started anew
            errors.append(error)
            stop.set()

    threads = [
        Thread(target=deliver, args=(make(partial(note, number)),), name=f"relay-{number + 2}")
        for number, make in enumerate(others)
    ]
    for thread in threads:
        thread.start()
    deliver(first(beat_for_all))
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def policy_if_usable(application: "Application") -> PolicyFile | None:
    """Return the policy; None where it cannot be read: a relay needs no other files."""
    try:
        return application.policy
    except UnusablePolicy as error:
        log.warning("cards ask for a site and a build", reason=str(error))
        return None


def kinds_asked_for(policy: PolicyFile | None) -> Callable[[], Kinds]:
    """Return a look-up of the kinds of names that cards ask for: both without a policy."""
    return (lambda: policy.policy.munki.layout.kinds) if policy else lambda: BOTH


def _of_slack(
    application: "Application",
    settings: "RelaySettings",
    policy: PolicyFile | None,
    pulse: Pulse,
) -> Relay:
    # A relay starts anew with a new token, or where the app was installed again.
    with application.database.begin() as session:
        held.release_refused_for(session, OF_INSTALLATION, utc_now())
    return Relay(
        application.database,
        SlackTransport(
            application.slack_client,
            kinds_asked_for(policy),
            Languages(policy, SlackUsers(application.slack_client)),
            settings.board_origin,
        ),
        pulse=pulse,
        correct_clock=clock_correction.set_right,
        count=application.tallies.delivery,
        tell_refused=lambda session, claimed, refused, at: unheard.tell(
            session, claimed, refused, at, admins=policy.policy.admins if policy else ()
        ),
    )
