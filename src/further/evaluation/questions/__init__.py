"""Questions on the field: whether the adapted model answers more than its base, and still follows instructions."""
