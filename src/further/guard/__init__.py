"""When to answer and when to hand over to a person: thresholds with a certificate. numpy and scipy, no torch."""
