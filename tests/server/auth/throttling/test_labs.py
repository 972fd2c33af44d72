"""A lab goes on behind the address of an attacker, or of a Mac with an old password."""

from collections.abc import Callable

from pydantic import SecretStr

from server.auth.guesses import WINDOW
from server.auth.throttling import MAX_GUESSES
from tests.fakes.mac.installapplications import basic
from tests.server.auth.throttling.callers import ELSEWHERE, LAB, Door
from tests.support.clocks import Seconds
from tests.support.installation import PASSWORD, USERNAME


def test_one_mac_with_an_old_password_has_nobody_refused(door: Door, seconds: Seconds) -> None:
    """It asks forty times a minute, for eight minutes; a Mac beside it boots."""
    statuses: dict[str, set[int]] = {"old": set(), "good": set()}
    for _ in range(8):
        old = (door.fetch(LAB, "the password of last year") for _ in range(40))
        statuses["old"] |= {answer.status_code for answer in old}
        statuses["good"].add(door.fetch(LAB).status_code)
        seconds.now += WINDOW

    assert statuses == {"old": {401}, "good": {200}}


def test_many_macs_with_as_many_old_credentials_keep_the_lab_waiting_for_seconds(
    door: Door, seconds: Seconds
) -> None:
    """Each counts once, not once a minute."""
    old = [f"the password of {year}" for year in range(3 * MAX_GUESSES)]
    heard = []
    for _ in range(4):
        heard.append(sum(door.fetch(LAB, each).status_code == 401 for each in old))
        seconds.now += WINDOW

    assert heard == [MAX_GUESSES, 2 * MAX_GUESSES, 3 * MAX_GUESSES, 3 * MAX_GUESSES]
    assert door.fetch(LAB).status_code == 200


def test_a_lab_goes_on_while_somebody_guesses_beside_it(door: Door) -> None:
    door.fetch(LAB)
    door.guess_until_slowed(LAB)

    for _ in range(2 * MAX_GUESSES):
        assert door.guess(LAB) == 429
        assert door.fetch(LAB).status_code == 200
    assert door.get(LAB, basic(USERNAME, PASSWORD), "/readyz?full").status_code == 200


def test_whoever_was_never_seen_waits_though_he_guess_right(door: Door, seconds: Seconds) -> None:
    door.guess_until_slowed(LAB)
    seconds.now += 17.5

    answer = door.fetch(LAB)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "43"
    assert answer.mimetype == "text/plain"
    assert answer.text.startswith("Too many calls from this address were refused")
    assert door.fetch(ELSEWHERE).status_code == 200
    seconds.now += 43
    assert door.fetch(LAB).status_code == 200


def test_a_good_credential_of_another_address_waits(door: Door) -> None:
    door.fetch(ELSEWHERE)
    door.guess_until_slowed(LAB)

    assert door.fetch(LAB).status_code == 429


def test_a_password_that_was_good_is_refused_at_once_where_it_was_changed(
    door: Door, start: Callable[..., Door], kept: Callable[[], int]
) -> None:
    door.fetch(LAB)
    assert kept() == 1
    changed = start(password=SecretStr("another one, since today"))
    changed.guess_until_slowed(LAB)

    assert changed.fetch(LAB).status_code == 401
    assert changed.fetch(LAB, "another one, since today").status_code == 429


def test_a_client_that_waits_to_be_asked_for_its_password_is_asked(door: Door) -> None:
    door.fetch(LAB)
    door.guess_until_slowed(LAB)

    for _ in range(3 * MAX_GUESSES):
        assert door.get(LAB, None).headers["WWW-Authenticate"].startswith("Basic")
    assert door.fetch(LAB).status_code == 200
    assert door.fetch(ELSEWHERE).status_code == 200
