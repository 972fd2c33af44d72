"""The command about alerts."""

import sys
from datetime import UTC, datetime

import click

from provisioning.monitoring.alerts.alert import TRIED, Alert, AlertNotice
from provisioning.monitoring.alerts.targets import Target, Untold
from rollcall.parts import alerts
from rollcall.settings import Settings, read


@click.command()
@click.option("--test", is_flag=True, help="Tell all targets something now.")
def alert(*, test: bool) -> None:
    """Say who is told of alerts, by the settings of this process; with --test, tell them.

    Exits 1 where there is no target, or where one of them took nothing.
    """
    settings = read(Settings)
    watchdog = alerts.watchdog(settings)
    targets = [*alerts.targets(settings), *([watchdog] if watchdog else [])]
    if not targets:
        raise click.ClickException(
            "Nobody is told: set ROLLCALL_ALERT_URL, or ROLLCALL_SMTP_URL, ROLLCALL_MAIL_FROM and "
            "ROLLCALL_ALERT_MAIL."
        )
    answers = [f"{target.name}: {_answer(target) if test else 'is told'}" for target in targets]
    click.echo("\n".join(answers))
    sys.exit(any(not answer.endswith((": ok", ": is told")) for answer in answers))


def _answer(target: Target) -> str:
    """Send a test to a target; returns "ok", or the reason why it failed."""
    test = Alert("test", "This is a test of Rollcall's alerts.", "", datetime.now(UTC))
    try:
        target.tell(AlertNotice(test, TRIED))
    except Untold as error:
        return str(error)
    return "ok"
