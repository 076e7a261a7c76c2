"""Pictures as a training takes them: rows, pixels, augmentation, batches."""
