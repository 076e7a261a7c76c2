"""Retraining in the background: a durable queue, one worker, training in a process of its own."""
