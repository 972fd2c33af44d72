"""The frame of the API: callers, routes typed by pydantic, problems, and the document of them."""
