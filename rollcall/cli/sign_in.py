"""The command that lets an admin in to the board while the way by Slack is closed."""

from datetime import UTC, datetime

import click

from provisioning.access.accounts import links
from rollcall.application import Application
from rollcall.settings import RepoSettings, read


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
