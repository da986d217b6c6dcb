"""How a study that runs stands: what its last start has to do, what is done, and when it will have ended."""
