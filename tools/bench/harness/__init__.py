"""The harness of measurements: load, rounds, and the table."""
