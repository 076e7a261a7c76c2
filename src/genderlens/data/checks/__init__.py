"""What is wrong with a data set, and the data set without it."""
