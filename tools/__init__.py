"""Programs that made a file of the package once; never installed, run from a checkout."""
