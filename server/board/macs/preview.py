"""The route of a preview of a Mac's next boot, by the function of `/mac preview`."""

from flask import Blueprint, Response, g, request
from structlog.contextvars import bind_contextvars

from infrastructure.database.engine import Database
from infrastructure.text import readable
from provisioning.access.accounts import people
from provisioning.diagnostics.previewer import Previewer
from provisioning.firstboot.placement import Requested
from provisioning.policy import PolicyFile
from provisioning.values.language import worded
from provisioning.values.serials import Serial
from server.auth.browsers import Browsers
from server.board import words
from server.board.pages import Pages

LONGEST_NAME = 255  # characters of a site or a build


class PreviewViews:
    """The view of a preview."""

    def __init__(
        self,
        pages: Pages,
        database: Database,
        previewer: Previewer,
        policy: PolicyFile,
        browsers: Browsers,
    ) -> None:
        self._pages, self._database, self._previewer = pages, database, previewer
        self._policy, self._browsers = policy, browsers

    def add_to(self, routes: Blueprint) -> None:
        """Add the route."""
        routes.add_url_rule("/macs/<path:text>/preview", view_func=self.preview)

    def preview(self, text: str) -> Response:
        """A preview of a Mac's next boot, with why, for browsers. Writes nothing.

        Fields `site` and `build`: the place that its script would name.
        """
        serial, visitor = Serial(Serial.parse(text).key), g.visitor
        bind_contextvars(serial=serial.text)
        site, build = (
            readable(request.args.get(name, ""), LONGEST_NAME) for name in ("site", "build")
        )
        requested = Requested(site, build) if site or build else None
        with self._database.reading() as session:
            result = self._previewer.preview(
                session,
                self._policy.policy,
                serial,
                requested=requested,
                at=self._browsers.clock(),
            )
            names = people.names(session, words.people_in((*result.why, *result.faults)))
        repo = self._previewer.repo.now()
        return self._pages.show(
            "macs/preview.html",
            visitor,
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
