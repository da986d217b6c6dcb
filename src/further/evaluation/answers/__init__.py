"""Answers to questions about images: scores, floors, intervals over cases, loops. No torch."""
