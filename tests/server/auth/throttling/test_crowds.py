"""Crowds of callers: they do not outrun the throttling, and no proxy hides a caller from it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from server.auth.throttling import MAX_GUESSES, MAX_OF_NAME
from tests.server.auth.throttling.callers import ELSEWHERE, LAB, PROXY, Door
from tests.support.installation import USERNAME


# Many addresses
def test_a_user_name_is_the_same_in_another_spelling(door: Door) -> None:
    spellings = (USERNAME.upper(), f" {USERNAME} ", USERNAME.title())
    for number in range(MAX_OF_NAME):
        assert door.guess(f"172.16.0.{number}", spellings[number % 3]) == 401

    assert door.guess(ELSEWHERE) == 429


def test_a_host_has_a_whole_network_and_is_one_caller(door: Door) -> None:
    statuses = [door.guess(f"2001:db8:1:2::{number:x}") for number in range(MAX_GUESSES + 1)]

    assert statuses == [*MAX_GUESSES * [401], 429]
    assert door.guess("2001:db8:1:3::1") == 401


def test_many_who_guess_at_once_are_all_slowed(door: Door) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: door.guess(), range(60)))

    assert MAX_GUESSES <= statuses.count(401) <= MAX_GUESSES + 8
    assert statuses.count(429) == 60 - statuses.count(401)


# Behind proxies
def test_a_caller_cannot_say_that_he_is_somebody_else(door: Door) -> None:
    for number in range(MAX_GUESSES):
        assert door.guess(LAB, X_Forwarded_For=f"10.1.1.{number}") == 401

    assert door.guess(LAB, X_Forwarded_For="10.1.1.99") == 429


def test_behind_a_proxy_it_is_the_caller_who_is_slowed(start: Callable[..., Door]) -> None:
    door = start(proxies=1)
    for number in range(MAX_GUESSES):
        said = {"X-Forwarded-For": f"10.9.9.{number}, 10.0.0.7:{50_000 + number}"}
        assert door.guess(PROXY, **said) == 401

    assert door.guess(PROXY, **{"X-Forwarded-For": "10.9.9.99, 10.0.0.7"}) == 429
    assert door.fetch(PROXY, **{"X-Forwarded-For": "10.0.0.8"}).status_code == 200


def test_a_proxy_that_says_nothing_readable_is_slowed_itself(start: Callable[..., Door]) -> None:
    door = start(proxies=1)
    for number in range(MAX_GUESSES):
        said = ("unknown", "", f"_hidden{number}", "[::1", f"10.0.0.{number}:x")[number % 5]
        assert door.guess(PROXY, **{"X-Forwarded-For": said}) == 401

    assert door.guess(PROXY, **{"X-Forwarded-For": "unknown"}) == 429
    assert door.guess(PROXY) == 429
    assert door.guess(PROXY, **{"X-Forwarded-For": "10.0.0.8"}) == 401
