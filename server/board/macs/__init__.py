"""One Mac on the board: its page, a preview of its next boot, and acts on its identity."""
