"""How figures are drawn: what a figure is, the one look, and SVG."""
