"""What a labelling run leaves beside its tables."""
