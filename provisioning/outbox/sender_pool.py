"""A pool of threads that send messages, so that one that hangs delays no other."""

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import structlog

from provisioning.outbox.claims import Claim
from provisioning.outbox.outcomes import Outcome, Unanswered

PLACES = 64
"""Messages that are sent at once, one a channel: more than most companies send within the client's
timeout, which is as long as one can hang. A thread that waits costs little.
"""
MAX_SILENT = PLACES // 2  # for channels whose last message got no answer


class SenderPool:
    """A pool of messages that are being sent. It never uses the database."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(PLACES, thread_name_prefix="sender")
        self._under_way: dict[Future[Outcome], Claim] = {}
        self._silent: set[str] = set()

    @property
    def is_full(self) -> bool:
        """True if no message can begin now."""
        return len(self._under_way) >= PLACES

    @property
    def is_idle(self) -> bool:
        """True if no message is being sent."""
        return not self._under_way

    def passed_over(self) -> Collection[str]:
        """The channels in which no message can begin now.

        Messages are being sent in them, even where the lease has run out. Where many hang at once,
        channels that hung before are added: half of the places are for the others.
        """
        posting = {claimed.notification.channel for claimed in self._under_way.values()}
        are_many = len(posting & self._silent) >= MAX_SILENT
        return posting | self._silent if are_many else posting

    def start(self, claimed: Claim, send: Callable[[], Outcome]) -> None:
        """Have a claimed message sent."""
        context = structlog.contextvars.get_contextvars()

        def sent() -> Outcome:
            with structlog.contextvars.bound_contextvars(**context):
                return send()

        self._under_way[self._pool.submit(sent)] = claimed

    def ended(self, timeout: float) -> list[tuple[Claim, Outcome]]:
        """Return the outcomes of messages that ended; waits for one, `timeout` seconds at most."""
        ended_futures, _ = wait(self._under_way, timeout, return_when=FIRST_COMPLETED)
        return [self._outcome(future) for future in ended_futures]

    def last(self) -> list[tuple[Claim, Outcome]]:
        """Wait until all messages have ended and return their outcomes; none can begin then."""
        self._pool.shutdown()
        return [self._outcome(future) for future in tuple(self._under_way)]

    def _outcome(self, future: Future[Outcome]) -> tuple[Claim, Outcome]:
        claimed, outcome = self._under_way.pop(future), future.result()
        if isinstance(outcome, Unanswered):
            self._silent.add(claimed.notification.channel)
        else:
            self._silent.discard(claimed.notification.channel)
        return claimed, outcome
