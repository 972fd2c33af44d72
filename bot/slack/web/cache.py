"""A cache of Slack's answers that renews them in the background."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Generic, TypeVar

import structlog

from infrastructure.errors import RollcallError

log = structlog.get_logger()

MAX_AGE = 24 * 3600.0  # seconds for which an answer is used while a newer one is asked for
REFUSAL_MAX_AGE = 10.0  # seconds after which a refusal is asked about again: it may have been fixed
RETRY_INTERVAL = 30.0  # seconds between attempts to get a newer answer
MAX_ANSWERS = 10_000  # answers remembered

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _CachedAnswer(Generic[Answer]):
    answer: Answer
    at: float
    retry_at: float


class RefreshAheadCache(Generic[Answer]):
    """Answers by key; those older than `max_age` seconds are renewed in the background.

    `ask` gets a key and returns its answer or raises RollcallError. The newest `max_answers` are
    kept. Threads may share a cache.
    """

    def __init__(
        self,
        ask: Callable[[str], Answer],
        *,
        max_age: float,
        clock: Callable[[], float],
        max_answers: int = MAX_ANSWERS,
    ) -> None:
        self._ask, self._max_age, self._clock, self._max_answers = ask, max_age, clock, max_answers
        self._cached: OrderedDict[str, _CachedAnswer[Answer]] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: str, *, good: Callable[[Answer], bool]) -> Answer:
        """Return the answer for `key`, asking for it where none from the last day is cached.

        One that is not `good` for the person who waits is asked for again before they are
        refused. Raises what `ask` raises.
        """
        now = self._clock()
        with self._lock:
            cached = self._cached.get(key)
        if cached is None or now - cached.at > MAX_AGE:
            return self._renew(key)
        if not good(cached.answer) and now - cached.at > REFUSAL_MAX_AGE:
            newer = self._renew_or_none(key)
            return cached.answer if newer is None else newer
        if now - cached.at > self._max_age:
            self._renew_behind(key, cached, now)
        return cached.answer

    def known(self, key: str) -> Answer | None:
        """Return the answer for `key` from the last day; None where there is none."""
        with self._lock:
            cached = self._cached.get(key)
        is_old = cached is None or self._clock() - cached.at > MAX_AGE
        return None if cached is None or is_old else cached.answer

    def _renew(self, key: str) -> Answer:
        asked_at = self._clock()
        answer = self._ask(key)
        with self._lock:
            self._cached[key] = _CachedAnswer(answer, asked_at, asked_at)
            self._cached.move_to_end(key)
            if len(self._cached) > self._max_answers:
                self._cached.popitem(last=False)
        return answer

    def _renew_or_none(self, key: str) -> Answer | None:
        try:
            return self._renew(key)
        except RollcallError as error:
            log.warning("an old answer of Slack's has to do", about=key, reason=str(error))
            return None

    def _renew_behind(self, key: str, cached: _CachedAnswer[Answer], now: float) -> None:
        with self._lock:
            if now < cached.retry_at:
                return
            cached.retry_at = now + RETRY_INTERVAL
        Thread(target=self._renew_or_none, args=(key,), name="members", daemon=True).start()
