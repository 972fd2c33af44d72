"""Findings about templates: each at the file and the line that an admin has to fix."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType

from jinja2 import TemplateNotFound, TemplateSyntaxError

from infrastructure.findings import Finding, Location
from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.munki import Destination

KIND = "templates"
FIX = "Fix the file."
RENDERED = "the rendered text"  # the file of a finding about a text that a template makes


def finding(
    message: str, fix: str = FIX, *, line: int | None = None, file: str = RENDERED
) -> Finding:
    """Return a finding about a template, or about the text that it makes."""
    return Finding(KIND, message, fix, Location(file, line))


def shape(text: str, destination: Destination) -> str:
    """Return a text without the names that stand in it: shells judge all of one shape alike."""
    for number, name in enumerate((destination.site, destination.build)):
        if name:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"<{number}>", text)
    return text


def raised(error: Exception, name: str) -> Finding:
    """Return the finding for an error of Jinja's, or of code that a template calls."""
    location = _innermost(error.__traceback__) or Location(name)
    message = str(error) or type(error).__name__
    if isinstance(error, TemplateSyntaxError):
        location = Location(error.name or name, error.lineno)
        message = error.message or "it cannot be read"
    elif isinstance(error, TemplateNotFound):
        message = f"there is no template {error.name!r}"
    return Finding(KIND, f"{message.rstrip('.')}.", FIX, location)


def _innermost(traceback: TracebackType | None) -> Location | None:
    """The innermost line of a template: Jinja gives them file names without a slash in front."""
    location = None
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(("/", "<")):
            location = Location(file, traceback.tb_lineno)
        traceback = traceback.tb_next
    return location


def located(
    rendered: Finding, text: str, destination: Destination, name: str, texts: Mapping[str, str]
) -> Finding:
    """Return a finding about a rendered text, at the line of the template that made that line.

    `texts` are those that template `name` is made of, by their files. Where several lines may be
    that, the message names the line of the text.
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
