"""Health checks of the processes, as compose.yaml and the image declare them."""

from typing import Any

import yaml

from tests.support.installation import ROOT
from tests.support.tables import for_each

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())[
    "services"
]
OF_OTHERS = {"database", "migrate"}  # PostgreSQL has a check of its own, migrate ends
EVERYTHING = "rollcall"


@for_each("name", sorted(SERVICES.keys() - OF_OTHERS))
def test_every_service_is_probed_by_its_heartbeat(name: str) -> None:
    part = [] if name == EVERYTHING else [name]

    assert SERVICES[name].get("command", []) == part
    assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "/app/boot.sh", "health", *part]


def test_the_image_probes_whatever_was_started_in_it() -> None:
    assert 'CMD ["/app/boot.sh", "health"]' in (ROOT / "Dockerfile").read_text()
