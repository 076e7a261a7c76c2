"""The face detector that ships, made from the published CenterFace."""
