"""Commands, each loaded when it is called: a server's main process needs none of the others."""

from importlib import import_module

import click

from infrastructure.heartbeats.files import PARTS, RENAMED

# Where each is: a module of this package.
COMMANDS = {
    **dict.fromkeys(PARTS, "processes"),
    "migrate": "migrations",
    "resend": "messages.resend",
    **dict.fromkeys(("backup", "restore"), "backups"),
    "adopt": "adopting.adopt",
    "health": "health",
    "alert": "messages.alerts",
    **dict.fromkeys(("doctor", "preview"), "diagnostics"),
    **dict.fromkeys(("credentials", "refusals"), "credentials"),
    "webhooks": "messages.webhooks",
    "mail": "messages.mail",
    **dict.fromkeys(("sign-in", "sessions"), "sign_in"),
    "people": "people",
}


class Commands(click.Group):
    """The group of all COMMANDS, in their order."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, for `--help`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command, by its old name too; None for a name that no command has."""
        if cmd_name in RENAMED:
            old, cmd_name = cmd_name, RENAMED[cmd_name]
            click.echo(
                f"{old} is called {cmd_name} now; the old name goes in the next release.", err=True
            )
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{__name__}.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command
