"""Text to token streams with document boundaries, and streams to training rows."""
