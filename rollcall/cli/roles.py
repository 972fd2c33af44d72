"""Commands that run Rollcall's processes."""

import click

from rollcall import processes


@click.command()
def server() -> None:
    """Serve the Macs, and Slack where it speaks HTTP."""
    processes.server()


@click.command()
def bot() -> None:
    """Listen to Slack in Socket Mode."""
    processes.bot()


@click.command()
def relay() -> None:
    """Deliver what is owed to Slack, to webhooks and by mail."""
    processes.relay()


@click.command()
def live() -> None:
    """Tell open boards of news."""
    processes.live()


@click.command()
def jobs() -> None:
    """Read files and photos, draw statistics, notice silence."""
    processes.jobs()
