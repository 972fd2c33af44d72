"""`docker compose` as far as docs/how-to/backup.md types it: services run here, without containers.

Run as a program: it knows the services of compose.yaml, and what `exec` and `run` do with their
options. SCALED is the database of those of the profile `scale`.
"""

import argparse
import os

import yaml

from tests.support.installation import ROOT


def main() -> None:
    """Become the command that the container would run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("compose", choices=["compose"])
    parser.add_argument("--profile")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("exec", "run"):
        command = commands.add_parser(name)
        command.add_argument("-T", action="store_true", required=True)
        command.add_argument("service")
        command.add_argument("arguments", nargs=argparse.REMAINDER)
    commands.choices["run"].add_argument("--rm", action="store_true", required=True)
    commands.choices["run"].add_argument("-e", dest="environment", action="append", default=[])
    given = parser.parse_args()
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][given.service]
    assert service.get("profiles", [given.profile]) == [given.profile], "not in this profile"
    if given.profile:
        os.environ["ROLLCALL_DATABASE_URL"] = os.environ["SCALED"]
    for setting in getattr(given, "environment", []):
        name, _, value = setting.partition("=")
        os.environ[name] = value
    entry = ["./boot.sh"] if given.command == "run" else []
    os.chdir(ROOT)  # the image's working directory
    program = [*entry, *given.arguments]
    os.execv(program[0], program)


if __name__ == "__main__":
    main()
