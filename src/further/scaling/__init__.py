"""The scaling law of loss against unique training tokens: fit, intervals, predictions, verdicts and cost."""
