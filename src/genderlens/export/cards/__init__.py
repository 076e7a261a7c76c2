"""Model card and datasheet."""
