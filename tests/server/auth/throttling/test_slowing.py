"""Throttling of callers who guess; a crowd of them takes little memory."""

import time
from collections.abc import Callable
from itertools import count

import pytest

from server.auth.guesses import MAX_KEYS, WINDOW
from server.auth.throttling import (
    MAX_BEFORE_PAUSE,
    MAX_GUESSES,
    MAX_OF_CUSTOMER,
    MAX_OF_NAME,
    Throttle,
    TriedCredential,
)
from tests.support.clocks import Seconds
from tests.support.tables import for_each

GUESSER, OTHER = "10.0.0.7", "10.0.0.8"


@pytest.fixture
def watch(seconds: Seconds) -> Throttle:
    return Throttle(clock=seconds)


def trying(text: object, name: str | None = None) -> TriedCredential:
    """An attempt with a credential of its own."""
    return TriedCredential(f"{text}".encode().rjust(32), name)


def guesses(name: str | None = None) -> Callable[[], TriedCredential]:
    """Attempts of which each is a new one."""
    numbers = count()
    return lambda: trying(next(numbers), name)


def heard(watch: Throttle, address: str, tried: TriedCredential) -> bool:
    """Try something wrong; returns True where it was looked at."""
    if watch.pause(address, tried):
        return False
    watch.count(address, tried)
    return True


def heard_of(
    watch: Throttle, times: int, address: str, fresh: Callable[[], TriedCredential]
) -> int:
    return sum(heard(watch, address, fresh()) for _ in range(times))


def test_whoever_guesses_is_heard_so_often_and_then_told_when_to_come_again(
    watch: Throttle, seconds: Seconds
) -> None:
    fresh = guesses()
    assert watch.is_idle
    assert heard_of(watch, MAX_GUESSES + 10, GUESSER, fresh) == MAX_GUESSES
    seconds.now += 17.5

    assert watch.pause(GUESSER, fresh()) == watch.pause(GUESSER) == 43
    assert watch.pause(OTHER, fresh()) == 0


def test_slowing_passes(watch: Throttle, seconds: Seconds) -> None:
    fresh = guesses()
    heard_of(watch, MAX_GUESSES + 1, GUESSER, fresh)
    seconds.now += WINDOW

    assert watch.is_idle
    assert heard_of(watch, MAX_GUESSES + 1, GUESSER, fresh) == MAX_GUESSES


@for_each("began", [0.0, 0.1, 1 / 3, 12345.6789, 2.0**40])
def test_no_pause_is_longer_than_it_was_meant(began: float) -> None:
    watch = Throttle(1, clock=lambda: began)
    watch.count(GUESSER)

    assert watch.pause(GUESSER) == WINDOW


