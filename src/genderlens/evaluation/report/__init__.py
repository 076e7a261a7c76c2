"""Reports of an evaluation: pages, plots and folders."""
