"""Versions of the model: immutable bundles in a folder or on S3, and which of them is used."""
