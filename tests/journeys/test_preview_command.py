"""Looking ahead from the command line, and a policy that lets no server start."""

from pathlib import Path

from tests.support.installation import PASSWORD, SECRET_KEY, Install, Installation
from tests.support.running.commandline import typed
from tests.support.soaking import soak_only


def test_the_command_line_shows_what_would_happen_to_a_mac(
    repo_folder: Path, tmp_path: Path, install: Install
) -> None:
    policy = tmp_path / "rollcall.toml"
    policy.write_text('[builds.design]\nname = "{site}-{serial4}"\n')
    settings = {"ROLLCALL_POLICY": str(policy)}
    with install(tmp_path, repo_folder, "http://127.0.0.1:1/", settings=settings) as rollcall:
        told = typed(
            rollcall.environment, "preview", "C02AAA", "--site", "london", "--build", "design"
        )
        wrong = typed(rollcall.environment, "preview", "a/b")

    assert told.returncode == 0
    assert told.stdout.startswith("C02AAA would go to london/design.\n- Nobody registered it, so")
    assert "It would be called london-2AAA now, by the pattern {site}-{serial4}." in told.stdout
    assert "token=REDACTED" in told.stdout
    assert PASSWORD not in told.stdout + told.stderr
    assert SECRET_KEY not in told.stdout + told.stderr
    assert "'a/b' is not a serial number" in wrong.stderr
    assert not (repo_folder / "manifests/C02AAA").exists()


@soak_only("test_refused_starts shows one refusal; tests of the policy hold its sentences")
def test_a_policy_that_cannot_be_followed_is_said_once_and_no_server_starts(
    repo_folder: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "rollcall.toml"
    policy.write_text('[sites.london]\nname = "lab"\n')
    settings = {"ROLLCALL_POLICY": str(policy)}
    with Installation(tmp_path, repo_folder, "http://127.0.0.1:1/", settings=settings) as rollcall:
        ended = rollcall.run("server")

    assert ended.returncode == 1
    assert ended.stderr.count("rollcall.toml, line 2: sites.london.name is") == 1
