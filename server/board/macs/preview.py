"""The route of a preview of a Mac's next boot, by the function of `/mac preview`."""

from flask import Response, request
from structlog.contextvars import bind_contextvars

from infrastructure.text import storable
from provisioning.access.accounts import people
from provisioning.firstboot.placement import Requested
from provisioning.values.language import worded
from provisioning.values.serials import Serial
from server.board import words
from server.board.views import BoardPages, get

LONGEST_NAME = 255  # characters of a site or a build


class PreviewPages(BoardPages):
    """The view of a preview."""

    @get("/macs/<path:text>/preview")
    def preview(self, text: str) -> Response:
        """A preview of a Mac's next boot, with why, for browsers. Writes nothing.

        Fields `site` and `build`: the place that its script would name.
        """
        serial, visitor = Serial(Serial.parse(text).key), self._visitor
        bind_contextvars(serial=serial.text)
        site, build = (
            storable(request.args.get(name, ""), LONGEST_NAME) for name in ("site", "build")
        )
        requested = Requested(site, build) if site or build else None
        with self._database.reading() as session:
            result = self._previewer.preview(
                session, self._policy.policy, serial, requested=requested, at=self._clock()
            )
            names = people.names(session, words.people_in((*result.why, *result.faults)))
        repo = self._previewer.repo.now()
        return self._show(
            "macs/preview.html",
            preview=result,
            head=worded(result.head),
            reasons=[words.with_people(each, names) for each in result.why],
            faults=[words.with_people(each, names) for each in result.faults],
            change=worded(result.change),
            # A template may hold what is not for everybody.
            script=result.script if visitor.is_admin else None,
            site=site,
            build=build,
            sites=repo.sites(),
            builds=repo.builds(),
        )
