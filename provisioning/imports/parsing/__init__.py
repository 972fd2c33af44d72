"""Intake: anything that holds serials (pasted text, spreadsheets, photos), read into entries."""
