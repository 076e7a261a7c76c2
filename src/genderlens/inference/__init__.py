"""Pictures in, predictions out: the one call that every front door makes."""
