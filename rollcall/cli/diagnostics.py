"""Commands of diagnosis: the doctor and the preview; they change nothing."""

import sys
from datetime import UTC, datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.database.engine import Database
from infrastructure.findings import Finding, shortened
from provisioning.diagnostics import absences, backlog_findings, examined, unusable_policy_findings
from provisioning.firstboot.placement import Requested
from provisioning.policy import UnusablePolicy
from provisioning.values.serials import Serial
from rollcall.application import Application
from rollcall.parts import alerts, checkup, heartbeats
from rollcall.settings import ServerSettings, SlackSettings, read, speaks_to_slack


@click.command()
def doctor() -> None:
    """Look for what is to be fixed, and change nothing.

    Looks at the repo, policy, templates, messages, addresses, clocks, keys, processes, the database
    and disks, and at the app in Slack where it has its token.
    """
    server = read(ServerSettings)
    settings = [server, *([read(SlackSettings)] if speaks_to_slack() else [])]
    with Application(*settings) as application:
        findings = [*_examined(application), *_absences(application.database)]
        kinds = {finding.kind for finding in findings}  # what reads the database says more of it
        ours = alerts.findings(application, server)
        findings += [finding for finding in ours if finding.kind not in kinds]
    for line in shortened(tuple(dict.fromkeys(findings))):
        click.echo(f"- {line}")
    if findings:
        sys.exit(1)
    click.echo("There is nothing to fix.")


def _examined(application: Application) -> list[Finding]:
    try:
        findings = examined(application.examination)
        return [*findings, *(checkup.block_findings(application) if speaks_to_slack() else [])]
    except UnusablePolicy as error:  # it says where in the repo everything lies
        return [*unusable_policy_findings(error), *_backlog(application)]


def _backlog(application: Application) -> list[Finding]:
    try:
        with application.database.reading() as session:
            return backlog_findings(session, datetime.now(UTC), application.command, None)
    except SQLAlchemyError:
        return []  # which `alerts.findings` tells


def _absences(database: Database) -> list[Finding]:
    try:
        with database.reading() as session:
            return absences(session, ("server", *heartbeats.expected_parts()))
    except SQLAlchemyError:
        return []  # which `alerts.findings` tells


@click.command()
@click.argument("serial")
@click.option("--site", help="What the Mac's script names as its site.")
@click.option("--build", help="What the Mac's script names as its build.")
def preview(serial: str, site: str | None, build: str | None) -> None:
    """Show what would happen to the Mac SERIAL if it booted now: its script, its manifest, why.

    Reads only. Secrets are left out.
    """
    requested = Requested(site or "", build or "")
    with (
        Application(read(ServerSettings)) as application,
        application.database.reading() as session,
    ):
        policy, now = application.policy.policy, datetime.now(UTC)
        layout = application.repo.now().layout
        named = requested.within(layout)
        if named is None and not requested.destination.is_nowhere:
            options = " and ".join(f"--{name}" for name in layout.kinds.names)
            raise click.UsageError(f"{layout.kinds.lack}Give {options}, or neither.")
        result = application.machines.previewer.preview(
            session, policy, Serial.parse(serial), requested=named, at=now
        )
    click.echo(result.as_text(), nl=False)
