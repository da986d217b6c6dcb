"""PDFs to blocks: pages, lines, blocks and what each block is."""
