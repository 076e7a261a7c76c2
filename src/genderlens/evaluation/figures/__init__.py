"""Measured figures: counts, curves, intervals, groups, tests of significance."""
