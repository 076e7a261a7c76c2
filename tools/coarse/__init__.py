"""Makes the small network that takes the first, coarse look at a picture."""
