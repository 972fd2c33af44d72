"""The whole installation on the board: the log, the places, statistics, the doctor, keys."""
