"""What the service remembers in a database: keys, predictions, corrections and samples."""
