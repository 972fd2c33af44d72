"""The lock: what is installed on the oldest Python that the README names, too."""

import json
import tomllib
from importlib.metadata import Distribution

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.installation import ROOT
from tests.support.installing.slim import found, locked, taken_out

FEATURES = {"boto3", "pillow", "pillow-heif", "zxing-cpp"}  # that the slim image is without
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


def test_the_slim_image_is_without_what_no_other_package_needs() -> None:
    """Photos, pictures and buckets go, and what they alone brought with them."""
    core = set(tomllib.loads((ROOT / "Pipfile").read_text())["packages"]) - FEATURES
    needed, asked = set[str](), list(core)
    while asked:
        name = canonicalize_name(asked.pop())
        if name not in needed and (distribution := found(name)):
            needed.add(name)
            asked += required(distribution)

    assert taken_out() == {name for name in locked() if found(name)} - needed


def required(distribution: Distribution) -> list[str]:
    """The needs of a distribution here; `psycopg` with its extra, as the Pipfile names it."""
    environment = {"extra": "binary"}
    requirements = map(Requirement, distribution.requires or ())
    return [
        each.name
        for each in requirements
        if each.marker is None or each.marker.evaluate(environment)
    ]
