"""Windows that cards and menus open: operations on the Macs of a card, and on one Mac."""
