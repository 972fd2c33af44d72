"""Messages of errors for people: the fault, and the way to fix it."""

from pathlib import Path

import pytest

from bot.commands.words import Misunderstood
from bot.errors.messages import sentence
from bot.slack.markup import moment, plain
from infrastructure.errors import RollcallError
from provisioning.access.errors import InvalidToken
from provisioning.firstboot.unknown import AlreadySettled
from provisioning.imports.lifecycle import NotOpen
from provisioning.imports.models import DROPPED, READING, REGISTERED
from provisioning.monitoring.drift.drifts import DriftSettled
from provisioning.munki import Destination, MunkiRepo, opened
from provisioning.munki.errors import (
    ManifestUnreadable,
    MissingInclude,
    RepoUnusable,
    UnknownBuild,
    UnknownSite,
)
from provisioning.policy.errors import NotAllowed
from provisioning.registrations.errors import NotRegistered, RegistrationChanged
from provisioning.values.serials import InvalidSerial, InvalidSerials
from tests.support.fixtures.repo import LONDON
from tests.support.inputs.examples import MARKUP, NOON, faults
from tests.support.tables import for_each


def told(error: RollcallError, repo: MunkiRepo) -> str:
    """The message that a person gets for an error; it has to be one that Slack can show."""
    said = sentence(error, repo, "/mac")
    assert faults(plain(said)) == []
    return said


def invalid(number: int, text: str = "C 0") -> InvalidSerials:
    return InvalidSerials([InvalidSerial(text, "it is none")] * number)


def test_what_was_misunderstood_is_told_with_the_way_to_the_guide(repo: MunkiRepo) -> None:
    assert told(Misunderstood("There is no command 'frob'"), repo) == (
        "There is no command 'frob'. `/mac help` shows what can be typed."
    )


def test_a_serial_that_is_none_is_told_with_the_reason(repo: MunkiRepo) -> None:
    assert told(InvalidSerial("C 0", "it has 3 characters"), repo) == (
        "'C 0' is not a serial number: it has 3 characters.\n"
        "Nothing was changed; fix it and send it again."
    )


def test_ten_serials_that_are_none_are_told_and_the_others_counted(repo: MunkiRepo) -> None:
    assert told(invalid(10), repo).count("'C 0' is not a serial number") == 10
    assert "more" not in told(invalid(10), repo)
    assert told(invalid(11), repo).count("'C 0' is not a serial number") == 10
    assert "\n… and 1 more\n" in told(invalid(11), repo)


def test_an_unknown_site_is_told_with_the_nearest_and_with_all_there_are(repo: MunkiRepo) -> None:
    assert told(UnknownSite("lodnon", nearest=["london", "new york"]), repo) == (
        "The Munki repo has no site named 'lodnon'. Did you mean *london* or *new york*? "
        "The sites are: london, new york, paris"
    )


def test_an_unknown_build_is_told_with_all_builds(repo: MunkiRepo) -> None:
    assert told(UnknownBuild("x"), repo) == (
        "The Munki repo has no build named 'x'. The builds are: basic, design, developer, kiosk"
    )


def test_a_mac_that_nobody_registered_is_told_with_the_ways_to_it(repo: MunkiRepo) -> None:
    assert told(NotRegistered("C02ABD", nearest=["C02ABC"]), repo) == (
        "Nobody has registered C02ABD. Did you mean *C02ABC*? "
        "`/mac find` looks for it, `/mac register` registers it."
    )


