"""The test of the images: each is built with Docker, and takes a Mac through.

`python -m tests.support.installing.image BASE`: BASE is the image to build on. What the
test makes is removed again, but for Docker's build cache.
"""

import json
import shlex
import statistics
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import click

from tests.support.installation import ROOT
from tests.support.installing.image.container import MEMORY, Container, docker
from tests.support.installing.image.site import USER, Site, site
from tests.support.waiting import eventually

IMAGE, SLIM, LDAP = "rollcall:test", "rollcall:test-slim", "rollcall:test-ldap"
MAX_MEGABYTES = {IMAGE: 380, SLIM: 330, LDAP: 390}  # MB beside the base, git included
BILL = ("run", "--rm", "--interactive", "--network=none", "--entrypoint=python")
STARTS = 3
SETTLED = 2  # seconds after which a server that has nothing to do is idle
FIRST, LATE = "C02XG0FDJGH5", "C02ZK1J7MD6R"


def main(base: str) -> None:
    """Build, measure, tell the story, report."""
    with _image(base, SLIM, "--target=slim") as slim_megabytes, site() as around:
        _check_slim(around)
    with _image(base, LDAP, "--build-arg=LDAP=1") as ldap_megabytes:
        docker("run", "--rm", "--network=none", "--entrypoint=python", LDAP, "-c", "import ldap")
    with _image(base, IMAGE) as megabytes, site() as around:
        packages = _listed()
        measured = [_measure(around) for _ in range(STARTS)]
        with _container(around) as container:
            container.run("--health-interval=1s")
            _check_confinement(container)
            token = _take_one_mac(around)
            eventually(lambda: container.state("Health.Status") == "healthy", timeout=30)
            used = container.memory()
            stopped = _stop_with_something_owed(around, container)
            _lose_and_restore(around, container)
            _check_for_secrets(container, {*around.secrets.values(), token})
    click.echo(
        f"size    {megabytes:.0f} MB, slim {slim_megabytes:.0f} MB, with LDAP "
        f"{ldap_megabytes:.0f} MB, beside the base\n"
        f"bill    {packages} packages\n"
        f"start   {statistics.median(seconds for seconds, _ in measured):.2f} s until /readyz"
        f" (median of {STARTS}, each with an empty volume)\n"
        f"stop    {stopped:.2f} s\n"
        f"memory  {measured[-1][1]} idle, {used} after one Mac, of {MEMORY}\n"
        "OK"
    )


@contextmanager
def _image(base: str, tag: str, *options: str) -> Iterator[float]:
    """Build an image under test; yields its size in MB, without the base's."""
    docker("build", "--force-rm", f"--build-arg=BASE={base}", f"--tag={tag}", *options, ROOT)
    try:
        added = _megabytes(tag) - _megabytes(base)
        assert added <= MAX_MEGABYTES[tag], f"{tag} adds {added:.0f} MB to its base"
        yield added
    finally:
        docker("image", "rm", tag)


def _megabytes(image: str) -> float:
    return int(docker("image", "inspect", "--format", "{{.Size}}", image)) / 1e6


def _listed() -> int:
    """Make the bill of materials as `make image` does; returns the number of packages in it."""
    made = docker(*BILL, IMAGE, "-", given=(ROOT / "tools/sbom.py").read_text())
    names = {component["name"] for component in json.loads(made)["components"]}
    assert {"python", "slack-bolt", "zxing-cpp", "git", "libc-bin"} <= names, names
    return len(names)


def _container(around: Site, image: str = IMAGE) -> Container:
    return Container(image, around.env_file, around.repo, around.url)


def _check_slim(around: Site) -> None:
    """The slim image takes a Mac, and says what it is without."""
    with _container(around, SLIM) as container:
        container.run()
        _take_one_mac(around)
        assert "slim image" in around.typed("stats"), around.typed("stats")
        refused = container.run_beside("server", environment={"MUNKI_REPO": "s3://munki"})
        assert b"in a bucket, which the slim image cannot reach" in refused.stderr, refused.stderr


def _measure(around: Site) -> tuple[float, str]:
    """Start once; returns the seconds until it was ready and the memory that it uses idle."""
    with _container(around) as container:
        seconds = container.run()
        time.sleep(SETTLED)
        return seconds, container.memory()


def _check_confinement(container: Container) -> None:
    """The first process runs as an ordinary user, and not even root can write into the image."""
    owner = container.execute("stat", "--format=%u", "/proc/1").stdout.strip()
    assert owner == str(USER), f"it runs as {owner!r}"
    touched = container.execute("touch", "/app/touched", user="root")
    assert "Read-only file system" in touched.stderr, touched


def _take_one_mac(around: Site) -> str:
    """From the slash command to the confirmation; returns the token of the script."""
    around.register(FIRST)
    eventually(lambda: around.messages(FIRST))
    mac = around.mac(FIRST)
    script = mac.prepare(mac.fetch("london", "design"))
    ended = mac.run(script)
    assert ended.code == 0, ended.output
    assert "included_manifests/builds/design" in around.included(FIRST)
    eventually(lambda: len(around.messages(FIRST)) == 2)
    _, confirmation = around.messages(FIRST)
    assert FIRST in confirmation.text
    return _token(script)


def _token(script: str) -> str:
    (line,) = (line for line in script.splitlines() if line.startswith("token="))
    return shlex.split(line)[0].removeprefix("token=")


def _lose_and_restore(around: Site, container: Container) -> None:
    """docs/how-to/backup.md in containers: backed up while it runs, restored once stopped."""
    backup = container.printed_by("./boot.sh", "backup", "-")
    refused = container.run_beside("restore", "-", given=backup)
    assert refused.returncode == 1, refused
    assert b"The database is in use by: " in refused.stderr, refused.stderr
    container.stop()
    kept = container.run_beside("restore", "-", given=backup)
    assert b"2 registrations would go" in kept.stderr, kept.stderr
    restored = container.run_beside("restore", "-", "--replace", given=backup)
    assert restored.returncode == 0, restored.stderr
    assert b"Restored 2 registrations (" in restored.stderr, restored.stderr
    assert b"Compared with the manifests: 0 to look at" in restored.stderr, restored.stderr
    container.start()
    files = container.execute("ls", "/data").stdout.split()
    assert "rollcall.sqlite3.before-restore-wal" not in files, files
    assert len(around.messages(FIRST)) == 2, "Slack is not told again"


def _stop_with_something_owed(around: Site, container: Container) -> float:
    """Stop with a message pending, which arrives after the start; returns the seconds."""
    around.slack.faults.go_down()
    around.register(LATE)
    code, seconds = container.stop()
    assert code == 0, f"docker stop ended it with {code}, after {seconds:.1f} s"
    assert not around.messages(LATE)
    around.slack.faults.come_back()
    container.start()
    eventually(lambda: around.messages(LATE))
    assert len(around.messages(LATE)) == 1
    return seconds


def _check_for_secrets(container: Container, hidden: Collection[str]) -> None:
    """Neither the log nor the image's history holds a secret."""
    printed = container.log() + docker("history", "--no-trunc", IMAGE)
    leaked = [secret for secret in hidden if secret in printed]
    assert not leaked, f"{len(leaked)} secrets were printed, {leaked[0][:5]}… for one"


if __name__ == "__main__":
    main(sys.argv[1])
