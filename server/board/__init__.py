"""The board: Rollcall's pages for people in browsers, below `/board`."""
