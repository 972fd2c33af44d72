"""Adoption: `boot.sh adopt --register` for a repo with very many Macs."""

import plistlib
import re
import resource
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, select

from provisioning.munki import DEFAULT_CATALOGS, Destination
from provisioning.registrations.models import ADOPTED, Registration
from tests.support.inputs.manifests import includes_of
from tests.support.inputs.samples import sample_repo
from tests.support.installation import ROOT, Installation
from tools.bench.contenders import contenders
from tools.bench.harness.effort import Effort
from tools.bench.harness.postgresql import on_postgresql
from tools.bench.harness.table import Row

SECONDS, MEMORY = 60, 200  # MiB
SPREAD = 7919  # a prime, so that no two serials are alike


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a command: seconds by the clock and of a processor, and MiB at most."""

    seconds: float
    processor: float
    memory: float


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """The Macs of a repo in a folder adopted: on SQLite, and on PostgreSQL where there is one."""
    folder.mkdir()
    repo = sample_repo(folder / "munki_repo")
    contents = [_manifest(site) for site in ("london", "paris")]
    for number in range(effort.adopted):
        serial = f"C{number * SPREAD % 10**9:09}XQ"
        (repo / "manifests" / serial).write_bytes(contents[number % 2])
    yield _row("SQLite", effort, Installation(folder, repo, contenders.NOWHERE))
    yield from on_postgresql(
        lambda url: _row(
            "PostgreSQL", effort, Installation(folder, repo, contenders.NOWHERE, database_url=url)
        )
    )


def _row(kind: str, effort: Effort, installation: Installation) -> Row:
    installation.run("migrate").check_returncode()
    run = _run(installation)
    with contenders.database(installation) as database, database.reading() as session:
        query = select(func.count()).select_from(Registration)
        adopted = session.scalar(query.where(Registration.registered_by == ADOPTED))
    return Row(
        f"{effort.adopted:,} Macs of a repo adopted, {kind}",
        f"{run.seconds:.0f} s, {run.processor:.0f} s of a processor, {run.memory:.0f} MiB",
        f"< {SECONDS} s, < {MEMORY} MiB",
        run.seconds < SECONDS and run.memory < MEMORY and adopted == effort.adopted,
        beside=f"{adopted:,} registrations",
    )


def _run(installation: Installation) -> Run:
    began, used = perf_counter(), _processor()
    memory = 0.0
    with subprocess.Popen(  # noqa: S603 - our own script
        [ROOT / "boot.sh", "adopt", "--register", "--yes"],
        env=installation.environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None:
            memory = _memory(process.pid) or memory
            time.sleep(0.05)
    if process.returncode:
        raise RuntimeError(f"adopt ended with {process.returncode}")
    return Run(perf_counter() - began, _processor() - used, memory)


def _processor() -> float:
    """The seconds of a processor of all children that ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _memory(pid: int) -> float:
    """The most MiB that a process had; 0 for one that ends.

    The system's own account of an ended child begins with what its parent had at the fork.
    """
    status = Path(f"/proc/{pid}/status").read_text()
    match = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(match[1]) / 1024 if match else 0.0


def _manifest(site: str) -> bytes:
    manifest = {
        "catalogs": [*DEFAULT_CATALOGS],
        "included_manifests": includes_of(Destination(site, "design")),
        "managed_installs": ["Firefox", "Office"],
        "managed_uninstalls": [],
        "optional_installs": ["Slack"],
    }
    return plistlib.dumps(manifest)
