"""Mails: their subject, the best form of their text, and the files that came with them."""

from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser
from itertools import islice

from provisioning.imports.parsing.entries import UnreadableFile
from provisioning.imports.parsing.formats.pages import text_of

LONGEST_SUBJECT = 1_000  # characters; the work of decoding grows faster than they do
MAX_BOUNDARIES = 2_000  # lines between parts; each part costs a millisecond
MAX_PARTS = 50  # that are looked at
_SEALED = ("pkcs7-mime", "pgp-encrypted", "ms-tnef")  # ends of kinds that a mail program opens
_SEALED_FILE, _SEALED_TEXT = "winmail.dat", "-----BEGIN PGP MESSAGE-----"


def parse(content: bytes, name: str) -> EmailMessage | None:
    """Return a mail; None where its content is none. Raises UnreadableFile for too many parts."""
    if content.count(b"\n--") > MAX_BOUNDARIES:
        raise UnreadableFile(name, "it has too many parts; send the list of the serials alone")
    try:
        return BytesParser(policy=policy.default).parsebytes(content.lstrip())
    except (MessageError, ValueError, LookupError, RecursionError):
        return None


def forms_of(message: EmailMessage | None) -> list[str]:
    """Return the text of a mail in each form that it has, plain before HTML, with its subject.

    So do mails that are passed on in it.
    """
    subject = "\n".join(filter(None, map(_subject, message.walk()))) if message else ""
    forms = [text for part in _parts(message) if (text := _text(part)) is not None]
    plain = [text for kind, text in forms if kind == "text/plain"]
    pages = [text_of(text) for kind, text in forms if kind == "text/html"]
    return [f"{subject}\n\n" + "\n".join(texts) for texts in (plain, pages) if texts]


def attached(message: EmailMessage | None) -> list[tuple[str, bytes]]:
    """Return the files that came with a mail: their names and contents."""
    return [
        (part.get_filename() or "", bytes(payload))
        for part in _parts(message)
        if _is_file(part) and isinstance(payload := part.get_payload(decode=True), bytes)
    ]


def is_sealed(message: EmailMessage | None) -> bool:
    """True for a mail with something in it that is encrypted, or in a form of Outlook's own."""
    return any(
        part.get_content_type().endswith(_SEALED)
        or (part.get_filename() or "").casefold() == _SEALED_FILE
        or _SEALED_TEXT in (_text(part) or ("", ""))[1]
        for part in _parts(message)
    )


def _subject(message: Message) -> str:
    raw = next((value for name, value in message.raw_items() if name.lower() == "subject"), "")
    return str(message.get("Subject", "")) if len(raw) <= LONGEST_SUBJECT else ""


def _parts(message: EmailMessage | None) -> Iterator[EmailMessage]:
    """The parts of a mail that hold something themselves."""
    if message is None:
        return
    for part in islice(message.walk(), MAX_PARTS):
        if isinstance(part, EmailMessage) and not part.is_multipart():
            yield part


def _is_file(part: EmailMessage) -> bool:
    return part.get_filename() is not None or part.get_content_disposition() == "attachment"


def _text(part: EmailMessage) -> tuple[str, str] | None:
    kind = part.get_content_type()
    if kind not in {"text/plain", "text/html"} or _is_file(part):
        return None
    try:
        if "\ufffd" not in (text := str(part.get_content())):
            return kind, text
    except (LookupError, UnicodeError, ValueError, MessageError):
        pass
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:  # what says a wrong encoding, or none
        return kind, content.decode()
    except UnicodeDecodeError:
        return kind, content.decode("cp1252", "replace")
