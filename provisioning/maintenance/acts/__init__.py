"""Acts of people and of programs, by each door, in one transaction, for whoever may."""
