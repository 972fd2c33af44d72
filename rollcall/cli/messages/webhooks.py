"""Commands that make, list, test, replay and end webhooks, and change their keys."""

from datetime import UTC, datetime

import click

from provisioning.monitoring.webhooks import events, hooks
from provisioning.monitoring.webhooks.hooks import HookStatus
from rollcall.application import Application
from rollcall.cli.typed import ID
from rollcall.settings import RepoSettings, Settings, read

OPERATOR = "boot.sh"


@click.group()
def webhooks() -> None:
    """Make, list and end the webhooks; docs/how-to/webhooks.md says what they send."""


@webhooks.command()
@click.argument("url")
@click.option("--type", "types", multiple=True, help="A type of event; several times for several.")
@click.option("--site", "sites", multiple=True, help="A site; several times for several.")
@click.option("--description", default="", help="What it is for.")
def make(url: str, types: tuple[str, ...], sites: tuple[str, ...], description: str) -> None:
    """Make a webhook for URL and print its key, which verifies what it sends."""
    with Application(read(RepoSettings)) as application:
        named = [application.repo.now().site(site) for site in sites]
        with application.database.begin() as session:
            hook = hooks.make(
                session,
                url,
                by=OPERATOR,
                at=datetime.now(UTC),
                allowed=application.policy.policy.webhooks.allow,
                description=description,
                types=types,
                sites=named,
            )
    click.echo(f"Webhook {hook.id} is made; its receiver verifies messages by this key:", err=True)
    click.echo(hook.key)


@webhooks.command(name="list")
def list_() -> None:
    """List the webhooks, and what waits for each."""
    with Application(read(Settings)) as application, application.database.reading() as session:
        lines = [_line(status) for status in hooks.listed(session)]
    click.echo("\n".join(lines) or "There are none.")


@webhooks.command()
@click.argument("number", metavar="ID", type=ID)
def key(number: int) -> None:
    """Give the webhook ID another key and print it.

    The former one signs too for a day.
    """
    with Application(read(Settings)) as application, application.database.begin() as session:
        click.echo(hooks.change_key(session, number, at=datetime.now(UTC)).key)


@webhooks.command(name="test")
@click.argument("number", metavar="ID", type=ID)
def try_out(number: int) -> None:
    """Send a test to the webhook ID; `list` says what came of it."""
    with Application(read(Settings)) as application, application.database.begin() as session:
        hooks.try_out(session, number, by=OPERATOR, at=datetime.now(UTC))
    click.echo(f"A message of the type {events.TEST} is pending.")


@webhooks.command()
@click.argument("number", metavar="ID", type=ID)
def replay(number: int) -> None:
    """Send again what was set aside for the webhook ID."""
    with Application(read(Settings)) as application:
        total = hooks.replay(application.database, number, at=datetime.now(UTC))
    click.echo(f"{total} messages are pending again.")


@webhooks.command()
@click.argument("number", metavar="ID", type=ID)
def end(number: int) -> None:
    """End the webhook ID; the relay deletes what waits for it."""
    with Application(read(Settings)) as application, application.database.begin() as session:
        hooks.end(session, number, by=OPERATOR, reason="ended by boot.sh", at=datetime.now(UTC))
    click.echo(f"Webhook {number} has ended.")


def _line(status: HookStatus) -> str:
    hook = status.hook
    state = f"ended {hook.ended_at:%Y-%m-%d} ({hook.reason})" if hook.ended_at else "open"
    of = f"{', '.join(hook.types) or 'all types'}; {', '.join(hook.sites) or 'all sites'}"
    waits = f"{status.pending} pending, {status.parked} set aside"
    reason = f" ({status.reason})" if status.reason else ""
    return f"{hook.id}  {hook.url}  {of}; {state}; {waits}{reason}"
