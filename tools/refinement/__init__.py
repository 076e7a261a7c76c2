"""Makes the small network that says where exactly a face lies that was seen coarsely."""
