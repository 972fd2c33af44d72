"""The route of sites and builds: their manifests, templates and Macs, and what they lack."""

from functools import partial

from flask import Response, request

from infrastructure.text import normalize, readable
from provisioning.diagnostics import places
from provisioning.munki.layout import ManifestKind
from provisioning.values.language import _, worded
from server.board.views import BoardPages, get

LONGEST = 80  # characters of what is searched for
MAX_PLACES = 100  # sites, and builds, on the page: the manifest of each is read


class PlacePages(BoardPages):
    """The view of sites and builds."""

    @get("/places")
    def places(self) -> Response:
        """The sites and builds, for browsers, those that lack something first.

        Field `q`: a part of their names.
        """
        text = readable(request.args.get("q", ""), LONGEST)
        part = normalize(text)
        repo, catalog = self._previewer.repo, self._previewer.scripts.catalog
        layout = repo.now().layout
        kinds = [
            (ManifestKind.SITE, _("Sites"), layout.sites),
            (ManifestKind.BUILD, _("Builds"), layout.builds),
        ]
        with self._database.reading() as session:
            counts = places.count(session)
        overview = partial(
            places.overview, counts, repo, catalog, wanted=lambda name: part in normalize(name)
        )
        found = [
            (kind.value, title, overview(kind, limit=MAX_PLACES))
            for kind, title, form in kinds
            if form is not None
        ]
        findings = dict.fromkeys(finding for *_rest, each in found for finding in each.findings)
        return self._show(
            "oversight/places.html",
            found=found,
            findings=list(findings),
            text=text,
            title_of=self._policy.policy.title_of,
            worded=worded,
        )
