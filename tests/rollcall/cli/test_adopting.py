"""A Munki repo as it is, looked at from the command line before anything else is set up."""

import os
import plistlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.git.remote import Remote, git
from tests.rollcall.cli.adopted import adopt
from tests.support.inputs.layouts import case_of
from tests.support.inputs.repos import RepoCase
from tests.support.installation import ROOT

PREFIXES = """\
    [munki]
    sites = {prefix = "site_"}   # 3 of them; a Mac includes one
    builds = {prefix = "role_"}  # 3 of them; a Mac includes one
"""


def files(folder: Path) -> dict[Path, tuple[int, int]]:
    return {
        path: (state.st_mtime_ns, state.st_ino)
        for path in (folder, *folder.rglob("*"))
        if (state := path.lstat())
    }


def test_a_repo_gets_its_table_and_five_macs_as_examples(tmp_path: Path) -> None:
    repo = case_of("prefixes").make(tmp_path)
    before = files(tmp_path)

    done = adopt(repo)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "16 manifests: 6 Macs by serial, 10 others. Catalogs: production, testing.\n"
    )
    assert PREFIXES in done.stdout
    assert "\n  C02A01SYNTH1  london, design  stays as it is\n" in done.stdout
    assert done.stdout.count("stays as it is") == 5
    assert files(tmp_path) == before


def test_a_repo_like_rollcalls_own_needs_no_table(tmp_path: Path) -> None:
    done = adopt(case_of("Rollcall's own").make(tmp_path))

    assert done.returncode == 0
    assert "No table is needed: the repo is laid out as Rollcall takes it; 6 of 6" in done.stdout


def test_where_macs_ask_for_another_catalog_the_table_is_needed_for_that_alone(
    tmp_path: Path,
) -> None:
    repo = case_of("Rollcall's own").make(tmp_path)
    for mac in (repo / "manifests").glob("C02*"):
        mac.write_bytes(
            plistlib.dumps({**plistlib.loads(mac.read_bytes()), "catalogs": ["testing"]})
        )

    done = adopt(repo)

    assert "The table that fits; 6 of 6 Macs go where it says." in done.stdout
    table = '[munki]\n    catalogs = ["testing"]  # of new manifests, as in 6 of 6 Macs\n'
    assert table in done.stdout


def test_a_repo_with_nothing_to_choose_from_is_told_what_to_make(tmp_path: Path) -> None:
    nothing = RepoCase("", "", lambda _, __: ["site_default"], shared=("site_default", "staff"))

    done = adopt(nothing.make(tmp_path))

    assert done.returncode == 1
    assert "nothing to choose" not in done.stderr
    assert (
        "This repo has no manifests to choose from yet: 6 Macs include nothing but site_default.\n"
        "Make one for each site, such as included_manifests/sites/london" in done.stdout
    )
    assert "No manifest includes staff." in done.stdout


def test_what_is_included_on_a_condition_is_said_to_be_included(tmp_path: Path) -> None:
    laptops = {"condition": 'machine_type == "laptop"', "included_manifests": ["vpn"]}
    always = {"catalogs": ["production"], "conditional_items": [laptops]}
    nothing = RepoCase(
        "",
        "",
        lambda _, __: ["site_default"],
        shared=("vpn", "staff"),
        extra={"site_default": always},
    )

    done = adopt(nothing.make(tmp_path))

    assert "No manifest includes staff." in done.stdout


def test_a_mac_that_lacks_an_include_is_shown_with_its_place(tmp_path: Path) -> None:
    lacking = {"catalogs": ["production"], "included_manifests": ["site_london", "role_design"]}
    several = case_of("prefixes").manifests()
    shown = RepoCase(
        "",
        "",
        lambda site, build: ["site_default", f"site_{site}", f"role_{build}"],
        places=tuple((f"s{number % 3}", f"b{number % 2}") for number in range(9)) * 3,
        extra={**several, **{f"C02B{n:02}SYNTH{n}": several["C02A01SYNTH1"] for n in range(30)}}
        | {"C02X01SYNTH1": lacking},
    )

    done = adopt(shown.make(tmp_path))

    assert "  C02X01SYNTH1  london, design  + site_default (before site_london)\n" in done.stdout


