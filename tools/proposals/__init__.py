"""Makes the small network that says where in a picture the face detector is to look."""
