"""Health checks and mounts of the processes, as compose.yaml and the image declare them."""

from typing import Any

import yaml

from tests.support.installation import ROOT
from tests.support.tables import for_each

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())[
    "services"
]
OF_OTHERS = {"database", "migrate"}  # PostgreSQL has a check of its own, migrate ends
EVERYTHING = "rollcall"
# The parts that write manifests: Macs' first boots do, and jobs (prestaging, put back, undo …).
WRITES = {EVERYTHING: True, "server": True, "jobs": True, "bot": False, "relay": False}


@for_each("name", sorted(SERVICES.keys() - OF_OTHERS))
def test_every_service_is_probed_by_its_heartbeat(name: str) -> None:
    part = [] if name == EVERYTHING else [name]

    assert SERVICES[name].get("command", []) == part
    assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "/app/boot.sh", "health", *part]


def test_the_image_probes_whatever_was_started_in_it() -> None:
    assert 'CMD ["/app/boot.sh", "health"]' in (ROOT / "Dockerfile").read_text()


@for_each("name", sorted(SERVICES.keys() - OF_OTHERS))
def test_whoever_writes_manifests_and_nobody_else_may(name: str) -> None:
    mounts = [each for each in SERVICES[name]["volumes"] if isinstance(each, dict)]

    [repo] = [each for each in mounts if each["target"] == "/munki_repo"]
    assert repo.get("read_only", False) is not WRITES[name]
    assert SERVICES[name]["environment"]["MUNKI_REPO"] == repo["target"]


@for_each("name", sorted(OF_OTHERS))
def test_who_has_nothing_to_do_with_manifests_does_not_see_them(name: str) -> None:
    assert "munki_repo" not in str(SERVICES[name].get("volumes", []))
