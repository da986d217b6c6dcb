"""Papers to splits: duplicates, splits, folds."""
