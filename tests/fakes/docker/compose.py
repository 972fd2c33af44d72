"""`docker compose` as far as docs/how-to/backup.md types it: services run here, without containers.

Run as a program: it knows the services of the compose files, and what `exec` and `run` do with
their options. The variable SCALED is the database of those of compose.scale.yaml.
"""

import argparse
import os

from tests.support.installation import ROOT
from tests.support.installing.composing import services

SCALED = "compose.scale.yaml"


def main() -> None:
    """Become the command that the container would run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("compose", choices=["compose"])
    parser.add_argument("-f", dest="file", default="compose.yaml")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("exec", "run"):
        command = commands.add_parser(name)
        command.add_argument("-T", action="store_true", required=True)
        command.add_argument("service")
        command.add_argument("arguments", nargs=argparse.REMAINDER)
    commands.choices["run"].add_argument("--rm", action="store_true", required=True)
    commands.choices["run"].add_argument("--no-deps", action="store_true")
    commands.choices["run"].add_argument("-e", dest="environment", action="append", default=[])
    given = parser.parse_args()
    assert given.service in services(given.file), "not in this file"
    if given.file == SCALED:
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
