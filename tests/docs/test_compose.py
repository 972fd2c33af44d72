"""Services of the compose files: health checks, mounts, limits, and never two installations."""

import re
from importlib.util import find_spec
from typing import Any

import yaml

from tests.support.installation import ROOT
from tests.support.installing.composing import compose_file, services
from tests.support.tables import for_each

ONE, SCALED, TLS = "compose.yaml", "compose.scale.yaml", "compose.tls.yaml"
SERVICES: dict[str, dict[str, Any]] = {**services(ONE), **services(SCALED)}
OF_OTHERS = {"database", "migrate"}  # PostgreSQL has a check of its own, migrate ends
EVERYTHING = "rollcall"
# The parts that write manifests: Macs' first boots do, and jobs (prestaging, put back, undo …).
WRITES = {EVERYTHING: True, "server": True, "jobs": True, "bot": False, "relay": False}
# All that Rollcall's own containers have in common.
CONFINED = ("image", "env_file", "read_only", "cap_drop", "security_opt", "tmpfs", "logging")


@for_each("name", sorted(SERVICES.keys() - OF_OTHERS))
def test_every_service_is_probed_by_its_heartbeat(name: str) -> None:
    part = [] if name == EVERYTHING else [name]

    assert SERVICES[name].get("command", []) == part
    assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "/app/boot.sh", "health", *part]


def test_the_image_probes_whatever_was_started_in_it() -> None:
    assert 'CMD ["/app/boot.sh", "health"]' in (ROOT / "Dockerfile").read_text()


def test_the_modules_for_whose_bytecode_the_image_is_made_are_there() -> None:
    """Without one of them no image can be made."""
    [named] = re.findall(r'^ARG MODULES="([^"]+)"', (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    modules = re.findall(r"[\w.]+", named)

    assert modules
    assert [module for module in modules if find_spec(module) is None] == []


@for_each("name", sorted(SERVICES.keys() - OF_OTHERS - {"live"}))
def test_whoever_writes_manifests_and_nobody_else_may(name: str) -> None:
    mounts = [each for each in SERVICES[name]["volumes"] if isinstance(each, dict)]

    [repo] = [each for each in mounts if each["target"] == "/munki_repo"]
    assert repo.get("read_only", False) is not WRITES[name]
    assert SERVICES[name]["environment"]["MUNKI_REPO"] == repo["target"]


@for_each("name", sorted(OF_OTHERS | {"live"}))
def test_who_has_nothing_to_do_with_manifests_does_not_see_them(name: str) -> None:
    assert "munki_repo" not in str(SERVICES[name].get("volumes", []))


@for_each("name", sorted(SERVICES.keys() - {"database"}))
def test_each_container_of_rollcall_is_confined_as_the_others(name: str) -> None:
    [one] = services(ONE).values()

    assert {key: SERVICES[name][key] for key in CONFINED} == {key: one[key] for key in CONFINED}


@for_each("service", [*SERVICES.values(), services(TLS)["proxy"]])
def test_no_container_takes_all_memory_all_processes_or_the_whole_disk(
    service: dict[str, Any],
) -> None:
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@for_each("name", sorted(services(SCALED).keys() - OF_OTHERS))
def test_the_containers_of_one_host_share_the_folder_of_their_alerts(name: str) -> None:
    folder = SERVICES[name]["environment"]["ROLLCALL_ALERT_FOLDER"]

    assert f"alerts:{folder}" in SERVICES[name]["volumes"]
    assert re.search(rf"chown 1000:1000 .*{folder}\b", (ROOT / "Dockerfile").read_text())


def test_no_file_starts_two_installations_and_both_together_start_the_scaled_one() -> None:
    assert services(ONE).keys() == {EVERYTHING}
    assert compose_file(SCALED)["services"][EVERYTHING] is None
    assert not [name for name, service in SERVICES.items() if "profiles" in service]


def test_what_speaks_or_writes_starts_only_beside_whoever_has_the_ports_of_this_host() -> None:
    """A second installation on one host would hear half of what people type."""
    assert "ports" in SERVICES["server"]
    for part in ("bot", "relay", "jobs"):
        assert "server" in SERVICES[part]["depends_on"]
    assert services(TLS)["server"]["ports"] is None
    for part in ("bot", "relay", "jobs"):
        assert "proxy" in services(TLS)[part]["depends_on"]


def test_the_password_of_the_database_is_no_part_of_a_url() -> None:
    environment = SERVICES["server"]["environment"]

    assert environment["ROLLCALL_DATABASE_URL"] == "postgresql://rollcall@database/rollcall"
    assert environment["ROLLCALL_DATABASE_PASSWORD"] == "${POSTGRES_PASSWORD:-}"


def test_the_page_about_mail_gives_the_mail_server_to_every_part() -> None:
    """One that is told of the sender alone would not start."""
    page = (ROOT / "docs/how-to/email.md").read_text()
    [block] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    said = yaml.safe_load(block)

    assert said["services"].keys() == services(SCALED).keys() - {"database"}
    for service in said["services"].values():
        assert service == said["x-mail"]
    [path] = said["x-mail"]["environment"].values()
    assert [path.rpartition("/")[2]] == said["x-mail"]["secrets"] == [*said["secrets"]]


def test_a_restore_starts_no_server_that_would_use_the_database() -> None:
    """Compose starts what a service depends on before it runs a command in its place."""
    page = (ROOT / "docs/how-to/backup.md").read_text()
    lines = re.findall(r"^docker compose .*\brun\b(.*) (\w+) restore ", page, re.MULTILINE)

    assert lines
    for options, service in lines:
        needs = SERVICES[service].get("depends_on", {}).keys()
        assert "server" not in needs or " --no-deps " in options
