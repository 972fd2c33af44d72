"""Files: files.info, files.getUploadURLExternal, files.completeUploadExternal."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.api.frame.access import writable
from tests.fakes.slack.api.messages.chat import thread_of
from tests.fakes.slack.state.drafts import Draft, check_length, draft
from tests.fakes.slack.state.files import File
from tests.fakes.slack.state.messages import Channel
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.state.uploads import Upload
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused, refuse_for

ALT_TEXT = 1000


def info(team: Team, arguments: Arguments) -> JSON:
    """One file that the bot may see. Where an upload was shared shows only after a while."""
    file = team.files.find(file_id=arguments.required("file"))
    if file is None or not team.files.visible(file):
        raise Refused("file_not_found")
    if file.deleted:
        raise Refused("file_deleted")
    shares = file.shared_json() if file.unshown <= 0 else _unshared()
    file.unshown -= 1
    text = {"plain_text": file.content.decode()} if file.is_mail else {}
    shown = {**file.as_json(), **text, **shares}
    return {"file": shown, "comments": [], "response_metadata": {"next_cursor": ""}}


def get_upload_url(team: Team, arguments: Arguments) -> JSON:
    """Announce a file: where to send its bytes, and its id."""
    name = arguments.required("filename")
    length = arguments.number("length", 0, error="invalid_arguments")
    if length <= 0:
        raise Refused("missing_argument")
    alt_text = arguments.text("alt_txt")
    if len(alt_text) > ALT_TEXT:
        raise Refused("alt_txt_too_large")
    upload = team.uploads.begin(name, length, alt_text)
    host = team.uploads.host or team.origin
    return {"upload_url": host + upload.path, "file_id": upload.file_id}


def complete_upload(team: Team, arguments: Arguments) -> JSON:
    """Turn what was sent into files and share them, in one message. The answer does not tell its
    timestamp: that is in the `shares` of files.info, later.
    """
    asked = _asked(arguments.structure("files", error="invalid_arguments"))
    channel = writable(team, arguments.text("channel_id")) if "channel_id" in arguments else None
    thread_ts = thread_of(channel, arguments) if channel else ""
    comment = _comment(arguments)
    titles = {each["id"]: each.get("title") or "" for each in asked}
    files = [_made(team, upload, titles) for upload in team.uploads.take(list(titles))]
    if channel:
        _share(team, channel, comment, thread_ts, files)
    return {"files": [{**file.as_json(), **_unknown_yet(), **_unshared()} for file in files]}


def _asked(files: Any) -> list[JSON]:
    if not isinstance(files, list) or not files:
        raise refuse_for("invalid_arguments", ["missing required field: files"])
    if not all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in files):
        raise refuse_for("invalid_arguments", ["missing required field: id [json-pointer:/files]"])
    return files


def _comment(arguments: Arguments) -> Draft:
    """`initial_comment` wins over `blocks`."""
    comment = arguments.text("initial_comment")
    kept = {} if comment else {"blocks": arguments.values.get("blocks")}
    content = draft(Arguments({"text": comment, **kept}))
    check_length(content)
    return content


def _made(team: Team, upload: Upload, titles: dict[str, str]) -> File:
    given = (upload.name, upload.content or b"")
    file = team.files.add(given, team.app.bot_user_id, team.origin, upload.file_id)
    file.alt_text, file.title = upload.alt_text, titles[upload.file_id]
    file.unshown = team.files.share_delay
    return file


def _share(team: Team, channel: Channel, comment: Draft, thread_ts: str, files: list[File]) -> None:
    team.say(channel, team.app.bot_user_id, comment, thread_ts, files)


def _unknown_yet() -> JSON:
    """Slack looks at the bytes after it has answered."""
    return {"mimetype": "", "filetype": "", "pretty_type": ""}


def _unshared() -> JSON:
    return {"shares": {}, "channels": [], "groups": [], "ims": []}
