"""Acts of people and of programs, with their checks of rights, each in one transaction."""
