"""Videos and cameras: faces become tracks, and each track gets one answer."""
