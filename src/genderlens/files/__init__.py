"""Files that several processes share: locks, drafts and plain reading."""
