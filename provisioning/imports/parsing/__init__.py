"""Parsers of pasted texts and spreadsheets: they return the Macs as entries.

A text passes these stages, each of which knows only those below it:

- `files`, `free_text`: the doors. A file is read in a sandbox; a typed command may name serials
  alone.
- `formats`: a file becomes rows (CSV, workbooks, JSON) or a text (pages, mails).
- `texts`: a text becomes lines. Blocks of lines that are tables go to `grids`, the others to
  `prose`, one by one; then all that was said is brought together.
- `grids`: the rows of a table. `layouts` and `records` find it, `heads`, `roles` and `columns` tell
  what each column is, `rows` reads each Mac with the place (`destinations`), the doubts (`remarks`)
  and the section that it stands in. A cell that holds more than its serial is read as a line is.
- `prose`: `reader` makes a `Line` of each: its Macs, and what it says for others. `strangers` and
  `titles` say which lines are headings, `paragraphs` which belong together, and `lines.told` gives
  each Mac its place.
- `tokens`: single words and cells, judged: a serial, perhaps one, a label, another machine.
- `names`: names of sites and builds in a text; `vocabulary`: what other words mean.

What each stage finds is an `Item` of `entries`: a Mac, perhaps with doubts, or a text that is none.
"""
