"""What every reader of a SOURCE shares: parts, junk, content of files, walking, and the skipped."""
