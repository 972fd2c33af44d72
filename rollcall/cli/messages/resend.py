"""The command that sends again the messages that Slack or the mail server refused."""

import click

from provisioning.monitoring.mail import bounces
from provisioning.outbox.refusals import refused_messages
from rollcall.application import Application
from rollcall.settings import RepoSettings, read


@click.command()
def resend() -> None:
    """Enqueue again what Slack or the mail server refused, once the reason is fixed.

    For Slack to ROLLCALL_CHANNEL, but what is for a site's own channel to that.
    """
    with Application(read(RepoSettings)) as application:
        sites = application.policy.policy.channels
        with application.database.begin() as session:
            number = refused_messages.resend(session, application.channel, sites=sites)
        number += bounces.resend(application.database)
    click.echo(f"{number} messages are pending again.")
