"""Programs for developers; the product never imports them."""
