"""Photos: serials read from pictures of boxes."""
