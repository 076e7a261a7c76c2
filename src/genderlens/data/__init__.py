"""Labelled pictures in, one manifest out."""
