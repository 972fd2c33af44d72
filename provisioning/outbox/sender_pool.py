"""A pool of threads in which posts are under way, so that one that hangs holds up no other."""

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import structlog

from provisioning.outbox.claims import Claim
from provisioning.outbox.outcomes import Outcome, Unanswered

PLACES = 64
"""Posts under way at once, one a channel. More channels and people than most companies write to
within the client's timeout, which is as long as a post can hang; a thread that waits costs little.
"""
PLACES_OF_SILENT = PLACES // 2  # for channels that got no answer the last time


class SenderPool:
    """Posts under way. The database is not touched in here: that is for whoever starts them."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(PLACES, thread_name_prefix="sender")
        self._under_way: dict[Future[Outcome], Claim] = {}
        self._silent: set[str] = set()

    @property
    def is_full(self) -> bool:
        """True where no other post can begin now."""
        return len(self._under_way) >= PLACES

    @property
    def is_idle(self) -> bool:
        """True where no post is under way."""
        return not self._under_way

    def passed_over(self) -> Collection[str]:
        """The channels in which nothing can begin now: those that are posted to, whatever the clock
        says of their lease; and, where many hang at once, those that hung before, so that half of
        the places are left to the others.
        """
        posting = {claimed.notification.channel for claimed in self._under_way.values()}
        are_many = len(posting & self._silent) >= PLACES_OF_SILENT
        return posting | self._silent if are_many else posting

    def start(self, claimed: Claim, send: Callable[[], Outcome]) -> None:
        """Have a claimed message sent."""
        context = structlog.contextvars.get_contextvars()

        def sent() -> Outcome:
            with structlog.contextvars.bound_contextvars(**context):
                return send()

        self._under_way[self._pool.submit(sent)] = claimed

    def ended(self, timeout: float) -> list[tuple[Claim, Outcome]]:
        """Return what became of the posts that ended, once one has or after `timeout` seconds."""
        done, _ = wait(self._under_way, timeout, return_when=FIRST_COMPLETED)
        return [self._outcome(future) for future in done]

    def last(self) -> list[tuple[Claim, Outcome]]:
        """Wait until all posts have ended and return what became of them; none can begin then."""
        self._pool.shutdown()
        return [self._outcome(future) for future in tuple(self._under_way)]

    def _outcome(self, future: Future[Outcome]) -> tuple[Claim, Outcome]:
        claimed, outcome = self._under_way.pop(future), future.result()
        if isinstance(outcome, Unanswered):
            self._silent.add(claimed.notification.channel)
        else:
            self._silent.discard(claimed.notification.channel)
        return claimed, outcome
