"""The command that probes run."""

import sys

import click

from infrastructure.heartbeats import probe
from rollcall import heartbeats

PARTS = ("server", "bot", "courier", "clerk")


@click.command()
@click.argument("part", type=click.Choice(PARTS), required=False)
def health(part: str | None) -> None:
    """Say whether PART works on this machine or in this container; without it, all that runs.

    Exits 0 or 1, and needs neither the settings nor the database.
    """
    verdict = probe.examined(heartbeats.folder(), part)
    click.echo(verdict.sentence)
    sys.exit(not verdict.healthy)
