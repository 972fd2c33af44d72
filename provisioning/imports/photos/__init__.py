"""Photos of boxes: a reader of the serials in their barcodes."""
