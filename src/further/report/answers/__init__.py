"""The answers of a study, written by rules from its numbers: a verdict, one number, one line of doubt, details."""
