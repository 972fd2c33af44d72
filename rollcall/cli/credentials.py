"""Commands about the keys of the HTTP door, and about its refusals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import click

from infrastructure.text import minute
from provisioning.access import credentials as keys
from provisioning.access.models import (
    API,
    INSTALLAPPLICATIONS,
    MANIFESTS,
    METRICS,
    REPORTS,
    SCRIPTS,
    Credential,
)
from provisioning.access.programs import tokens
from provisioning.access.programs.models import ACTS, READ
from provisioning.access.programs.tokens import ProgramToken, TokenRequest
from provisioning.access.refusals import recent
from provisioning.munki import RepoView
from provisioning.munki.errors import UnknownDestination
from rollcall.application import Application
from rollcall.cli.typed import ID
from rollcall.settings import RepoSettings, Settings, read

ONE_JSON = (
    "A key for InstallApplications opens one JSON and nothing else: "
    "say SITE --installapplications BUILD alone."
)


@click.group()
def credentials() -> None:
    """Make, list and revoke the keys of sites; docs/how-to/credentials.md says what each opens."""


@credentials.command()
@click.argument("site", required=False)
@click.option("--all-sites", is_flag=True, help="Open every site; instead of SITE.")
@click.option(
    "--reports", "opens", flag_value=REPORTS, help="Open only the address of Imagr's reports."
)
@click.option(
    "--manifests",
    "opens",
    flag_value=MANIFESTS,
    help="Open only the API that edits manifests, of all sites.",
)
@click.option(
    "--metrics",
    "opens",
    flag_value=METRICS,
    help="Open only /metrics, for Prometheus; instead of SITE.",
)
@click.option(
    "--installapplications",
    "build",
    metavar="BUILD",
    help="Open only the JSON of SITE and BUILD for InstallApplications, and the script in it.",
)
@click.option("--api", "name", metavar="NAME", help="Make a token for the API, of that name.")
@click.option(
    "--act",
    "acts",
    multiple=True,
    type=click.Choice(ACTS),
    help="What the token is for; several times. Without it: read.",
)
@click.option(
    "--days",
    type=click.IntRange(1, tokens.LONGEST_LIFETIME.days),
    help=f"How long the token is good. Without it: {tokens.LIFETIME.days}.",
)
def make(
    *,
    site: str | None,
    all_sites: bool,
    opens: str | None,
    build: str | None,
    name: str | None,
    acts: tuple[str, ...],
    days: int | None,
) -> None:
    """Make a key for SITE and print it once.

    The site's other keys stay good until they are revoked. A token for the API that is made here
    is an operator's own: it may do at its sites whatever its acts are.
    """
    kind_said = opens or (API if name is not None else None)
    _refuse_nonsense(site, kind_said, build, all_sites=all_sites)
    if name is not None:
        lifetime = tokens.LIFETIME if days is None else timedelta(days=days)
        _make_token(site, TokenRequest(name, acts or (READ,), None, lifetime))
        return
    if acts or days is not None:
        raise click.UsageError("--act and --days are for a token: say --api NAME too.")
    kind = opens or SCRIPTS if build is None else INSTALLAPPLICATIONS
    with Application(read(RepoSettings)) as application:
        if not all_sites and kind != METRICS:
            site, build = _existing(application.repo.now(), site or "", build)
        with application.database.begin() as session:
            key = keys.make(session, site, kind, datetime.now(UTC), build=build)
    click.echo(_use(keys.place(site, build), kind), err=True)
    click.echo(key)


def _make_token(site: str | None, wish: TokenRequest) -> None:
    with Application(read(RepoSettings)) as application:
        if site is not None:
            found, _ = _existing(application.repo.now(), site, None)
            wish = replace(wish, sites=(found or "",))
        at = datetime.now(UTC)
        with application.database.begin() as session:
            key = tokens.make(session, wish, made_by=None, at=at)
    click.echo(_use(keys.place(site, None), API), err=True)
    click.echo(key)


@credentials.command(name="list")
def list_() -> None:
    """List what there is, and when it was last used.

    A key itself is kept nowhere.
    """
    with Application(read(Settings)) as application, application.database.reading() as session:
        facts = {token.id: token for token in tokens.listed(session)}
        rows = [_row(row, facts.get(row.id)) for row in keys.listed(session)]
    if not rows:
        click.echo("There are none. BOOTSTRAP_USERNAME and BOOTSTRAP_PASSWORD open every site.")
        return
    _print(("ID", "SITE", "OPENS", "MADE", "LAST USED", "REVOKED"), rows)


@credentials.command()
@click.argument("number", metavar="ID", type=ID)
def revoke(number: int) -> None:
    """End the credential with the number ID.

    Every server refuses its key within two seconds.
    """
    with Application(read(Settings)) as application, application.database.begin() as session:
        ended = keys.revoke(session, number, datetime.now(UTC))
        place = _place(ended, tokens.find(session, number))
        line = f"Credential {ended.id} of {place} is revoked since"
        click.echo(f"{line} {_moment(ended.revoked_at)}.")


@click.command()
@click.option("--days", default=1, show_default=True, type=click.IntRange(1, 90))
def refusals(days: int) -> None:
    """List the addresses whose requests were refused in the last days, and why."""
    since = datetime.now(UTC) - timedelta(days=days)
    with Application(read(Settings)) as application, application.database.reading() as session:
        refused = recent(session, since)
    if not refused:
        click.echo("Nobody was refused.")
        return
    rows = [(row.address, str(row.total), _moment(row.last_at), row.why) for row in refused]
    _print(("ADDRESS", "REFUSED", "LAST", "REASONS"), rows)


def _refuse_nonsense(
    site: str | None, opens: str | None, build: str | None, *, all_sites: bool
) -> None:
    if build is not None and (opens or all_sites):
        raise click.UsageError(ONE_JSON)
    if opens == API and (build is not None or bool(site) == all_sites):
        raise click.UsageError("A token is for one SITE, or for --all-sites.")
    if opens == MANIFESTS and site:
        raise click.UsageError("A key for manifests opens all sites: say --all-sites instead.")
    if opens == METRICS:
        if site or all_sites:
            raise click.UsageError("The metrics are of all sites: say --metrics alone.")
        return
    if build is None and bool(site) == all_sites:
        raise click.UsageError("Name the site that the key is for, or say --all-sites.")


def _existing(repo: RepoView, site: str, build: str | None) -> tuple[str | None, str | None]:
    """The site and the build as the repo spells them; or a sentence with the nearest names.

    Each is None where the key is for no site, or for no build, in particular.
    """
    layout = repo.layout
    if site and layout.sites is None:
        raise click.ClickException(
            "The Munki repo has no sites (munki.sites is false in the policy), so no key is for "
            "one of them: say --all-sites, or --installapplications BUILD."
        )
    if build and layout.builds is None:
        raise click.ClickException(
            "The Munki repo has no builds (munki.builds is false in the policy): say "
            "--installapplications '' for the JSON of SITE."
        )
    if not site and layout.sites is not None:
        raise click.UsageError(ONE_JSON)
    try:
        if build is None:
            return repo.site(site), None
        destination = repo.destination(site, build)
        return destination.site or None, destination.build or None
    except UnknownDestination as error:
        names = " or ".join(repr(name) for name in error.nearest)
        raise click.ClickException(
            f"{error} Did you mean {names}?" if names else str(error)
        ) from None


_USES = {
    SCRIPTS: "Send it as a password, with any user name, or as `Authorization: Bearer KEY`",
    REPORTS: "Set Imagr's reporturl to BOOTSTRAP_URL/report/KEY with this KEY",
    MANIFESTS: "Give manifestutil BOOTSTRAP_URL/api as its repo, and this as the password",
    API: "Send it as `Authorization: Bearer TOKEN` to the routes below /api/v1",
    METRICS: "Give Prometheus BOOTSTRAP_URL/metrics and this as its authorization's credentials",
    INSTALLAPPLICATIONS: "Give InstallApplications `Bearer KEY` with this KEY as its --headers",
}


def _use(place: str, opens: str) -> str:
    """Return the use of a key, in a sentence that may be logged."""
    notice = "It is shown this once; servers know it in two seconds."
    return f"{_USES[opens]}; it opens {'nothing else' if opens == METRICS else place}. {notice}"


def _row(credential: Credential, token: ProgramToken | None) -> tuple[str, ...]:
    moments = (credential.made_at, credential.used_at, credential.revoked_at)
    opens = credential.opens
    if token is not None:
        opens = f"{opens} ({token.name}, until {token.expires_at:%Y-%m-%d})"
    place = _place(credential, token)
    return (str(credential.id), place, opens, *(_moment(moment) for moment in moments))


def _place(credential: Credential, token: ProgramToken | None) -> str:
    """The sites that a key opens; those of a token are in its own facts."""
    if token is not None and token.sites is not None:
        return ", ".join(token.sites)
    return keys.place(credential.site, credential.build)


def _moment(at: datetime | None) -> str:
    return minute(at) if at else "-"


def _print(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    for row in (heading, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
