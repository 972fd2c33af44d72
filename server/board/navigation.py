"""The pages that every page leads to, in their order."""

from provisioning.values.language import marked

NAVIGATION = (
    ("/board", marked("Board")),
    ("/board/hand-in", marked("Add Macs")),
    ("/board/batches", marked("Batches")),
    ("/board/me", marked("What you may do")),
    ("/board/sessions", marked("Your sessions")),
)
