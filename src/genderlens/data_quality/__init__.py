"""What only a detector or a model can tell about a data set: who is in a picture, odd labels."""
