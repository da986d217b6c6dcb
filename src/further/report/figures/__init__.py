"""The figures of the page: one file each, called as its figure, and one place in `further.report.kind`."""
