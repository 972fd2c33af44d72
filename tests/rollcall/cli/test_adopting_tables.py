"""Tables of an admin, tried on a Munki repo as it is, and what programs get of it."""

import json
from pathlib import Path

from tests.rollcall.cli.adopted import adopt
from tests.support.inputs.layouts import case_of


def test_programs_get_one_json_document(tmp_path: Path) -> None:
    done = adopt("--json", case_of("in a folder of a git repo").make(tmp_path))

    said = json.loads(done.stdout)
    assert (said["root"], said["manifests"]) == ("deployment", 10)
    assert said["macs"] == {"serials": 6, "others": 0}
    (layout,) = said["layouts"]
    assert layout["toml"] == f"[munki]\n{case_of('in a folder of a git repo').table}"
    assert layout["table"]["builds"] == {"folder": "included"}
    assert (layout["covers"], layout["of"]) == (6, 6)
    assert said["macs_after"][0] == {
        "name": "C02A01SYNTH1",
        "site": "",
        "build": "design",
        "before": ["site_default", "included/design"],
        "after": ["site_default", "included/design"],
        "problem": "",
    }


def test_a_table_of_an_admin_is_tried(tmp_path: Path) -> None:
    repo, policy = case_of("prefixes").make(tmp_path / "repo"), tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nsites = false\nbuilds = {prefix = "role_"}\n')

    done = adopt(repo, "--policy", policy)

    assert done.returncode == 0
    assert "The table of the policy file: 6 of 6 Macs go where it says.\n" in done.stdout
    assert "  C02A01SYNTH1  design  stays as it is\n" in done.stdout


def test_programs_get_the_catalogs_of_new_manifests_proposed_or_of_the_policy(
    tmp_path: Path,
) -> None:
    repo, policy = case_of("prefixes").make(tmp_path / "repo"), tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nsites = false\nbuilds = {prefix = "role_"}\ncatalogs = ["qa"]\n')

    tables = [
        json.loads(adopt("--json", *chosen, repo).stdout)["layouts"][0]["table"]
        for chosen in ((), ("--policy", policy))
    ]

    assert [table["catalogs"] for table in tables] == [["production"], ["qa"]]


def test_a_table_that_finds_nothing_is_told_with_what_to_do(tmp_path: Path) -> None:
    repo, policy = case_of("prefixes").make(tmp_path / "repo"), tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nalways = ["base"]\nsites = {prefix = "place_"}\n')

    done = adopt(repo, "--policy", policy)

    assert done.returncode == 1
    assert "The repo has no manifest base, which every Mac's is to include." in done.stdout
    assert 'The repo has no site: nothing is there for sites = {prefix = "place_"}.' in done.stdout


def test_the_faults_of_a_table_are_told_with_their_lines(tmp_path: Path) -> None:
    repo, policy = case_of("prefixes").make(tmp_path / "repo"), tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nsites = {prefix = ""}\n')

    done = adopt(repo, "--policy", policy)

    assert done.returncode == 1
    assert done.stderr.startswith('rollcall.toml, line 2: munki.sites.prefix is "";')


def test_a_table_without_the_root_of_a_repo_is_told(tmp_path: Path) -> None:
    made = case_of("in a folder of a git repo")
    repo, policy = made.make(tmp_path / "repo"), tmp_path / "rollcall.toml"
    policy.write_text(f"[munki]\n{made.table}".replace('root = "deployment"', ""))

    missing = adopt(repo, "--policy", policy)
    policy.write_text(f"[munki]\n{made.table}")
    complete = adopt(repo, "--policy", policy)

    assert missing.stderr.endswith(
        'there is no folder manifests in it; write root = "deployment" below [munki].\n'
    )
    assert "6 of 6 Macs go where it says" in complete.stdout
