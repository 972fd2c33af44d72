"""Commands about the board: a sign-in link for an admin, and the sessions of all people."""

from datetime import UTC, datetime

import click

from provisioning.access.accounts import links, open_sessions
from rollcall.application import Application
from rollcall.cli.typed import ID
from rollcall.settings import RepoSettings, Settings, read


@click.command("sign-in")
@click.argument("user", required=False)
def sign_in(user: str | None) -> None:
    """Print a link to the board that lets the admin USER in, once, within 15 minutes.

    USER is the id of an admin of the policy, such as U0123ABCD; it can be left out where there is
    one. The session lasts for an hour.
    """
    settings = read(RepoSettings)
    if settings.board_origin is None:
        raise click.ClickException("There is no board: set ROLLCALL_URL.")
    with Application(settings) as application:
        admin = _admin(user, application.policy.policy.admins)
        with application.database.begin() as session:
            code = links.make(session, admin, datetime.now(UTC))
    click.echo(
        f"This lets {admin} in, whoever opens it first: pass it on to nobody else.", err=True
    )
    click.echo(f"{settings.board_origin}/board/link?code={code}")


def _admin(user: str | None, admins: tuple[str, ...]) -> str:
    if not admins:
        raise click.ClickException(
            "The policy names no admins, so nobody can be let in by a link: docs/how-to/policy.md."
        )
    if user is None and len(admins) == 1:
        return admins[0]
    if user not in admins:
        raise click.ClickException(f"Name an admin of the policy: {', '.join(admins)}.")
    return user


@click.group()
def sessions() -> None:
    """List and end sessions of the board."""


@sessions.command("list")
@click.argument("text", required=False, default="")
def listed(text: str) -> None:
    """List open sessions, the last seen first; TEXT is a part of a person's name or id."""
    with Application(read(Settings)) as application, application.database.reading() as session:
        rows = open_sessions.open_of_all(session, datetime.now(UTC), text=text)
        for row in rows:
            until = f"seen {row.seen_at:%Y-%m-%d %H:%M}, ends {row.expires_at:%Y-%m-%d %H:%M} UTC"
            person = f"{row.account_id} ({row.name})"
            click.echo(f"{row.id:>5}  {person}  by {row.way}  {until}  {row.agent}")
    if not rows:
        click.echo("There are none.")


@sessions.command()
@click.argument("numbers", nargs=-1, type=ID)
@click.option("--of", "account", metavar="ID", help="All of one person, by the id that is listed.")
@click.option("--all", "is_all", is_flag=True, help="All of everybody.")
def end(numbers: tuple[int, ...], account: str | None, *, is_all: bool) -> None:
    """End sessions by their NUMBERS, all of one person, or all."""
    if [bool(numbers), account is not None, is_all].count(True) != 1:
        raise click.UsageError("Say numbers, --of ID or --all: one of them.")
    now = datetime.now(UTC)
    with Application(read(Settings)) as application, application.database.begin() as session:
        if is_all:
            ended = open_sessions.end_all(session, now)
        elif account is not None:
            ended = open_sessions.end_all_of(session, account, now)
        else:
            ended = len([each for each in numbers if open_sessions.end_one(session, each, now)])
    if not ended and not is_all:  # where all are to end, none may be open
        raise click.ClickException("There is no such open session.")
    click.echo(f"Ended: {ended}.")
