"""Weights: where they start, what is frozen, how they are averaged and stored."""
