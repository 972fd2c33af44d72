"""The frame of the API: who calls, routes typed by pydantic, problems, and the document of both."""
