"""What is to be labelled: listed, addressed and read as a stream."""
