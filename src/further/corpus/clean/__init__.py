"""Blocks to rows of clean text: what is kept, and characters and words made whole."""
