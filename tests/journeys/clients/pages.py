"""The pages of docs/how-to/clients: their blocks, and the Macs on which they are pasted."""

import plistlib
import re

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from tests.fakes.mac.macos import MacOS
from tests.support import acting
from tests.support.installation import ROOT, Installation

PAGES = ROOT / "docs/how-to/clients"
SERVER = "http://deploy.example.com:5000"
PLAIN = ("mdm", "outset")


def pasted(page: str, language: str = "sh") -> list[str]:
    """The blocks of a page, in their order."""
    text = (PAGES / f"{page}.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def meant_for(rollcall: Installation, text: str) -> str:
    """A block with this server's address in it."""
    assert SERVER in text
    return text.replace(SERVER, rollcall.url)


def register(rollcall: Installation, serial: str, site: str = "london") -> None:
    database = Database(rollcall.environment["ROLLCALL_DATABASE_URL"])
    acting.register(database, serial, to=Destination(site, "design"))
    database.close()


def includes(rollcall: Installation, serial: str) -> list[str]:
    manifest = plistlib.loads(rollcall.manifest(serial).read_bytes())
    return list(manifest["included_manifests"][1:])


def script_of(page: str) -> str:
    [script] = [block for block in pasted(page) if block.startswith("#!/bin/sh\n")]
    return script


def placed(mac: MacOS, text: str) -> str:
    path = mac.folder / "rollcall.sh"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)
