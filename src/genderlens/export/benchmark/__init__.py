"""Time, size and memory of bundles, measured side by side."""
