"""Findings about a policy beside a Munki repo."""

from collections.abc import Sequence

from provisioning.munki import MunkiRepo
from provisioning.policy import Policy, check, missing_catalogs
from provisioning.policy.loading import parse

ODD = b"""
admins = ["U0ALICE", "W0BOB", "@carol"]
[stall]
imagin = 20
[sites.LONDON]
[sites.lundon]
[sites."far away"]
[builds.design]
catalogs = ["production", "prodution"]
[builds.kiosk]
catalogs = []
[builds.desing]
"""
PROFILE = "take the member id from the person's profile in Slack, such as U0ALICE"
PRODUCTION = "did you mean 'production'"


def test_everything_that_the_repo_or_slack_cannot_have_is_found(repo: MunkiRepo) -> None:
    findings = check(
        parse(ODD, "rollcall.toml"),
        repo.now().sites(),
        repo.now().builds(),
        catalogs=["production", "testing"],
        states=["waiting", "imaging"],
    )

    assert findings == [
        "sites.lundon: the Munki repo has no such site; did you mean 'london'?",
        'sites."far away": the Munki repo has no such site; correct the name, or take it out.',
        "builds.desing: the Munki repo has no such build; did you mean 'design'?",
        f"admins: '@carol' is not the id of a person; {PROFILE}.",
        f"builds.design.catalogs: the Munki repo has no catalog 'prodution'; {PRODUCTION}?",
        "builds.kiosk.catalogs: it is empty; name a catalog, or take the key out.",
        "stall.imagin: no Mac is ever in that state; did you mean 'imaging'?",
    ]


def test_what_is_not_known_is_not_held_against_the_policy(repo: MunkiRepo) -> None:
    policy = parse(b"stall.x = 1\nbuilds.design.catalogs = ['y']", "rollcall.toml")
    assert check(policy, repo.now().sites(), repo.now().builds()) == []


def test_the_open_policy_has_nothing_to_be_found() -> None:
    assert check(Policy.open(), [], [], catalogs=[], states=[]) == []


def test_a_table_for_all_sites_below_a_folder_is_one_of_the_repo() -> None:
    policy = Policy.model_validate({"sites": {"UK": {}, "uk/north": {}, "north": {}}})

    assert check(policy, ["uk/north/leeds"], ["design"]) == [
        "sites.north: the Munki repo has no such site; did you mean 'uk/north'?"
    ]


def test_new_manifests_get_a_catalog_that_the_repo_has() -> None:
    policy = Policy.model_validate({"builds": {"lab": {"catalogs": ["testing"]}}})

    def missing(*builds: str, catalogs: Sequence[str] = ("all", "pilot", "testing")) -> list[str]:
        return list(missing_catalogs(policy, ["lab", *builds], catalogs))

    lacking = "get the catalog 'production', which the Munki repo does not have; "
    some = f"{lacking}name some that it has (pilot, testing) in munki.catalogs."
    assert missing("kiosk", "art room") == [f"New manifests of 'kiosk' and 1 more {some}"]
    assert missing("art room") == [f"New manifests of 'art room' {some}"]
    assert missing() == []
    assert missing("kiosk", catalogs=["production", "testing"]) == []
    [none] = missing("kiosk", catalogs=["all"])
    assert none == f"New manifests of 'kiosk' {lacking}put an item into it and run makecatalogs."
    [unsaid] = check(Policy.open(), ["london"], [], catalogs=["testing"])
    assert unsaid == f"New manifests {lacking}name some that it has (testing) in munki.catalogs."


def test_a_catalog_that_the_table_of_the_repo_names_has_to_be_there() -> None:
    policy = Policy.model_validate({"munki": {"catalogs": ["Testing", "pilot"], "builds": False}})

    [odd] = check(policy, ["london"], [], catalogs=["all", "pilot", "testing"])

    assert odd == (
        "New manifests get the catalog 'Testing', which the Munki repo does not have; "
        "name some that it has (pilot, testing) in munki.catalogs."
    )


def test_the_catalog_that_munki_makes_of_all_others_is_always_there() -> None:
    policy = Policy.model_validate({"munki": {"catalogs": ["all"]}})

    assert list(missing_catalogs(policy, ["lab"], ["pilot"])) == []


def test_a_repo_without_any_catalogs_lacks_none() -> None:
    assert check(Policy.open(), [], ["kiosk"], catalogs=[]) == []
