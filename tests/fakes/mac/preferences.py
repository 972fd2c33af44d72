"""Munki's preferences on a simulated Mac: `defaults`, and the files that it reads and writes.

Written anew from `man defaults` and from the order in which Munki's preferences are looked up: the
first file that has a key decides, even where the value is empty.
"""

import plistlib
import sys
from pathlib import Path

DOMAIN = "ManagedInstalls"
HARDWARE = "00000000-0000-1000-8000-000000000000"
HOME = "/private/var/root/Library/Preferences"
PROFILE = f"/Library/Managed Preferences/{DOMAIN}.plist"
ROOTS_HERE = f"{HOME}/ByHost/{DOMAIN}.{HARDWARE}.plist"
ROOTS = f"{HOME}/{DOMAIN}.plist"
MACS = f"/Library/Preferences/{DOMAIN}.plist"
LEVELS = (PROFILE, ROOTS_HERE, ROOTS, MACS)

# Most of its calls look into a file that is not there. That takes no Python, whose start takes
# longer than all the rest of a script.
SHORT = """#!/bin/sh
file=
case $1.$2.$3 in
    read./*) file=${{2%.plist}}.plist ;;
    read.*) file={home}/$2.plist ;;
    -currentHost.read.[!/]*) file={home}/ByHost/$3.{hardware}.plist ;;
esac
if [ -n "$file" ] && ! [ -e "{root}$file" ]; then
    echo "The domain/default pair of ($*) does not exist" >&2
    exit 1
fi
exec {python} -IS "$0.py" "$@"
"""
DEFAULTS = """import os.path, sys

ROOT = {root!r}
HOME = {home!r}


def fail(said):
    print(said, file=sys.stderr)
    raise SystemExit(1)


def path_of(domain, here):
    if domain.startswith("/"):
        if here:
            fail("no host can be said for a path")
        return ROOT + domain.removesuffix(".plist") + ".plist"
    return f"{{ROOT}}{{HOME}}/" + (f"ByHost/{{domain}}.{hardware}.plist" if here
                                  else f"{{domain}}.plist")


def read(path):
    if not os.path.exists(path):
        return {{}}
    import plistlib
    with open(path, "rb") as file:
        return plistlib.load(file)


words = sys.argv[1:]
here = words[:1] == ["-currentHost"]
words = words[here:]
match words:
    case ["read", domain, key]:
        content = read(path_of(domain, here))
        if key not in content:
            fail(f"The domain/default pair of ({{domain}}, {{key}}) does not exist")
        print(content[key])
    case ["write", domain, key, "-string", value]:
        path = path_of(domain, here)
        if "/Managed Preferences/" in path or not os.path.isdir(os.path.dirname(path)):
            fail(f"Could not write domain {{domain}}; exiting")
        import plistlib
        content = read(path)
        with open(path, "wb") as file:
            plistlib.dump({{**content, key: value}}, file)
    case _:
        fail("Command line interface to a user's defaults. Syntax: ...")
"""


class Preferences:
    """The preferences of a Mac. Its files lie below `root`, its `defaults` program in `tools`."""

    def __init__(self, root: Path, tools: Path) -> None:
        self._root = root
        for level in LEVELS:
            self._path(level).parent.mkdir(parents=True, exist_ok=True)
        program = tools / "defaults"
        values = {"root": str(root), "home": HOME, "hardware": HARDWARE, "python": sys.executable}
        program.write_text(SHORT.format(**values))
        program.chmod(0o755)
        program.with_name("defaults.py").write_text(DEFAULTS.format(**values))

    def put(self, level: str, **values: str) -> None:
        """Set values in the file of a level."""
        self._path(level).write_bytes(plistlib.dumps({**self.at(level), **values}))

    def at(self, level: str) -> dict[str, str]:
        """All values in the file of a level."""
        path = self._path(level)
        return dict(plistlib.loads(path.read_bytes())) if path.exists() else {}

    @property
    def identifier(self) -> str:
        """The ClientIdentifier that Munki finds; empty where it finds none."""
        found = (self.at(level).get("ClientIdentifier") for level in LEVELS)
        return next((value for value in found if value is not None), "")

    def _path(self, level: str) -> Path:
        return self._root / level.lstrip("/")
