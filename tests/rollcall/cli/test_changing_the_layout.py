"""boot.sh adopt after a change of the layout, as an admin types it."""

import plistlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.programs import tokens
from provisioning.access.programs.models import READ
from provisioning.access.programs.tokens import TokenRequest
from provisioning.munki import Destination
from provisioning.munki.errors import LayoutChanged
from provisioning.registrations.models import Registration
from tests.support.acting import register
from tests.support.installation import Installation
from tests.support.running.commandline import typed
from tests.support.tables import for_each

NOBODY = "http://127.0.0.1:1/api/"  # no Slack is asked for any of this
POLICY = """
[sites.london]
title = "London"
[munki]
sites = {folder = "places"}
builds = {prefix = "role_"}
"""
Adopt = Callable[..., CompletedProcess[str]]


@pytest.fixture
def adopt(tmp_path: Path, repo_folder: Path, sqlite_url: str) -> Adopt:
    """Type `boot.sh adopt` where the policy has a new layout."""
    for path in ("places/uk/london", "role_design"):
        file = repo_folder / "manifests" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(plistlib.dumps({}))
    policy, templates = tmp_path / "rollcall.toml", tmp_path / "templates"
    policy.write_text(POLICY)
    (templates / "builds").mkdir(parents=True)
    there = Installation(tmp_path, repo_folder, NOBODY, database_url=sqlite_url)
    settings = {"ROLLCALL_POLICY": str(policy), "ROLLCALL_TEMPLATES": str(templates)}
    return lambda *arguments: typed({**there.environment, **settings}, "adopt", *arguments)


def place(database: Database) -> tuple[str, str]:
    with database.reading() as session:
        mac = session.scalars(select(Registration)).one()
        return mac.site, mac.build


def test_a_dry_run_shows_the_renames_and_changes_nothing(adopt: Adopt, database: Database) -> None:
    register(database, "C02AAA")
    with database.begin() as session:
        wish = TokenRequest("desk", (READ,), ("leeds", "london"))
        tokens.make(session, wish, made_by=None, at=datetime.now(UTC))

    done = adopt("--from-current")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "build design -> design (role_design): 1 registration\n"
        "site london -> uk/london (places/uk/london): 1 registration\n"
        "token 1 of leeds, london -> leeds, uk/london; no such site: leeds\n"
        'in the policy file: sites.london is sites."uk/london" now\n'
        "Nothing was changed; `boot.sh adopt --from-current --yes` does it.\n"
    )
    assert place(database) == ("london", "design")


def test_yes_renames_and_undo_takes_it_back(adopt: Adopt, database: Database) -> None:
    register(database, "C02AAA")

    done = adopt("--from-current", "--yes")

    assert done.stdout.endswith("1 registration renamed. `boot.sh adopt --undo` takes it back.\n")
    assert place(database) == ("uk/london", "design")
    undone = adopt("--undo")
    assert undone.stdout == "Taken back: 1 registration renamed.\n"
    assert place(database) == ("london", "design")
    assert adopt("--undo").stderr == "There is nothing to undo.\n"


def test_how_many_wait_again_is_said(adopt: Adopt, database: Database) -> None:
    register(database, "C02AAA")
    with database.begin() as session:
        mac = session.scalars(select(Registration)).one()
        mac.state, mac.step = "failed", str(LayoutChanged("site", "london", "a", "b", ""))

    done = adopt("--from-current", "--yes")

    assert done.stdout.endswith(
        "1 Mac that failed by the change waits again: its next call goes through.\n"
    )


def test_what_is_asked_for_is_said_by_rename(adopt: Adopt, database: Database) -> None:
    register(database, "C02AAA", to=Destination("paris", "design"))

    refused = adopt("--from-current", "--yes")

    assert refused.returncode == 1
    assert "site paris -> ?: 1 registration\n" in refused.stdout
    assert "--rename site:paris=NEW" in refused.stderr
    assert place(database) == ("paris", "design")
    dry = adopt("--from-current", "--rename", "site:paris=uk/london")
    line = "boot.sh adopt --from-current --rename site:paris=uk/london --yes"
    assert dry.stdout.endswith(f"Nothing was changed; `{line}` does it.\n")
    assert adopt("--from-current", "--yes", "--rename", "site:paris=uk/london").returncode == 0
    assert place(database) == ("uk/london", "design")


def test_a_rename_in_the_same_layout_says_nothing_of_names_that_stay(
    adopt: Adopt, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "rollcall.toml").write_text("")
    register(database, "C02AAA")

    dry = adopt("--from-current", "--rename", "site:london=new york")

    line = "boot.sh adopt --from-current --rename 'site:london=new york' --yes"
    assert dry.stdout.splitlines() == [
        "site london -> new york (included_manifests/sites/new york): 1 registration",
        f"Nothing was changed; `{line}` does it.",
    ]


def test_a_new_name_of_the_same_manifest_is_shown(
    adopt: Adopt, database: Database, tmp_path: Path
) -> None:
    register(database, "C02AAA")
    path = "included_manifests/builds/design"
    (tmp_path / "rollcall.toml").write_text(
        f"[munki]\nbuilds = {{names = {{designer = '{path}'}}}}"
    )

    assert adopt("--from-current").stdout.splitlines()[0] == (
        f"build design -> designer ({path}): 1 registration"
    )


def test_where_nothing_waits_that_is_said(adopt: Adopt, tmp_path: Path) -> None:
    (tmp_path / "rollcall.toml").write_text("")

    assert adopt("--from-current", "--yes").stdout == (
        "Nothing is registered by a name that leads elsewhere by the present layout.\n"
    )
    assert adopt("--from-current", "--rename", "site:rome=paris").stdout == (
        "Nothing is registered by a name that leads elsewhere by the present layout, nor by one of "
        "--rename.\n"
    )


@for_each(
    ("arguments", "said"),
    [
        (["--rename", "site:a=b"], "--rename goes with --from-current."),
        (["--from-current", "--undo"], "go with no place, and not together."),
        (["--from-current", "/munki_repo"], "go with no place, and not together."),
        (["--from-current", "--rename", "paris=rome"], "write site:OLD=NEW or build:OLD=NEW."),
        (["--from-current", "--rename", "site:paris=rome"], "has no site named 'rome'"),
    ],
)
def test_a_mistake_is_one_sentence(adopt: Adopt, arguments: list[str], said: str) -> None:
    done = adopt(*arguments)

    assert done.returncode != 0
    assert said in done.stderr
