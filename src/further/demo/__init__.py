"""What makes the embedded default study: journal-like PDFs, plain English, a tiny base model."""
