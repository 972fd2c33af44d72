"""The background picture of Imagr: the Mac's site, and the next step for the technician."""

import base64
import threading
from collections import OrderedDict

from infrastructure.execution import sandbox
from infrastructure.execution.sandbox import GaveUp
from provisioning.clients.imagr.errors import ConfigUnusable, PictureUnavailable
from provisioning.clients.imagr.templates import Templates
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import UnknownSite
from provisioning.values.libraries import need_pictures

SMALLEST, LARGEST = 320, 5120  # pixels of an edge
USUAL = (1920, 1080)
MAX_PICTURES = 8  # in memory, of some 50 KB: the Macs of a lab have the same screens
TIMEOUT = 3  # seconds that a request waits while another picture is drawn
DRAWING_TIMEOUT = 10  # seconds that drawing one may take

Key = tuple[str, int, int, str]  # site, width, height, usage


class Backgrounds:
    """A renderer of background pictures, in a process of its own that ends: Pillow takes 12 MiB.

    `command` is Slack's slash command.
    """

    def __init__(
        self, repo: MunkiRepo, templates: Templates, *, command: str, kept: int = MAX_PICTURES
    ) -> None:
        self._repo = repo
        self._templates = templates
        self._command = command
        self._max_kept = kept
        self._kept: OrderedDict[Key, bytes] = OrderedDict()  # read without a lock
        self._drawing = threading.Lock()

    def picture(self, site: str, size: tuple[int, int]) -> bytes:
        """Return a PNG of this size, within limits, for a site of any name.

        The request needs no credential, so an unknown site is ignored. Raises PictureUnavailable
        where there are too many requests, and NoPictures where this process draws none.
        """
        need_pictures()
        width, height = (min(max(edge, SMALLEST), LARGEST) for edge in size)
        key = (self._known(site), width, height, self._repo.now().layout.usage)
        if not (picture := self._kept.get(key)):
            if not self._drawing.acquire(timeout=TIMEOUT):
                raise PictureUnavailable("Another picture is being drawn at this moment.")
            try:
                picture = self._kept.get(key) or self._drawn(key)
            finally:
                self._drawing.release()
        return picture

    def _known(self, site: str) -> str:
        if not site:
            return ""
        try:
            return self._repo.now().site(site)
        except UnknownSite:
            return ""

    def _drawn(self, key: Key) -> bytes:
        site, width, height, usage = key
        words = [str(width), str(height), site, self._choice(), self._command, usage]
        try:
            drawn = sandbox.run(
                "provisioning.clients.imagr.drawing:draw", b"", *words, seconds=DRAWING_TIMEOUT
            )
        except GaveUp as error:
            raise PictureUnavailable("The picture could not be drawn.") from error
        picture = self._kept[key] = base64.b64decode(drawn)
        while len(self._kept) > self._max_kept:
            self._kept.popitem(last=False)
        return picture

    def _choice(self) -> str:
        """The name to choose in Imagr's menu."""
        try:
            return str(self._templates.registered()["name"])
        except ConfigUnusable:  # reported where the config is requested
            return "Registered build"
