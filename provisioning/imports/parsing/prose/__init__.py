"""Lines that are no table: lists with headings, sentences, packing slips, mails."""
