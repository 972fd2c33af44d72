"""Commands about mail: the addresses of the policy that get none, and the end of that."""

import click

from provisioning.monitoring.mail import suppressed
from provisioning.monitoring.mail.suppressed import SuppressedAddress
from rollcall.application import Application
from rollcall.settings import RepoSettings, read


@click.group()
def mail() -> None:
    """List addresses of the policy that get no mail, and send it to them again."""


@mail.command(name="list")
def list_() -> None:
    """List the addresses of the policy that stopped mail, or that the mail server refused."""
    with Application(read(RepoSettings)) as application:
        policy = application.policy.policy
        with application.database.reading() as session:
            lines = [_line(each) for each in suppressed.of_policy(session, policy)]
    click.echo("\n".join(lines) or "There are none.")


@mail.command(name="go-on")
@click.argument("address")
def go_on(address: str) -> None:
    """Send ADDRESS of the policy mail again; ask those who read there first."""
    with Application(read(RepoSettings)) as application:
        policy = application.policy.policy
        with application.database.begin() as session:
            suppressed.lift(session, policy, address)
    click.echo(f"Mail goes to {address} again.")


def _line(each: SuppressedAddress) -> str:
    facts = [f"stopped ({stop.kind}) {stop.stopped_at:%Y-%m-%d}" for stop in each.stops]
    if each.bounce is not None:
        facts.append(f"refused {each.bounce.bounced_at:%Y-%m-%d} ({each.bounce.reason})")
    return f"{each.address}  {'; '.join(facts)}"
