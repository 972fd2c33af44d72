"""A bill of materials of the image, in CycloneDX's JSON: what is installed, each with its version.

`make image` has the Python of the image run this text, so that it needs the standard library alone:
`docker run --rm -i --entrypoint=python rollcall - < tools/sbom.py`. The form is CycloneDX 1.6
(cyclonedx.org/docs/1.6/json), the addresses are purls (github.com/package-url/purl-spec).
"""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from typing import Any
from urllib.parse import quote
from uuid import uuid4

DEBIAN = "${binary:Package}\t${Version}\t${Architecture}\n"

Component = dict[str, Any]


def bill() -> dict[str, Any]:
    """Return the bill of materials of the machine that this runs on."""
    version = os.environ.get("ROLLCALL_VERSION") or "0.0.0"  # noqa: TID251 - the image's own
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": {
                "type": "container",
                "bom-ref": "rollcall",
                "name": "rollcall",
                "version": version,
            },
        },
        "components": [_python(), *_python_packages(), *_debian_packages()],
    }


def _python() -> Component:
    """Python itself, which some images compile."""
    version = platform.python_version()
    return _component("platform", "python", version, f"pkg:generic/python@{version}")


def _python_packages() -> Iterator[Component]:
    found = {_name(each): each for each in distributions()}  # the first of a name is what runs
    for name, distribution in sorted(found.items()):
        purl = f"pkg:pypi/{name}@{quote(distribution.version)}"
        component = _component("library", name, distribution.version, purl)
        if "License-Expression" in distribution.metadata:
            component["licenses"] = [{"expression": distribution.metadata["License-Expression"]}]
        yield component


def _name(distribution: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()


def _debian_packages() -> Iterator[Component]:
    """The packages of Debian, or of what is made of it."""
    command = ["dpkg-query", "--show", f"--showformat={DEBIAN}"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    except FileNotFoundError:
        return
    release = platform.freedesktop_os_release()
    distro = f"{release['ID']}-{release.get('VERSION_ID', '')}".rstrip("-")
    for line in asked.stdout.splitlines():
        package, version, architecture = line.split("\t")
        name = package.partition(":")[0]
        at = f"pkg:deb/{release['ID']}/{quote(name)}@{quote(version)}"
        yield _component("library", name, version, f"{at}?arch={architecture}&distro={distro}")


def _component(kind: str, name: str, version: str, purl: str) -> Component:
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=2)
