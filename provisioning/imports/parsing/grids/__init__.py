"""Tables of Macs: their columns and rows, however they are laid out."""
