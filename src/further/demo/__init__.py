"""What makes the embedded default study: journal-like PDFs, a real base model, and a toy that may stand for it."""
