"""Answers to questions about images: written, scored, held against floors. `generate` and `views` alone need torch."""
