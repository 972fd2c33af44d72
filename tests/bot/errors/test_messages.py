"""Messages of errors for people: the fault, and the way to fix it."""

from pathlib import Path

from bot.commands.parsing.words import Misunderstood
from bot.errors.messages import sentence
from bot.slack.markup import plain
from infrastructure.errors import RollcallError
from provisioning.munki import MunkiRepo, opened
from provisioning.munki.errors import (
    ManifestUnreadable,
    MissingInclude,
    UnknownSite,
)
from provisioning.registrations.errors import NotRegistered
from provisioning.values.serials import InvalidSerial, InvalidSerials
from tests.support.inputs.examples import MARKUP, faults
from tests.support.tables import for_each


def told(error: RollcallError, repo: MunkiRepo) -> str:
    """The message that a person gets for an error; it has to be one that Slack can show."""
    said = sentence(error, repo, "/mac")
    assert faults(plain(said)) == []
    return said


def invalid(number: int, text: str = "C 0") -> InvalidSerials:
    return InvalidSerials([InvalidSerial(text, "it is none")] * number)


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
