"""Infrastructure: what Rollcall stands on and what knows no Mac."""
