"""The command line: `python -m rollcall COMMAND`."""

import os
import signal
import sys

# Ctrl-C ends it without a traceback while the rest is loaded; after that click answers.
if is_heard := (__name__ == "__main__" and signal.getsignal(signal.SIGINT) != signal.SIG_IGN):
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import click

from infrastructure.errors import RollcallError, first_line
from rollcall.cli import Commands


def _say_version(context: click.Context, _: click.Parameter, is_asked: bool) -> None:  # noqa: FBT001 - click's
    if is_asked and not context.resilient_parsing:
        from rollcall import version

        click.echo(f"rollcall {version.current()}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_say_version,
    help="Say which version this is.",
)
def rollcall() -> None:
    """Deploy Macs from Slack. docs/reference/settings.md lists its settings."""


def main() -> None:
    """Run a command; a known error is one sentence and exit code 1."""
    try:
        rollcall(prog_name="rollcall")
    except RollcallError as error:
        sys.exit(str(error))
    except Exception as error:
        if not _is_of_this_machine(error):
            raise
        sys.exit(f"Rollcall cannot run: {reason_of(error)}")


# PostgreSQL 15 and newer let the owner of a database alone make tables in it.
_NO_SCHEMA = "permission denied for schema"
_OWNER = "as an admin, ALTER DATABASE its-name OWNER TO Rollcall's-role"


def reason_of(error: Exception) -> str:
    """Return an error of the system or of the database in one line with the fix."""
    if isinstance(error, PermissionError) and error.filename:
        return f"user {os.geteuid()} may not open {error.filename}: give it to that user (chown)"
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"there is no {error.filename}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}"
    line = first_line(error)
    return f"{line}: {_OWNER}" if _NO_SCHEMA in line else line


def _is_of_this_machine(error: Exception) -> bool:
    """True for an error of the system or the database: its modules are loaded if one was opened."""
    sqlalchemy, sqlite = sys.modules.get("sqlalchemy.exc"), sys.modules.get("sqlite3")
    return (
        isinstance(error, OSError)
        or (sqlalchemy is not None and isinstance(error, sqlalchemy.SQLAlchemyError))
        or (sqlite is not None and isinstance(error, sqlite.Error))
    )


if __name__ == "__main__":
    if is_heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