def test_a_clock_that_is_set_changes_no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock was ahead by days, and is set back while an address is slowed."""
    ahead = time.time() + 327_632
    monkeypatch.setattr(time, "time", lambda: ahead)
    watch = Throttle()
    heard_of(watch, MAX_GUESSES, GUESSER, guesses())
    monkeypatch.undo()

    assert 1 <= watch.pause(GUESSER) <= WINDOW


def test_even_a_clock_that_goes_back_keeps_nobody_out(watch: Throttle, seconds: Seconds) -> None:
    fresh = guesses("imaging")
    heard_of(watch, MAX_GUESSES, GUESSER, fresh)
    seconds.now -= 327_632

    assert watch.is_idle
    assert heard_of(watch, MAX_GUESSES + 1, GUESSER, fresh) == MAX_GUESSES


def test_the_same_guess_again_is_no_new_one(watch: Throttle, seconds: Seconds) -> None:
    """A Mac with an old password comes for days; what is answered says nothing new."""
    old = trying("old", "imaging")
    for _ in range(10 * MAX_GUESSES):
        assert heard(watch, GUESSER, old)
        seconds.now += 20

    assert watch.is_idle, "nothing is counted that was counted before"
    assert heard_of(watch, MAX_GUESSES + 1, GUESSER, guesses("imaging")) == MAX_GUESSES
    assert heard(watch, GUESSER, old), "one that is slowed is told the same as before"
    assert not heard(watch, GUESSER, trying("another", "imaging"))


def test_an_attempt_of_which_nothing_is_known_counts_each_time(watch: Throttle) -> None:
    for _ in range(MAX_GUESSES):
        watch.count(GUESSER)

    assert watch.pause(GUESSER) == WINDOW


def test_many_addresses_do_not_outrun_a_user_name(watch: Throttle, seconds: Seconds) -> None:
    """5,000 of them, for three minutes."""
    fresh, minutes = guesses("imaging"), 3
    found = 0
    for _ in range(minutes):
        found += sum(heard(watch, address, fresh()) for address in crowd(5_000))
        seconds.now += WINDOW

    assert found == minutes * MAX_OF_NAME
    assert heard(watch, OTHER, trying("x", "another name"))


def test_a_crowd_with_one_old_password_makes_one_guess_at_the_user_name(watch: Throttle) -> None:
    old = trying("the password of last year", "imaging")

    assert [address for address in crowd(3 * MAX_OF_NAME) if not heard(watch, address, old)] == []
    assert heard(watch, OTHER, trying("new", "imaging"))


def test_one_address_alone_keeps_no_other_from_being_heard(watch: Throttle) -> None:
    heard_of(watch, 500, GUESSER, guesses("imaging"))
    heard_of(watch, 500, "2001:db8:1:2::/64", guesses("imaging"))

    assert watch.pause(OTHER, trying("new", "imaging")) == 0


def test_an_ipv6_customer_with_many_networks_is_one(watch: Throttle) -> None:
    fresh = guesses()
    networks = [f"2001:db8:7:{number:x}::/64" for number in range(5_000)]

    assert sum(heard(watch, network, fresh()) for network in networks) == MAX_OF_CUSTOMER
    assert not heard(watch, "2001:db8:7:ffff::/64", fresh())
    assert heard(watch, "2001:db8:8:1::/64", fresh())


def test_a_crowd_does_not_make_a_slowed_guesser_heard_again(watch: Throttle) -> None:
    fresh = guesses()
    assert heard_of(watch, MAX_GUESSES + 1, GUESSER, fresh) == MAX_GUESSES
    for address in crowd(5_000):
        heard(watch, address, fresh())

    assert not heard(watch, GUESSER, fresh())


def test_who_is_beyond_what_memory_holds_is_counted_with_others(
    watch: Throttle, seconds: Seconds
) -> None:
    fresh = guesses()
    found = sum(heard(watch, address, fresh()) for address in crowd(5_000))
    assert found == MAX_KEYS + MAX_GUESSES
    assert watch.pause("10.99.0.1", fresh()) == WINDOW

    seconds.now += WINDOW
    assert heard(watch, "10.99.0.1", fresh())


def test_a_crowd_of_user_names_does_not_hide_a_guessed_one(watch: Throttle) -> None:
    fresh = guesses("imaging")
    for address in crowd(2 * MAX_OF_NAME):
        heard(watch, address, fresh())
    for number, address in enumerate(crowd(5_000, "172")):
        heard(watch, address, trying(number, f"name {number}"))

    assert watch.pause("192.168.0.1", trying("x", "imaging")) == WINDOW


def test_known_clients_of_a_slowed_address_wait_where_thousands_guess_beside_them(
    watch: Throttle,
) -> None:
    """Or one answer of 200 among the 429 would tell a guesser at any speed what is right."""
    fresh, again = guesses(), trying("again")
    heard_of(watch, MAX_GUESSES, GUESSER, fresh)
    for _ in range(2 * MAX_BEFORE_PAUSE):
        watch.pass_over(GUESSER, again)
    for _ in range(MAX_BEFORE_PAUSE - 2):
        watch.pass_over(GUESSER, fresh())
    assert watch.pause_of_known(GUESSER) == 0

    watch.pass_over(GUESSER, fresh())
    assert watch.pause_of_known(GUESSER) == WINDOW
    assert watch.pause_of_known(OTHER) == 0


def test_a_crowd_keeps_no_known_client_waiting(watch: Throttle) -> None:
    fresh = guesses("imaging")
    for address in crowd(5_000):
        if not heard(watch, address, attempt := fresh()):
            watch.pass_over(address, attempt)

    assert watch.pause_of_known(OTHER) == 0


def crowd(number: int, network: str = "10") -> list[str]:
    return [f"{network}.1.{each // 250}.{each % 250}" for each in range(number)]
