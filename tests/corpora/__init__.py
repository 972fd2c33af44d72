"""Corpora: inputs with the answers that people gave, by which a part of Rollcall is measured."""
