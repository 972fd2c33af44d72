"""Commands that show what is kept of a person, and forget them."""

from datetime import UTC, datetime

import click

from provisioning.maintenance import people as kept_people
from provisioning.monitoring.mail import choices
from rollcall.application import Application
from rollcall.settings import Settings, read


@click.group()
def people() -> None:
    """Show what is kept of a person, or forget them; docs/how-to/people.md says what that is."""


@people.command()
@click.argument("person", metavar="ID")
def show(person: str) -> None:
    """Show how many rows name the person ID, and their address for mail.

    ID is that of Slack, such as U0123ABCD, or of another provider, such as okta:00u1abc.
    """
    with Application(read(Settings)) as application, application.database.reading() as session:
        rows = kept_people.kept(session, person)
        choice = choices.of_person(session, person)
    for each in rows:
        click.echo(f"{each.number:>9,}  {each.table}.{each.column}")
    if choice is not None:
        click.echo(f"Their mail goes to {choice.address}.")
    if not rows:
        click.echo("There is nothing.")


@people.command()
@click.argument("person", metavar="ID")
def forget(person: str) -> None:
    """Delete what is only the person's own, and take their ID and name out of the history.

    ID is as for `show`. It cannot be undone. The history says `forgotten` and a number where it
    named them. Backups, logs and messages in Slack stay as they are.
    """
    with Application(read(Settings)) as application:
        number = kept_people.forget(application.database, person, datetime.now(UTC))
    click.echo(f"Forgotten: {number:,} rows.")
