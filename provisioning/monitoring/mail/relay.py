"""The relay of mail: beside delivering, it gathers what there is to tell by mail."""

from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from infrastructure.database.engine import Database
from infrastructure.execution import loop
from infrastructure.execution.loop import utc_now
from infrastructure.heartbeats.process import Pulse
from provisioning.monitoring.mail import bounces, gathering
from provisioning.monitoring.mail.transport import MailTransport
from provisioning.outbox.relay import Relay
from provisioning.policy import Policy

LOOK = 5.0  # seconds between two looks at what happened


class MailRelay(Relay):
    """A relay of mail. `channel` of Slack hears where no mail is taken."""

    def __init__(
        self,
        database: Database,
        transport: MailTransport,
        policy: Callable[[], Policy],
        *,
        channel: str | None,
        pulse: Pulse,
        count: Callable[[str, str], None],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(
            database,
            transport,
            clock=clock,
            pulse=pulse,
            count=count,
            tell_refused=lambda session, claimed, refused, at: bounces.tell(
                session, claimed, refused, at, channel=channel
            ),
        )
        self._gathered_from, self._policy, self._now = database, policy, clock

    def run(self, stop: Event) -> None:
        """Gather and deliver until `stop` is set; what fails ends both, with its error."""
        errors: list[BaseException] = []

        def gather() -> None:
            try:
                loop.run(self.gather, stop)
            except BaseException as error:  # raised again below
                errors.append(error)
                stop.set()

        thread = Thread(target=gather, name="mail", daemon=True)
        thread.start()
        super().run(stop)
        thread.join()
        if errors:
            raise errors[0]

    def gather(self) -> float:
        """Enqueue what is new. Returns the seconds until the next look."""
        with self._gathered_from.reading() as session:
            is_new = gathering.is_anything_new(session)
            news = gathering.look(session, self._policy(), self._now()) if is_new else None
        if news:
            with self._gathered_from.begin() as session:
                gathering.record(session, news)
        return LOOK
