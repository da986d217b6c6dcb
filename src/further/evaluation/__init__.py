"""Perplexity, intervals over papers, samples."""
