"""What a font's name tells: whether it is one of signs or of texts, and whose its layout and its glyphs' names are."""

import re

SIGN_FONT = re.compile(
    r"(?i)sym(?!pathy)|math|greek|grk|pi(?:[-\d]|$|one|two|three|four|five|six)|m?t-?sy|mtmi|cmsy|cmmi|advp[0-9a-f]|smp\d|els-ent"
)
"""Names of fonts of signs."""
MATH_FONT = re.compile(r"(?i)math")
"""Names of fonts of formulas, in which no letter has an accent."""
TEXT_FONT = re.compile(
    r"(?i)times|helvetic|arial|univers|minion|myriad|garamond|palat|calibri|cambria|georgia|verdana|courier|frutiger"
    r"|gill ?sans|optima|bembo|sabon|baskerv|century|bookman|avenir|futura|franklin|lato|roboto|open ?sans|source ?s"
    r"|liberation|dejavu|charter|utopia|akzidenz|tahoma|trebuchet|segoe|galliard|plantin|nimbus|stone ?s|scala|roman"
    r"|^(?:cm|lm|ec|sf)(?:r|b|t|ss|csc)[a-z]{0,3}\d"
)
"""Names of fonts of texts, whose letters and digits are what they are called."""
TEX_FONT = re.compile(
    r"(?i)(?:cm|lm|ms[ab]m|eu[frs][bm])[a-z]+\d|(?:[tp]x|[nr]tx)(?:sy|mi|ex)|stix|xits|lin(?:libertine|biolinum)|boondox"
)
"""Names of TeX's own fonts, whose glyphs are what they are called: an italic a is no α."""
ADOBE_SYMBOL = re.compile(r"(?i)symbol(?!.*(?:math|tex|cm))")
"""Names of fonts with the layout of Adobe's Symbol."""
