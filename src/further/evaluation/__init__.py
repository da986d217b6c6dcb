"""Perplexity, intervals over papers, memorization, samples, questions, answers about images."""
