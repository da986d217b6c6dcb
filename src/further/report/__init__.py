"""The report stage: figures, their tables, and one page for people. Importing this loads no plotting library."""

FIGURES = (
    "perplexity_by_paper",
    "learning_curves",
    "scaling_law",
    "cost_to_target",
    "quantization",
    "settings",
    "forgetting",
    "ledger",
    "workflow",
)
