"""Templates of scripts: found, checked, and the last good one kept."""
