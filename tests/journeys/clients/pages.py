"""The pages of docs/how-to/clients: their blocks, and the Macs on which they are pasted."""

import plistlib
import re

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations import register as registrations
from provisioning.values.serials import Serial
from tests.fakes.mac.macos import MacOS
from tests.support.acting import did
from tests.support.installation import CHANNEL, ROOT, Installation

PAGES = ROOT / "docs/how-to/clients"
SERVER = "http://deploy.example.com:5000"
PLAIN = ("mdm", "outset", "mac-deploy-stick")


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
    with database.begin() as session:
        act = did(session, "registered", by="U0ALICE")
        to = Destination(site, "design")
        registrations.register(session, [Serial(serial)], to, operation=act, channel=CHANNEL)
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
