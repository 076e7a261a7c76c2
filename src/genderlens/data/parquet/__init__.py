"""Parquet files from elsewhere, read within bounds."""
