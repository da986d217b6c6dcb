"""Questions on the field: does the adapted model answer more of them than its base, and does it still follow orders."""
