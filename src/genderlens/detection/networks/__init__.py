"""The networks of a face detector: what they are shown, and what their outputs say."""
