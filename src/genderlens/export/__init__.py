"""From a run folder to a bundle that serves. Needs the extra ``[train]``."""
