"""Files that a browser uploads, and the route that serves them."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from tests.fakes.slack import Workspace

SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Types that a browser shows as a picture. Nothing else is served as what it says it is."""


def file_routes(workspace: Workspace) -> Blueprint:
    """The route of a file's bytes. A picture is shown, anything else only saved."""
    routes = Blueprint("files", __name__)

    @routes.get("/files/<file_id>")
    def content(file_id: str) -> Response:
        file = workspace.files.find(file_id=file_id)
        if file is None or file.deleted:
            raise NotFound("There is no such file.")
        if file.mimetype in SHOWN:
            return Response(file.content, mimetype=file.mimetype)
        answer = Response(file.content, mimetype="application/octet-stream")
        answer.headers.set("Content-Disposition", "attachment", filename=file.name)
        return answer

    return routes


def handed_over(field: str) -> list[tuple[str, bytes]]:
    """The files of a form's field: name and bytes. An empty field has none."""
    files = request.files.getlist(field)
    return [(file.filename, file.read()) for file in files if file.filename]
