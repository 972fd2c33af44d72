"""An audit of the locked packages: `make audit` warns of advisories, and of a lock that is old.

It warns and never fails: what it says changes with the calendar. The advisories are those of
osv.dev (api.osv.dev, documented at google.github.io/osv.dev/post-v1-querybatch), which has PyPI's
own, GitHub's and others. Where the database cannot be reached, it says so.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import click
import urllib3

ROOT = Path(__file__).parent.parent
DATABASE = "https://api.osv.dev"
ADVISORY_URL = "https://osv.dev/vulnerability/"
MAX_LOCK_AGE = timedelta(days=60)
MAX_AT_ONCE = 1_000  # questions in one request, by its documentation

Answer: TypeAlias = Mapping[str, list[dict[str, str]]]
"""The advisories about one package, as `vulns`, each with an `id`; empty without any."""


class DatabaseUnavailable(Exception):
    """A database of advisories that did not answer as it should."""


@click.command()
@click.option("--database", default=DATABASE, show_default=True, help="Where advisories are.")
@click.option("--lock", type=click.Path(path_type=Path), default=ROOT / "Pipfile.lock")
def audit(database: str, lock: Path) -> None:
    """Warn of known advisories about the locked packages, and of a lock older than 60 days."""
    packages = locked(lock.read_text())
    try:
        found = advisories(packages, database)
    except DatabaseUnavailable as error:
        click.echo(f"Advisories could not be had: {error}. Ask again where {database} is reached.")
    else:
        click.echo(f"{len(packages)} packages, {sum(map(len, found.values()))} advisories.")
        for name, ids in found.items():
            click.echo(f"- {name} {packages[name]}: {', '.join(ADVISORY_URL + id_ for id_ in ids)}")
    if (at := changed(lock)) is not None and datetime.now(UTC) - at > MAX_LOCK_AGE:
        click.echo(f"The lock is of {at:%Y-%m-%d}: `make lock` takes newer releases.")


def locked(lock: str) -> dict[str, str]:
    """Return the packages of a Pipfile.lock, with their versions."""
    content = json.loads(lock)
    return {
        name: entry["version"].removeprefix("==")
        for group in ("develop", "default")  # what is in both is in the image
        for name, entry in content[group].items()
        if "version" in entry
    }


def advisories(packages: Mapping[str, str], database: str) -> dict[str, Sequence[str]]:
    """Return the ids of advisories by the packages that have some. Raises DatabaseUnavailable."""
    found: dict[str, Sequence[str]] = {}
    names = sorted(packages)
    for first in range(0, len(names), MAX_AT_ONCE):
        asked = names[first : first + MAX_AT_ONCE]
        questions = [
            {"package": {"name": name, "ecosystem": "PyPI"}, "version": packages[name]}
            for name in asked
        ]
        answers = _ask(database, questions)
        for name, answer in zip(asked, answers, strict=True):
            if ids := [vulnerability["id"] for vulnerability in answer.get("vulns", ())]:
                found[name] = ids
    return found


def changed(lock: Path) -> datetime | None:
    """Return the moment of the commit that changed the lock last; None where git does not know."""
    command = ["git", "log", "-1", "--format=%cI", "--", lock.name]
    try:
        asked = subprocess.run(  # noqa: S603 - the name of a file of ours
            command, cwd=lock.parent, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:  # no git
        return None
    text = asked.stdout.strip()
    return datetime.fromisoformat(text) if text else None


def _ask(database: str, questions: Sequence[object]) -> Sequence[Answer]:
    try:
        response = urllib3.request(
            "POST", f"{database}/v1/querybatch", json={"queries": questions}, timeout=30, retries=2
        )
        results: Sequence[Answer] = response.json()["results"]
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError) as error:
        raise DatabaseUnavailable(str(error)[:200]) from error
    if len(results) != len(questions):
        raise DatabaseUnavailable("it did not answer all questions")
    return results


if __name__ == "__main__":
    audit()
