"""Corpus stage: PDFs of articles to rows of clean text, with an account of every character."""
