"""The root of all errors: facts, which each door translates for its own people."""


class RollcallError(Exception):
    """The root: its text is one honest sentence that names the fact."""
