"""The whole story on one machine, with no account anywhere: `make demo`."""
