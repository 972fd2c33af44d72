"""A guard of the page: only a browser on this machine gets in, and only from the page itself."""

from flask import Flask, Response, abort, request

OWN_NAMES = ("127.0.0.1", "localhost")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def guard(app: Flask) -> None:
    """Refuse names that only lead here by DNS, and what other sites' pages send."""

    @app.before_request
    def refuse_strangers() -> None:
        name, _, _ = request.host.partition(":")
        if name not in OWN_NAMES:
            abort(403, "Open this page as 127.0.0.1 or localhost.")
        is_ours = request.headers.get("Origin") == f"http://{request.host}"
        if request.method not in ("GET", "HEAD") and not is_ours:
            abort(403, "Only the page itself may do that.")

    @app.after_request
    def say_what_it_may_do(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response
