"""The finder of a layout: what a Munki repo has, and the `[munki]` table that fits it."""
