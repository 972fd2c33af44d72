"""Endurance, in parts that `make soak` runs one at a time: `fuzz`, `kills` and `day`."""
