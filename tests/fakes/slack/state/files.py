"""Files: what people drop into channels and modals, and what the app uploads."""

from __future__ import annotations

import mimetypes
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.fakes.slack.apps.app import App
from tests.fakes.slack.state.timestamps import Clock
from tests.fakes.slack.web.wire import JSON

Given = tuple[str, bytes] | tuple[str, bytes, str]
"""A file in a person's hands: name, bytes and, if it is not to be guessed, MIME type."""

TYPES = {"jpeg": "jpg", "txt": "text", "md": "markdown", "": "binary"}
MAIL = "mail sent to Slack"  # in place of a MIME type


@dataclass(frozen=True)
class Share:
    """A message that shows a file. `kind` is `channel`, `group` or `im`."""

    channel_id: str
    channel_name: str
    kind: str
    ts: str
    bot_is_member: bool

    def as_json(self, team_id: str) -> JSON:
        """One entry of a file's `shares`."""
        counts: JSON = {"reply_users": [], "reply_users_count": 0, "reply_count": 0}
        return {**counts, "ts": self.ts, "channel_name": self.channel_name, "team_id": team_id}


@dataclass(eq=False)
class File:
    """One file. `unshown` counts the calls of files.info that do not show its shares yet."""

    id: str
    name: str
    content: bytes
    mimetype: str
    user: str
    origin: str
    team_id: str
    created: int
    title: str = ""
    alt_text: str = ""
    deleted: bool = False
    is_too_old: bool = False  # to be shown in a workspace that pays nothing
    handed_over: bool = False
    shares: list[Share] = field(default_factory=list)
    unshown: int = 0

    @property
    def is_mail(self) -> bool:
        """True for a mail that was sent to Slack, which keeps its text."""
        return self.mimetype == MAIL

    @property
    def filetype(self) -> str:
        """Slack's word for the type, taken from the name."""
        if self.is_mail:
            return "email"
        ending = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        return TYPES.get(ending, ending)

    @property
    def url(self) -> str:
        """url_private: its bytes, for those who may see it."""
        return f"{self.origin}/files-pri/{self.team_id}-{self.id}/{quote(self.name)}"

    def as_json(self) -> JSON:
        """The file object (docs.slack.dev, "File object"); little is left of one that is gone."""
        if self.deleted or self.is_too_old:
            return {"id": self.id, "mode": "tombstone" if self.deleted else "hidden_by_limit"}
        described = {"alt_txt": self.alt_text} if self.alt_text else {}
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": "text/html" if self.is_mail else self.mimetype,
            "filetype": self.filetype,
            "pretty_type": self.filetype.upper(),
            "user": self.user,
            "user_team": self.team_id,
            "editable": False,
            "size": len(self.content),
            "mode": "email" if self.is_mail else "hosted",
            "is_external": False,
            "file_access": "visible",
            "is_public": any(share.kind == "channel" for share in self.shares),
            "url_private": self.url,
            "url_private_download": self.url.replace(f"-{self.id}/", f"-{self.id}/download/"),
            "permalink": f"{self.origin}/files/{self.user}/{self.id}/{quote(self.name)}",
            **described,
        }

    def hidden_json(self) -> JSON:
        """The file in events of channels of Slack Connect: files.info alone shows the rest
        (docs.slack.dev/apis/slack-connect/#check_file_info).
        """
        hidden: JSON = {"mode": "file_access", "file_access": "check_file_info"}
        return {"id": self.id, "created": 0, "timestamp": 0, "user": "", **hidden}

    def shared_json(self) -> JSON:
        """The channels that show the file, as files.info tells them."""
        shares: dict[str, dict[str, list[JSON]]] = {}
        for share in self.shares:
            side = shares.setdefault("public" if share.kind == "channel" else "private", {})
            side.setdefault(share.channel_id, []).append(share.as_json(self.team_id))
        kinds = {"channels": "channel", "groups": "group", "ims": "im"}
        return {"shares": shares, **{key: self._in(kind) for key, kind in kinds.items()}}

    def _in(self, kind: str) -> Sequence[str]:
        return [share.channel_id for share in self.shares if share.kind == kind]


def new_file_id() -> str:
    """An id for a file that is to come."""
    return f"F0{secrets.token_hex(4).upper()}"


class Files:
    """Every file of a workspace, by its id."""

    def __init__(self, app: App, clock: Clock) -> None:
        self.share_delay = 1
        """The number of calls of files.info after an upload that do not show its channels yet."""
        self._app = app
        self._clock = clock
        self._files: dict[str, File] = {}
        self._lock = threading.Lock()

    def add(self, given: Given, user: str, origin: str, file_id: str = "") -> File:
        """A new file of this person or bot."""
        name, content, *kind = given
        mimetype = kind[0] if kind else mimetypes.guess_type(name)[0]
        file = File(
            id=file_id or new_file_id(),
            name=name,
            content=content,
            mimetype=mimetype or "application/octet-stream",
            user=user,
            origin=origin,
            team_id=self._app.team_id,
            created=int(self._clock()),
        )
        with self._lock:
            self._files[file.id] = file
        return file

    def find(self, *, file_id: str = "", url: str = "") -> File | None:
        """The file with this id, or with this url_private or permalink; or None."""
        with self._lock:
            for file in self._files.values():
                shown = file.as_json()
                if file.id == file_id or (url and url in (file.url, shown["permalink"])):
                    return file
        return None

    def visible(self, file: File) -> bool:
        """True if the bot may see it: its own, handed over in a modal, in a public channel, or
        in a conversation of which it is a member.
        """
        own = file.user == self._app.bot_user_id or file.handed_over
        return own or any(share.kind == "channel" or share.bot_is_member for share in file.shares)
