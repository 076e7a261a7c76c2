"""From a recipe and a manifest to a run folder. Needs the extra ``[train]``."""
