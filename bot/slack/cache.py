"""A cache of Slack's answers that are renewed before anybody waits for them."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Generic, TypeVar

import structlog

from infrastructure.errors import RollcallError

log = structlog.get_logger()

LONGEST = 24 * 3600.0  # seconds that an answer is good for while a newer one is asked for
AGAIN = 10.0  # seconds after which a refusal is asked about again: it may have been fixed
RETRY = 30.0  # seconds between attempts to get a newer answer
MOST = 10_000  # answers remembered

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Known(Generic[Answer]):
    answer: Answer
    at: float
    retry_at: float


class RefreshAheadCache(Generic[Answer]):
    """Answers by key; those older than `fresh` seconds are renewed behind the asker's back.

    `ask` gets a key and returns its answer or raises RollcallError. `most` answers are kept, the
    newest. Threads may share a memory.
    """

    def __init__(
        self,
        ask: Callable[[str], Answer],
        *,
        fresh: float,
        clock: Callable[[], float],
        most: int = MOST,
    ) -> None:
        self._ask, self._fresh, self._clock, self._most = ask, fresh, clock, most
        self._known: OrderedDict[str, _Known[Answer]] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: str, *, good: Callable[[Answer], bool]) -> Answer:
        """Return the answer for `key`, asking for it where none from the last day is known.

        One that is not `good` for the person who waits is asked for again before they are
        refused. Raises what the asking raises.
        """
        now = self._clock()
        with self._lock:
            known = self._known.get(key)
        if known is None or now - known.at > LONGEST:
            return self._renew(key)
        if not good(known.answer) and now - known.at > AGAIN:
            newer = self._renewed(key)
            return known.answer if newer is None else newer
        if now - known.at > self._fresh:
            self._renew_behind(key, known, now)
        return known.answer

    def _renew(self, key: str) -> Answer:
        at = self._clock()
        answer = self._ask(key)
        with self._lock:
            self._known[key] = _Known(answer, at, at)
            self._known.move_to_end(key)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        return answer

    def _renewed(self, key: str) -> Answer | None:
        try:
            return self._renew(key)
        except RollcallError as error:
            log.warning("an old answer of Slack's has to do", about=key, reason=str(error))
            return None

    def _renew_behind(self, key: str, known: _Known[Answer], now: float) -> None:
        with self._lock:
            if now < known.retry_at:
                return
            known.retry_at = now + RETRY
        Thread(target=self._renewed, args=(key,), name="members", daemon=True).start()
