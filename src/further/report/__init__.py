"""The report stage: figures, their tables, and one page for people. Importing this loads no plotting library."""

FIGURES = {
    "perplexity_by_paper": "Perplexity of each held-out paper, before and after",
    "learning_curves": "Training loss over the run",
    "scaling_law": "Held-out loss against unique training tokens",
    "cost_to_target": "What a lower loss costs",
    "quantization": "What quantization costs",
    "settings": "What the other settings change",
    "forgetting": "General text, before and after",
    "ledger": "Where the characters of the papers went",
    "workflow": "The rules of the workflow, and what needs what",
}
"""Title of each figure, by its name."""
