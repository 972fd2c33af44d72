"""The lock: what is installed on the oldest Python that the README names, too."""

import json

from packaging.markers import Marker

from tests.support.installation import ROOT

OLDEST, LATER = "3.11.0", "3.11.99"


def test_every_first_3_11_gets_the_packages_that_later_ones_get() -> None:
    """Debian 12 has 3.11.2, and `pipenv sync` passes over what a marker leaves out."""
    lock = json.loads((ROOT / "Pipfile.lock").read_text())
    packages = {**lock["default"], **lock["develop"]}

    left_out = [
        name
        for name, package in packages.items()
        if is_for(package, OLDEST) != is_for(package, LATER)
    ]

    assert left_out == []


def is_for(package: dict[str, str], version: str) -> bool:
    environment = {"python_full_version": version, "python_version": "3.11"}
    return Marker(package["markers"]).evaluate(environment) if "markers" in package else True
