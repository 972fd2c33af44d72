"""Many registrations at once, for programs."""

LARGEST_BULK = 4 * 1024 * 1024  # bytes of a body
