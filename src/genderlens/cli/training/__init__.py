"""Commands that make and register a model."""
