"""The folded parts of the page: one file each with a function that fills a template of the same name."""
