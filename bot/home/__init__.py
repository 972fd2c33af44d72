"""The Home tab, and commands whose answers only their person may see."""
