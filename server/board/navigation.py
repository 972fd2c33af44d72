"""The pages that every page leads to, in their order."""

from provisioning.values.language import marked

NAVIGATION = (
    ("/board", marked("Board")),
    ("/board/screens", marked("Screens")),
    ("/board/me", marked("What you may do")),
    ("/board/sessions", marked("Your sessions")),
)
