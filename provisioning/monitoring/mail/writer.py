"""Complete mails: text and HTML of one content, and the headers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infrastructure.mail.addresses import host_of
from infrastructure.text import readable, without_encoded_words
from provisioning.monitoring.mail.drawing import MailSection
from provisioning.monitoring.mail.models import ALL
from provisioning.values.language import _, ngettext, spoken

TEMPLATES = Path(__file__).parents[3] / "templates" / "mail"
LONGEST_SUBJECT = 120  # characters
DOMAIN = "rollcall.invalid"  # of a Message-ID, where no address of ours gives one


class _AddressHeader(UnstructuredHeader, BaseHeader):
    """A header with an address of the web, which is written as it is, however long it is.

    The standard library makes encoded words of what is longer than a line, which no program of
    mail reads as an address.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _AddressHeader)
_POLICY = EmailPolicy(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a mail: to the board, and to stop its kind of mail or all mail; or none."""

    board: str | None = None
    stop: str | None = None
    stop_all: str | None = None


class MailWriter:
    """A writer of mails; every value in their HTML is escaped."""

    def __init__(self, sender: str) -> None:
        self._domain = host_of(sender) or DOMAIN
        templates_of = partial(
            Environment,
            loader=FileSystemLoader(TEMPLATES),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._html, self._text = templates_of(autoescape=True), templates_of(autoescape=False)
        for templates in (self._html, self._text):
            templates.globals |= {"_": _, "ngettext": ngettext}

    def news(
        self,
        key: str,
        sections: Sequence[MailSection],
        links: Links,
        at: datetime,
        *,
        is_person: bool,
    ) -> EmailMessage:
        """Return the mail that tells `sections`; `is_person`: a person chose the address."""
        lines = [line.text for section in sections for line in section.lines]
        number = len(lines) + sum(section.more for section in sections)
        subject = lines[0] if number == 1 else f"{lines[0]} (+{number - 1})"
        mail = self._headed(key, subject, at, links)
        values = {"sections": sections, "links": links, "is_person": is_person}
        return self._filled(mail, "news", {**values, "subject": subject})

    def question(
        self, key: str, person: str, link: str, links: Links, at: datetime
    ) -> EmailMessage:
        """Return the mail that asks if an address is right, which a `person` has named."""
        subject = _("Is this your address?")
        mail = self._headed(key, subject, at, links)
        values = {"person": readable(person, 80), "link": link, "links": links}
        return self._filled(mail, "question", {**values, "subject": subject})

    def _headed(self, key: str, subject: str, at: datetime, links: Links) -> EmailMessage:
        """A mail with its headers, and without a content."""
        message = EmailMessage(_POLICY)
        line = readable(f"Rollcall: {subject}", LONGEST_SUBJECT)
        message["Subject"] = without_encoded_words(line)
        message["Message-ID"] = f"<{key}@{self._domain}>"
        message["Date"] = format_datetime(at)
        message["Auto-Submitted"] = "auto-generated"
        if links.stop is not None and links.stop.startswith("https://"):
            message["List-Unsubscribe"] = f"<{links.stop}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return message

    def _filled(
        self, message: EmailMessage, template: str, values: dict[str, object]
    ) -> EmailMessage:
        values = {**values, "language": spoken(), "all": ALL}
        message.set_content(self._text.get_template(f"{template}.txt.j2").render(values))
        message.add_alternative(
            self._html.get_template(f"{template}.html.j2").render(values), subtype="html"
        )
        message["Content-Language"] = spoken()  # last: a new content takes such headers away
        return message
