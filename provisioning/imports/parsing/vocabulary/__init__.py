"""Vocabulary of lists: what single words and headings mean, in any language of `words.toml`."""
