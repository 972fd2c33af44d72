"""The command about alerts."""

import sys
from collections.abc import Callable
from functools import partial

import click

from infrastructure.execution.loop import utc_now
from provisioning.monitoring.alerts.alert import TRIED, Alert, AlertNotice
from provisioning.monitoring.alerts.targets import NoticeRefused
from rollcall.parts import alerts
from rollcall.settings import Settings, read


@click.command()
@click.option("--test", is_flag=True, help="Tell all targets something now.")
def alert(*, test: bool) -> None:
    """Say who is told of alerts, by the settings of this process; with --test, tell them.

    Exits 1 where there is no target, or where one of them took nothing.
    """
    settings = read(Settings)
    trial = Alert("test", "This is a test of Rollcall's alerts.", "", utc_now())
    notice = AlertNotice(trial, TRIED)
    calls: dict[str, Callable[[], None]] = {
        target.name: partial(target.tell, notice) for target in alerts.targets(settings)
    }
    if watchdog := alerts.watchdog(settings):
        calls[watchdog.name] = watchdog.ping
    if not calls:
        raise click.ClickException(
            "Nobody is told: set ROLLCALL_ALERT_URL, or ROLLCALL_SMTP_URL, ROLLCALL_MAIL_FROM and "
            "ROLLCALL_ALERT_MAIL."
        )
    answers = [f"{name}: {_answer(call) if test else 'is told'}" for name, call in calls.items()]
    click.echo("\n".join(answers))
    sys.exit(any(not answer.endswith((": ok", ": is told")) for answer in answers))


def _answer(call: Callable[[], None]) -> str:
    """Call a target; returns "ok", or the reason why it failed."""
    try:
        call()
    except NoticeRefused as error:
        return str(error)
    return "ok"
