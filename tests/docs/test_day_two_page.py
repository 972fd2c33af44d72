"""The page about the weeks after the first Macs: its lines for a rename do what it says."""

import plistlib
import re
import subprocess
from pathlib import Path

from tests.support.installation import ROOT

PAGE = (ROOT / "docs/how-to/day-two.md").read_text()
SITES = "included_manifests/sites"


def test_the_lines_to_paste_rename_a_site_in_the_manifests_of_macs(repo_folder: Path) -> None:
    [lines] = re.findall(r"^    cd /srv/munki_repo/manifests\n((?:    .*\n)+)", PAGE, re.MULTILINE)
    manifests = repo_folder / "manifests"
    (manifests / SITES / "london-annex").write_bytes(plistlib.dumps({}))
    for name, site in (("C02A", "london"), ("C02B", "london-annex")):
        keys = {"included_manifests": ["site_default", f"{SITES}/{site}"], "notes": "by hand"}
        (manifests / name).write_bytes(plistlib.dumps(keys))
    annex = (manifests / "C02B").read_bytes()

    subprocess.run(["sh", "-ec", lines], cwd=manifests, check=True)

    assert plistlib.loads((manifests / "C02A").read_bytes()) == {
        "included_manifests": ["site_default", f"{SITES}/hq"],
        "notes": "by hand",
    }
    assert (manifests / "C02B").read_bytes() == annex
    assert (manifests / SITES / "hq").is_file()
    assert not (manifests / SITES / "london").exists()
