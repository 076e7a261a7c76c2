"""Accuracy on pictures that are made worse step by step."""
