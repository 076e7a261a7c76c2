"""Encoded pictures: known by their bytes, costed by their headers, decoded within bounds."""
