"""The look at locked packages: what it warns of, and that it never fails."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug import Request, Response

from tests.support.installing import packages
from tests.support.running.serving import served
from tools.audit import audit

LOCK = {
    "_meta": {},
    "default": {"flask": {"version": "==1.0"}, "jinja2": {"version": "==3.1.6"}},
    "develop": {"flask": {"version": "==0.9"}, "pytest": {"version": "==9.0"}},
}


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock in a repo, committed long ago."""
    packages.program("git")
    path = tmp_path / "Pipfile.lock"
    path.write_text(json.dumps(LOCK))
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    old = {"GIT_COMMITTER_DATE": "2026-01-02T12:00:00Z", "PATH": "/usr/bin:/bin"}
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "Lock"]):
        subprocess.run(["git", *command], cwd=tmp_path, env=old, check=True)
    return path


@pytest.fixture
def database() -> Iterator[Callable[[object], str]]:
    """Runs a stand-in of osv.dev: its advisories by packages, or one text for all questions."""
    with ExitStack() as stack:

        def run_one(answer: object) -> str:
            @Request.application
            def app(request: Request) -> Response:
                assert (request.method, request.path) == ("POST", "/v1/querybatch")
                return Response(answer if isinstance(answer, str) else answered(answer, request))

            return stack.enter_context(served(app))

        yield run_one


def answered(advisories: object, request: Request) -> str:
    assert isinstance(advisories, dict)
    questions = request.get_json()["queries"]
    assert {question["package"]["ecosystem"] for question in questions} == {"PyPI"}
    ids = [advisories.get(question["package"]["name"], []) for question in questions]
    return json.dumps(
        {"results": [{"vulns": [{"id": id_} for id_ in each]} if each else {} for each in ids]}
    )


def run(lock: Path, database: str) -> Result:
    return CliRunner().invoke(audit, ["--database", database, "--lock", str(lock)])


def test_each_advisory_is_a_line_and_nothing_fails(
    lock: Path, database: Callable[[object], str]
) -> None:
    done = run(lock, database({"flask": ["GHSA-1", "PYSEC-2"]}))

    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "3 packages, 2 advisories.",
        "- flask 1.0: https://osv.dev/vulnerability/GHSA-1, https://osv.dev/vulnerability/PYSEC-2",
        "The lock is of 2026-01-02: `make lock` takes newer releases.",
    ]


@pytest.mark.parametrize("answer", ["{", "[]", '{"results": []}'])
def test_a_database_that_answers_otherwise_is_none(
    lock: Path, database: Callable[[object], str], answer: str
) -> None:
    done = run(lock, database(answer))

    assert done.exit_code == 0
    assert done.output.startswith("Advisories could not be had: ")


def test_a_database_that_is_away_is_said(lock: Path) -> None:
    done = run(lock, "http://127.0.0.1:9")

    assert done.exit_code == 0
    assert "Ask again where http://127.0.0.1:9 is reached." in done.output
