"""A corpus of lists that people hand in, with the Macs that are right to take from each."""
