"""A small client of the service: ``genderlens.Client`` and ``genderlens.AsyncClient``."""
