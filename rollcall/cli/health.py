"""The command of probes: the health of a process."""

import sys

import click

from infrastructure.heartbeats import probe
from infrastructure.heartbeats.files import PARTS, RENAMED
from rollcall.parts import heartbeats


class PartChoice(click.Choice[str]):
    """A part, by the name that it had until the last release too."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the present name."""
        return super().convert(RENAMED.get(value, value), param, ctx)


@click.command()
@click.argument("part", type=PartChoice(PARTS), required=False)
def health(part: str | None) -> None:
    """Say whether PART works on this machine or in this container; without it, all that runs.

    Exits 0 or 1. Needs no database, and no setting but ROLLCALL_DATABASE_URL, where the parts
    have it.
    """
    verdict = probe.examined(heartbeats.folder(), part)
    click.echo(verdict.sentence)
    sys.exit(not verdict.healthy)
