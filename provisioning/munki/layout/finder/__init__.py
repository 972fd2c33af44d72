"""The finder of a layout: it reads a Munki repo, and proposes the `[munki]` table that fits it."""
