"""Findings about templates: each at the file and the line that an admin has to fix."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType

from jinja2 import TemplateNotFound, TemplateSyntaxError

from infrastructure.findings import Finding, Location
from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.templates.renderer import SHIPPED
from provisioning.munki import Destination

KIND = "templates"
ANYWHERE = "http://127.0.0.1:5000"  # the server in templates that are only looked at
FIX = "Fix the file."
ESCAPE = "Fix the file; where {% is text and no tag, write {% raw %}{%{% endraw %}."
ENDINGS = (".sh.j2", ".json", ".plist")
RENDERED = "the rendered text"  # the file of a finding about a text that a template makes
_TAG = re.compile(r"unknown tag|tag name expected|unexpected (char|')")
_CIRCLE = 200  # lines of templates at the end of a recursion, enough for each file of the circle


def finding(
    message: str, fix: str = FIX, *, line: int | None = None, file: str = RENDERED
) -> Finding:
    """Return a finding about a template, or about the text that it makes."""
    return Finding(KIND, message, fix, Location(file, line))


def shape(text: str, destination: Destination) -> str:
    """Return a text without the names in it: a shell has the same faults for all of one shape."""
    for number, name in enumerate((destination.site, destination.build)):
        if name:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"<{number}>", text)
    return text


def raised(error: Exception, name: str) -> Finding:
    """Return the finding for an error of Jinja's, or of code that a template calls."""
    lines = _lines(error.__traceback__)
    location = lines[-1] if lines else Location(name)
    message, fix = str(error) or type(error).__name__, FIX
    if isinstance(error, TemplateSyntaxError):
        location = Location(error.name or name, error.lineno)
        message = error.message or "it cannot be read"
        fix = ESCAPE if _TAG.search(message) else FIX
    elif isinstance(error, RecursionError):
        message, fix = _recursion(lines, name)
    elif isinstance(error, TemplateNotFound):
        message = f"there is no template {error.name!r}"
        if error.name == SHIPPED + location.file:
            message, fix = "it names itself, and Rollcall ships none of this name", _extend(name)
    return Finding(KIND, f"{message.rstrip('.')}.", fix, location)


def _recursion(lines: Sequence[Location], name: str) -> tuple[str, str]:
    """The message and the fix for templates that extend or include each other without an end."""
    files = sorted({line.file for line in lines[-_CIRCLE:]})
    if not files:
        return "it is nested too deeply", FIX
    if len(files) == 1:
        return f"{files[0]} includes or calls itself without an end", "Take that line out."
    circle = f"{', '.join(files[:-1])} and {files[-1]}"
    return f"{circle} extend or include each other without an end", _extend(name)


def _extend(name: str) -> str:
    """The fix for a template that extends the wrong one."""
    ending = next((each for each in ENDINGS if name.endswith(each)), "")
    return f"Have it extend {SHIPPED}base{ending}."


def _lines(traceback: TracebackType | None) -> list[Location]:
    """The lines of templates, the innermost last: Jinja names them without a slash in front."""
    lines = []
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(("/", "<")):
            lines.append(Location(file, traceback.tb_lineno))
        traceback = traceback.tb_next
    return lines


def located(
    rendered: Finding, text: str, destination: Destination, name: str, texts: Mapping[str, str]
) -> Finding:
    """Return a finding about a rendered text, at the line of the template that made that line.

    `texts` are the parts of template `name`, by their files. Where several lines may have made it,
    the message names the line of the rendered text.
    """
    line = rendered.location.line if rendered.location else None
    if line is None:
        return replace(rendered, location=Location(name))
    written_line = (text.split("\n")[line - 1 : line] or [""])[0].strip()
    for file, source in texts.items():
        lines = [each.strip() for each in source.split("\n")]
        if written_line and lines.count(written_line) == 1:
            return replace(rendered, location=Location(file, lines.index(written_line) + 1))
    whose = f"for {destination}" if destination != WHERE_REGISTERED else "for no site"
    message = f"{rendered.message.rstrip('.')}, at line {line} of what it makes {whose}."
    return replace(rendered, message=message, location=Location(name))
