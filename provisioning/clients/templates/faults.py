"""Where in a template something is wrong: what it raised, and what shells say of its text."""

import re
from collections.abc import Mapping
from types import TracebackType

from jinja2 import TemplateNotFound, TemplateSyntaxError

from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.templates.loader import Fault
from provisioning.clients.templates.shell_lint import Complaint
from provisioning.munki import Destination


def shape(text: str, destination: Destination) -> str:
    """Return a text without the names that stand in it: what shells judge in the same way."""
    for number, name in enumerate((destination.site, destination.build)):
        if name:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"<{number}>", text)
    return text


def raised(error: Exception, name: str) -> Fault:
    """Return an error of Jinja's, or of what a template calls, at the line that raised it."""
    if isinstance(error, TemplateSyntaxError):
        return Fault(
            error.name or name, error.lineno, (error.message or "it cannot be read").rstrip(".")
        )
    file, line = _where(error.__traceback__) or (name, None)
    if isinstance(error, TemplateNotFound):
        return Fault(file, line, f"there is no template {error.name!r}")
    return Fault(file, line, (str(error) or type(error).__name__).rstrip("."))


def _where(traceback: TracebackType | None) -> tuple[str, int] | None:
    """The innermost line of a template: Jinja gives them file names without a slash in front."""
    found = None
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(("/", "<")):
            found = file, traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def complained(
    complaint: Complaint, text: str, destination: Destination, name: str, texts: Mapping[str, str]
) -> Fault:
    """Return a complaint about a text, at the line of the template that this line came from.

    Where several lines may be that, it names the line of the text.
    """
    line, what, fix = complaint
    if line is None:
        return Fault(name, None, what, fix)
    written = (text.split("\n")[line - 1 : line] or [""])[0].strip()
    for file, source in texts.items():
        lines = [each.strip() for each in source.split("\n")]
        if written and lines.count(written) == 1:
            return Fault(file, lines.index(written) + 1, what, fix)
    whose = f"for {destination}" if destination != WHERE_REGISTERED else "for no site"
    return Fault(name, None, f"{what}, at line {line} of what it makes {whose}", fix)
