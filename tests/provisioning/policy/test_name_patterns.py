"""Patterns of computers' names: what can be written, and what they make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.munki import Destination
from provisioning.policy import Pattern, Policy, UnusablePolicy, check
from provisioning.policy.loading import parse
from provisioning.policy.name_patterns import FIELDS, numbered, series
from provisioning.values import computer_names
from tests.support.inputs import strategies
from tests.support.tables import for_each

SERIAL = "C02XG0FDJGH5"


def made(pattern: str, site: str = "london", build: str = "design", number: int = 7) -> str:
    return numbered(Pattern.parse(pattern).stem(site, build, SERIAL), number)


@for_each(
    ("pattern", "name"),
    [
        ("{site}-{serial4}", "london-JGH5"),
        ("{serial}", SERIAL),
        ("Mac {build} {n}", "Mac design 7"),
        ("lab-{n:03}", "lab-007"),
        ("{n:02}.{site}", "07.london"),
    ],
)
def test_every_field_is_filled_in(pattern: str, name: str) -> None:
    assert made(pattern) == name


def test_a_number_that_outgrows_its_digits_is_written_out() -> None:
    assert made("lab-{n:03}", number=1234) == "lab-1234"


def test_what_can_be_no_part_of_a_name_becomes_a_hyphen() -> None:
    assert made("{site}-{n}", site="<!channel> *r&d*") == "channel- -r-d-7"
    assert made("{site}-{n}", site="!!!") == "7"


def test_what_would_be_too_long_keeps_what_tells_macs_apart() -> None:
    name = made("{site} {build} {serial}", site="s" * 75, build="b" * 75)

    assert len(name) == computer_names.LONGEST
    assert name.endswith(f"b {SERIAL}")


def test_names_that_may_be_the_same_have_one_counter() -> None:
    def counter(text: str) -> str:
        return series(Pattern.parse(text).stem("London", "design", SERIAL))

    assert counter("LAB-{n}") == counter("lab-{n:03}") == "lab-{n}"
    assert counter("{site}-{n}") == "london-{n}"


@given(
    st.permutations(FIELDS),
    st.lists(st.text("abcé -_.Z9", max_size=3), min_size=6, max_size=6),
    strategies.destinations,
    st.from_regex(r"[A-Z0-9][A-Z0-9+=._-]{2,63}", fullmatch=True),
    st.integers(1, 10**9 - 1),
)
def test_whatever_a_pattern_makes_can_be_a_name(
    fields: list[str], texts: list[str], to: Destination, serial: str, number: int
) -> None:
    """However long or strange sites, builds and serials are."""
    text = "".join(f"{between}{{{field}}}" for between, field in zip(texts, fields, strict=False))
    pattern = Pattern.parse(f"x{text}")

    name = numbered(pattern.stem(to.site, to.build, serial), number)

    assert computer_names.parse(name)


def told(line: str) -> str:
    with pytest.raises(UnusablePolicy) as caught:
        parse(f"[sites.london]\n{line}".encode(), "rollcall.toml")
    return str(caught.value)


@for_each(
    ("pattern", "fix"),
    [
        ("lab", "put {serial}, {serial4} or {n:03} in, or all Macs have one name"),
        ("{site}", "put {serial}, {serial4} or {n:03} in, or all Macs have one name"),
        ("{seriel}", "did you mean {serial}?"),
        ("{colour}-{n}", "there are {site}, {build}, {serial}, {serial4}, {n}"),
        ("{n:3}", "write a number of three digits as {n:03}"),
        ("{n}{n:02}", "write {n} once"),
        ("{n", "write each field in one pair of braces, such as {site}"),
        ("{{n}}", "write each field in one pair of braces, such as {site}"),
        ("a&b-{n}", "only letters, digits, spaces and - _ . can be beside the fields"),
        ("-{n}", "begin it with a letter, a digit or a field"),
        ("a" * 31 + "{n}", "write at most 30 characters beside the fields"),
    ],
)
def test_a_pattern_that_cannot_be_followed_is_told_with_its_line_and_its_mend(
    pattern: str, fix: str
) -> None:
    assert told(f'name = "{pattern}"') == (
        f"rollcall.toml, line 2: sites.london.name is {_shown(pattern)}; {fix}"
    )


def _shown(pattern: str) -> str:
    return f'"{pattern}"' if len(pattern) < 39 else f'"{pattern[:39]}…'


def test_what_is_no_pattern_at_all_is_told_too() -> None:
    assert told("name = 7").endswith('write a pattern such as "{site}-{serial4}"')
    assert "line 2: sites.london.names is" in told('names = "x"')
    assert "line 3: sites.london.names.design is" in told('\nnames.design = "x"')
    assert told('names = {design = "{n}", Design = "{n}"}').endswith(
        "sites.london.names.Design means the same as sites.london.names.design; keep one of them"
    )


POLICY = Policy.model_validate(
    {
        "sites": {
            "london": {"name": "site-{n}", "names": {"Design": "both-{n}"}},
            "paris": {"name": "paris-{n}"},
        },
        "builds": {"design": {"name": "build-{n}"}, "basic": {}},
    }
)


@for_each(
    ("site", "build", "pattern"),
    [
        ("London", "design", "both-{n}"),
        ("paris", "design", "build-{n}"),
        ("london", "basic", "site-{n}"),
        ("tokyo", "basic", None),
    ],
)
def test_the_most_specific_pattern_wins(site: str, build: str, pattern: str | None) -> None:
    found = POLICY.pattern_for(site, build)

    assert (found and found.text) == pattern


def test_a_pattern_for_a_build_that_the_repo_does_not_have_is_pointed_out() -> None:
    assert check(POLICY, ["london", "paris"], ["design", "basic"]) == []
    findings = check(POLICY, ["london", "paris"], ["desing", "basic"])

    assert "sites.london.names.Design: the Munki repo has no such build; " in findings[1]
