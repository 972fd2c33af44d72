"""The root of all errors: facts, which each door translates for its people."""


class RollcallError(Exception):
    """The root: its text is one honest sentence that names the fact."""


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its class where it has none."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
