"""Blocks of a preview of a Mac's next boot."""

from collections.abc import Iterator
from html import escape as escape_html

from slack_sdk.models.blocks import Block

from bot.slack.markup import LONGEST_SECTION, Message, paragraphs, person, section
from provisioning.diagnostics.previews.preview import Preview
from provisioning.values.language import _, worded
from provisioning.values.slack import INVISIBLE, NAMED_PERSON, escape

LONGEST_TEXT = 8000  # characters of files in one answer; longer ones come as files
_FENCE = "```"


def preview(result: Preview, *, with_script: bool, sent: bool) -> Message:
    """The answer with a preview.

    The files are in it; `with_script`: this person may see the script too. `sent`: they are too
    long for that and come as a message.
    """
    head = worded(result.head)
    lines = [f"*{escape(head)}*", *(f"• {_sentence(reason)}" for reason in result.why)]
    if result.faults:
        lines += [_("*What is wrong:*"), *(f"• {_sentence(finding)}" for finding in result.faults)]
    blocks: list[Block] = paragraphs(lines)
    if result.manifest is not None:
        blocks.append(section(_("Its manifest {change}.", change=escape(worded(result.change)))))
    if sent:
        blocks.append(section(_("The files come as messages from Rollcall.")))
    else:
        blocks += [section(text) for text in _files(result, with_script=with_script)]
    if result.script is not None and not with_script:
        blocks.append(section(_("Its script is shown to admins.")))
    return Message(head, blocks)


def is_long(result: Preview, *, with_script: bool) -> bool:
    """Return True if the files, or one of their lines, do not fit into an answer."""
    parts = list(_files(result, with_script=with_script))
    return sum(map(len, parts)) > LONGEST_TEXT or max(map(len, parts), default=0) > LONGEST_SECTION


def _sentence(sentence: str) -> str:
    return NAMED_PERSON.sub(lambda user: person(user[1]), escape(worded(sentence)))


def _files(result: Preview, *, with_script: bool) -> Iterator[str]:
    if result.manifest is not None:
        yield from _code(result.manifest)
    if with_script and result.script is not None:
        yield from _code(result.script)


def _code(text: str) -> Iterator[str]:
    """A file as sections, each as long as Slack allows if its lines are."""
    room, part = LONGEST_SECTION - 2 * len(_FENCE) - 2, ""
    for line in escape_html(text, quote=False).replace("`", f"`{INVISIBLE}").splitlines():
        if part and len(part) + len(line) + 1 > room:
            yield f"{_FENCE}{part}{_FENCE}"
            part = ""
        part += f"{line}\n"
    yield f"{_FENCE}{part}{_FENCE}"