def test_what_is_broken_is_told_and_what_is_no_manifest_is_left_alone(tmp_path: Path) -> None:
    repo = case_of("prefixes").make(tmp_path)
    manifests = repo / "manifests"
    os.mkfifo(manifests / "pipe")
    (manifests / "itself").symlink_to("itself")
    (manifests / "elsewhere").symlink_to("nowhere")
    (manifests / "up").symlink_to("..")
    (manifests / "large").write_bytes(b"x" * (4 * 1024 * 1024 + 1))
    (manifests / "text").write_bytes(b"no property list")
    (manifests / "Thumbs.db").write_bytes(b"\0")
    (manifests / "new\x1b[31m\nline").write_bytes((manifests / "C02A01SYNTH1").read_bytes())
    Path(os.fsdecode(os.fsencode(manifests) + b"/\xff")).write_bytes(b"\xff")

    done = adopt(repo)

    assert done.returncode == 0
    for broken in (
        "pipe in the Munki repo cannot be read (it is a pipe or a device, not a file)",
        "itself in the Munki repo cannot be read (manifests/itself is a link to itself, which lead",
        "elsewhere in the Munki repo cannot be read (manifests/elsewhere is a link to nowhere, whi",
        "large in the Munki repo cannot be read (it is larger than 4 MiB)",
        "text in the Munki repo cannot be read (it is not a property list)",
    ):
        assert f"Broken: {broken}" in done.stdout.replace("Broken: The manifest ", "Broken: ")
    assert "No manifests, and left alone: Thumbs.db.\n" in done.stdout
    assert "Macs by other names (new?[31m?line) keep their manifests" in done.stdout
    assert PREFIXES in done.stdout


def test_a_repo_without_the_catalog_of_new_manifests_is_told_until_the_policy_names_others(
    tmp_path: Path,
) -> None:
    repo = tmp_path / "repo"
    for name in ("role_lab", "role_office"):
        put = repo / "manifests" / name
        put.parent.mkdir(parents=True, exist_ok=True)
        put.write_bytes(plistlib.dumps({"catalogs": ["testing"]}))
    policy = tmp_path / "rollcall.toml"
    table = '[munki]\nalways = []\nsites = false\nbuilds = {prefix = "role_"}\n'
    named = "".join(f'[builds.{each}]\ncatalogs = ["testing"]\n' for each in ("lab", "office"))
    of_all = 'catalogs = ["testing"]\n'

    proposed = adopt(repo).stdout
    policy.write_text(table)
    tried = adopt("--policy", policy, repo).stdout
    policy.write_text(table + named)
    silent = adopt("--policy", policy, repo).stdout
    policy.write_text(table + of_all)
    silent_too = adopt("--policy", policy, repo).stdout

    told = "New manifests of 'lab' and 1 more get the catalog 'production', which the Munki repo "
    assert told in tried
    assert of_all.strip() in proposed
    assert not [text for text in (proposed, silent, silent_too) if "New manifests" in text]


def test_a_link_to_manifests_that_are_not_mounted_is_told(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    case_of("prefixes").make(elsewhere)
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "manifests").symlink_to(elsewhere / "manifests")
    assert PREFIXES in adopt(repo).stdout

    elsewhere.rename(tmp_path / "not mounted")
    done = adopt(repo)

    assert done.returncode == 1
    assert f"manifests is a link to {elsewhere}/manifests, which is not there" in done.stderr


def test_macs_by_host_name_are_told_that_they_get_another_manifest(tmp_path: Path) -> None:
    done = adopt(case_of("host names").make(tmp_path))

    assert (
        "  AB-MD-00001.local  design  keeps it; one by serial includes site_default, design\n"
        in done.stdout
    )
    assert "with client_identifier = true above [munki]" in done.stdout


def test_a_repo_in_git_is_read_from_a_clone_that_is_removed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = Remote(tmp_path, sample=False)
    case_of("by building and type").make(remote.desk)
    git(remote.desk, "add", "--all")
    remote.push("our repo")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    done = adopt(remote.url.removeprefix("git+"))

    assert done.returncode == 0, done.stderr
    assert 'builds = {match = "{site}/*"}' in done.stdout
    assert not list(temporary.iterdir())


def test_the_repo_of_the_settings_is_the_usual_one(tmp_path: Path) -> None:
    repo = case_of("prefixes").make(tmp_path)

    assert adopt(repo).stdout == adopt(MUNKI_REPO=str(repo)).stdout
    assert adopt("there", CALLED_FROM=str(tmp_path)).stderr.startswith(
        f"The Munki repo cannot be used: there is no folder {tmp_path}/there"
    )


def test_a_folder_that_is_no_repo_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = adopt(tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The Munki repo cannot be used: there is no folder manifests")


def test_no_settings_database_or_slack_are_needed(tmp_path: Path) -> None:
    repo = case_of("prefixes").make(tmp_path)
    script = (
        "import sys; from rollcall.__main__ import main\n"
        "try: main()\n"
        "finally: print(*sorted(sys.modules), file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, "adopt", str(repo)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )

    assert PREFIXES in done.stdout
    loaded = set(done.stderr.split())
    assert "rollcall.cli.adopting.adopt" in loaded
    assert not loaded & {
        *("sqlalchemy", "alembic", "slack_sdk", "slack_bolt", "flask", "boto3"),
        *("pydantic_settings", "rollcall.settings", "rollcall.application"),
    }
