"""A killer of a process at the lines of our code that write a manifest into a bucket.

Run as `python -m … SETTINGS`; SETTINGS is JSON: the bucket's `place`, and `every` so many lines.
It prints what it saw as JSON. This process never asks the bucket the way our code does, so that
it has no threads and may fork.
"""

import json
import plistlib
import sys
import threading

from provisioning.munki import Destination, opened
from provisioning.munki.storage.s3 import store
from provisioning.values.serials import Serial
from tests.fakes.s3 import Bucket, S3Server
from tests.support.inputs.manifests import includes_of
from tests.support.running.crashing.killing import killed_at, lines_of

LONDON = Destination("london", "design")


class Writing:
    """A Mac's manifest in a bucket, which has an admin's words in it already, or is new."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._lines = lines_of(settings)
        self._bucket = Bucket(S3Server(settings["url"]), settings["bucket"])
        self.problems: list[str] = []

    def play(self) -> int:
        """Kill it at the lines, have it done again; count the kills."""
        for kills, line in enumerate(self._lines):
            mac = Serial(f"C02CRASH{line:04}")
            if kills % 2:
                self._bucket.put(f"manifests/{mac}", plistlib.dumps({"notes": "an admin's"}))
            if not killed_at(line, lambda mac=mac: self._assign(mac)):  # type: ignore[misc]
                return kills
            self._look(mac, done=False)
            killed_at(0, lambda mac=mac: self._assign(mac))  # type: ignore[misc]
            self._look(mac, done=True, notes="an admin's" if kills % 2 else None)
        raise AssertionError("there are more lines than integers")

    def _assign(self, mac: Serial) -> None:
        threading.settrace(sys.gettrace())  # the thread that asks is killed, too
        repo = opened(self._bucket.place)
        with repo.now().holding(mac):
            repo.now().assign(mac, LONDON)

    def _look(self, mac: Serial, *, done: bool, notes: str | None = None) -> None:
        """A whole manifest or none, ever; at the end the right one, and nothing beside it."""
        names = set(self._bucket.listed())
        manifest = {}
        if f"manifests/{mac}" in names:
            manifest = plistlib.loads(self._bucket.get(f"manifests/{mac}"))
        if done and manifest.get("included_manifests") != includes_of(LONDON):
            self.problems.append(f"{mac}: {manifest}")
        if done and manifest.get("notes") != notes:
            self.problems.append(f"{mac}: the admin's words are {manifest.get('notes')}")
        hidden = {name for name in names if "/." in name} - {store.PROBE}
        if hidden:
            self.problems.append(f"{mac}: {hidden} left behind")


def main() -> None:
    """Play, and print the number of kills and what went wrong."""
    work = Writing(json.loads(sys.argv[1]))
    kills = work.play()
    sys.stdout.write(f"\n{json.dumps({'kills': kills, 'problems': work.problems})}\n")


if __name__ == "__main__":
    main()
