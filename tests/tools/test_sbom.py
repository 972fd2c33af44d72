"""The bill of materials of the image, held against CycloneDX's own schema."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.support.soaking import SOAK
from tools import sbom


def test_the_sbom_names_what_is_installed_in_the_form_of_cyclonedx() -> None:
    """As `make image` runs it: the text alone, without anything of ours to import."""
    made = subprocess.run(
        [sys.executable, "-I", "-"],
        input=Path(sbom.__file__).read_text(),
        env={"PATH": "/usr/bin:/bin", "ROLLCALL_VERSION": "1.2.3"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    bill = json.loads(made)
    some = made if SOAK else json.dumps({**bill, "components": bill["components"][:20]})
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(some) is None
    assert bill["metadata"]["component"]["version"] == "1.2.3"
    addresses = [component["purl"] for component in bill["components"]]
    assert f"pkg:pypi/pillow-heif@{version('pillow-heif')}" in addresses
    assert addresses == list(dict.fromkeys(addresses))
