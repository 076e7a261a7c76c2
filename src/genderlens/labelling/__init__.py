"""Bulk labelling: a plan of numbered shards, each labelled once, on one machine or on a cluster."""
