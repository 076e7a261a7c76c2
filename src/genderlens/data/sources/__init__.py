"""What every reader of a SOURCE shares: parts, junk, contents, listing, what is skipped."""
