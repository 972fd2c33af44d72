"""Known serials that are one slip away from a given one."""

import time

from hypothesis import given
from hypothesis import strategies as st

from provisioning.values.serials import is_slip, neighbours
from tests.support.tables import for_each

KNOWN = "C02XG0FDJGH5"

# Few letters, so that many pairs are near each other; and long enough for slips in the middle.
keys = st.text("AO0I1", min_size=3, max_size=8)


def slips(key: str) -> set[str]:
    """Everything that one slip makes of a key, put together the slow way."""
    made = {key[:i] + key[i + 1 :] for i in range(len(key))}
    made |= {key[:i] + c + key[i:] for i in range(len(key) + 1) for c in "AO0I1"}
    made |= {key[:i] + c + key[i + 1 :] for i in range(len(key)) for c in "AO0I1"}
    made |= {key[:i] + key[i + 1] + key[i] + key[i + 2 :] for i in range(len(key) - 1)}
    return made - {key}


@for_each(
    "typed",
    [
        "C02XG0FDJGH",
        "02XG0FDJGH5",
        "C02XG0FDJGH55",
        "XC02XG0FDJGH5",
        "C02XG0FDJGH6",
        "D02XG0FDJGH5",
        "C02XGF0DJGH5",
        "0C2XG0FDJGH5",
        "C02XG0FDJG5H",
        "CO2XGOFDJGH5",
    ],
)
def test_one_slip_away_from_a_known_serial_is_near_it(typed: str) -> None:
    assert neighbours([typed], ["H9TXK7J4QY", KNOWN]) == {typed: KNOWN}


@for_each("other", ["C02XG0FDJG66", "C02XG0FDJG", "C20XG0FDJG5H", "H9TXK7J4QY", ""])
def test_two_slips_away_is_another_mac(other: str) -> None:
    assert neighbours([other], [KNOWN]) == {}


def test_a_serial_that_is_known_itself_is_no_slip() -> None:
    assert neighbours([KNOWN], ["C02XG0FDJGH6", KNOWN]) == {}


def test_nothing_is_near_where_nothing_is_known_or_asked() -> None:
    assert neighbours([KNOWN], []) == {}
    assert neighbours([], [KNOWN]) == {}


@given(keys, keys)
def test_a_slip_is_one_edit_or_letters_read_for_digits(one: str, other: str) -> None:
    looks = one.translate(str.maketrans("OI", "01")) == other.translate(str.maketrans("OI", "01"))

    assert is_slip(one, other) is (one != other and (looks or other in slips(one)))


@given(st.sets(keys, max_size=5), st.lists(keys, max_size=8))
def test_the_index_finds_what_comparing_each_with_each_finds(
    asked: set[str], known: list[str]
) -> None:
    slow = {
        key: next(other for other in known if is_slip(key, other))
        for key in asked - set(known)
        if any(is_slip(key, other) for other in known)
    }

    assert neighbours(asked, known) == slow


def test_a_large_batch_is_compared_with_a_large_fleet_in_seconds() -> None:
    known = [f"C02X{number:05d}JGH5"[-12:] for number in range(20_000)]
    asked = [f"{key[:-1]}6" for key in known[:1_000]]
    begun = time.process_time()

    found = neighbours(asked, known)

    assert len(found) == len(asked)
    assert time.process_time() - begun < 3  # each with each takes twenty