@for_each(
    "error",
    [
        ManifestUnreadable("C02ABC", "it is not a property list"),
        MissingInclude("C02ABC", "apps/gone"),
        RegistrationChanged("C02ABC"),
        RepoUnusable("No such file or directory"),
        InvalidToken("The script's token is not one of ours."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_everything_else_is_told_with_what_to_do_about_it(
    error: RollcallError, repo: MunkiRepo
) -> None:
    said = told(error, repo)

    assert said.startswith(str(error))
    assert said.endswith("try again, or ask whoever runs Rollcall.")


@for_each(
    "error",
    [
        Misunderstood(MARKUP),
        InvalidSerial(MARKUP, "it is none"),
        invalid(3, MARKUP),
        UnknownSite(MARKUP, nearest=[MARKUP]),
        NotRegistered(MARKUP, nearest=[MARKUP]),
        ManifestUnreadable(MARKUP, MARKUP),
        MissingInclude(MARKUP, MARKUP),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_mention_and_no_link_in_what_was_typed_survives(
    error: RollcallError, repo: MunkiRepo
) -> None:
    said = told(error, repo)

    assert "<" not in said
    assert "&lt;" in said


@for_each("text", ["x" * 10_000, "&" * 10_000, "_" * 10_000], ids=["x", "&", "_"])
def test_a_complaint_fits_however_long_what_was_typed_is(text: str, repo: MunkiRepo) -> None:
    told(InvalidSerial(text, "it is none"), repo)
    told(invalid(500, text), repo)
    told(UnknownSite(text, nearest=[text[:75]] * 3), repo)
    told(MissingInclude("C02ABC", text), repo)


def test_a_complaint_fits_however_many_sites_there_are(repo: MunkiRepo, manifests: Path) -> None:
    """And however they are called: underscores take two characters each."""
    for number in range(100):
        (manifests / "included_manifests" / "sites" / f"{number:_>75}").touch()

    told(UnknownSite("x"), repo)


def test_an_unknown_site_is_told_even_where_the_repo_has_gone_meanwhile(tmp_path: Path) -> None:
    """An error that is raised while another becomes an answer would not be caught."""
    assert "no site named 'lodnon'" in told(UnknownSite("lodnon"), opened(str(tmp_path)))


@for_each(
    ("by", "to", "words"),
    [
        ("U0BOB", LONDON, "registered for *london* / *design* already; <@U0BOB> was faster."),
        (None, LONDON, "already; its own script was faster."),
        ("U0BOB", None, "<@U0BOB> said already that `C02XYZ` is not ours."),
        (None, None, "It has already been settled"),
    ],
)
def test_who_was_not_the_first_to_settle_a_mac_is_told_who_was(
    repo: MunkiRepo, by: str | None, to: Destination | None, words: str
) -> None:
    assert words in told(AlreadySettled("C02XYZ", by, to), repo)


@for_each(
    ("error", "words"),
    [
        (NotOpen(READING), "That is still being read; wait for what comes of it."),
        (NotOpen(None), f"{NotOpen(None)} Hand the serials in again."),
        (NotOpen(DROPPED), f"{NotOpen(DROPPED)} Hand the serials in again."),
        (NotOpen(DROPPED, "U0BOB", NOON), f"That was dropped already, by <@U0BOB> {moment(NOON)}."),
        (
            NotOpen(REGISTERED, "U0BOB", NOON),
            f"That was registered already, by <@U0BOB> {moment(NOON)}.",
        ),
    ],
)
def test_who_presses_a_button_of_a_settled_list_is_told_what_became_of_it(
    repo: MunkiRepo, error: NotOpen, words: str
) -> None:
    assert told(error, repo) == words


@pytest.mark.parametrize(
    ("by", "end"), [("U0BOB", "<@U0BOB> was faster."), (None, "The message about it says how.")]
)
def test_who_was_not_the_first_to_settle_a_drift_is_told_who_was(
    repo: MunkiRepo, by: str | None, end: str
) -> None:
    error = DriftSettled("C02XYZ", by)

    assert told(error, repo) == f"{error} {end}"


@pytest.mark.parametrize(
    ("group", "admins", "end"),
    [
        ("S0DESK", ["U0ALICE", "U0BOB"], "<!subteam^S0DESK>, <@U0ALICE>, <@U0BOB>."),
        (None, ["U0BOB"], "<@U0BOB>."),
    ],
)
def test_who_may_not_is_told_who_can_grant_it(
    repo: MunkiRepo, group: str | None, admins: list[str], end: str
) -> None:
    said = told(NotAllowed("register for London", group=group, admins=admins), repo)

    assert said.endswith(f"Who can allow it or do it: {end}")
    assert "grant" not in told(NotAllowed("register for London"), repo)
