"""Layouts of sign fonts: what stands at which place in TeX's fonts, in Adobe's Symbol, in Linotype's Mathematical Pi.

Typesetters rename these fonts and name their glyphs after places ("C14" is place 14) or after the Latin letter on the
same key, so that a place is all that a file tells.
"""

# Knuth, The METAFONTbook and Computers & Typesetting E: one character per place, from 0.
CMSY = (
    "−·×∗÷⋄±∓⊕⊖⊗⊘⊙◯∘•≍≡⊆⊇≤≥⪯⪰∼≈⊂⊃≪≫≺≻←→↑↓↔↗↘≃⇐⇒⇑⇓⇔↖↙∝′∞∈∋△▽\u0338↦∀∃¬∅ℜℑ⊤⊥"
    "ℵABCDEFGHIJKLMNOPQRSTUVWXYZ∪∩⊎∧∨⊢⊣⌊⌋⌈⌉{}⟨⟩|‖↕⇕\\≀√⨿∇∫⊔⊓⊑⊒§†‡¶♣♢♡♠"
)
"""TeX's symbols, as in cmsy10."""
CMMI = (
    "ΓΔΘΛΞΠΣΥΦΨΩαβγδεζηθικλμνξπρστυφχψωεϑϖϱςφ↼↽⇀⇁\ufffd\ufffd▹◃0123456789.,<\u002f>⋆"
    "∂ABCDEFGHIJKLMNOPQRSTUVWXYZ♭♮♯⌣⌢ℓabcdefghijklmnopqrstuvwxyzıȷ℘\u20d7\u2040"
)
"""TeX's letters of formulas, as in cmmi10."""
OT1 = (
    "ΓΔΘΛΞΠΣΥΦΨΩ\ufb00\ufb01\ufb02\ufb03\ufb04ıȷ`´ˇ˘¯˚¸ßæœøÆŒØ\u0338!”#$%&’()*+,-./0123456789:;¡=¿?"
    "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[“]ˆ˙‘abcdefghijklmnopqrstuvwxyz–—˝˜¨"
)
"""TeX's text, as in cmr10."""
T1 = (
    "`´ˆ˜¨˝˚ˇ˘¯˙¸˛‚‹›“”„«»–—\u200b\ufffdıȷ\ufb00\ufb01\ufb02\ufb03\ufb04"
    ' !"#$%&’()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_‘abcdefghijklmnopqrstuvwxyz{|}~-'
    "ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ¡¿£"
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖŒØÙÚÛÜÝÞẞàáâãäåæçèéêëìíîïðñòóôõöœøùúûüýþß"
)
"""TeX's text with accents (the Cork encoding), as in ecrm1000."""
_COMPANIONS = {
    **{
        36: "$",
        39: "'",
        42: "*",
        60: "〈",
        61: "-",
        62: "〉",
        79: "◯",
        87: "Ω",
        132: "†",
        133: "‡",
        134: "‖",
        135: "‰",
    },
    **{136: "•", 137: "℃", 148: "‽", 151: "™", 152: "‱", 162: "¢", 163: "£", 164: "¤", 165: "¥", 166: "¦", 167: "§"},
    **{168: "¨", 169: "©", 170: "ª", 172: "¬", 174: "®", 175: "¯", 176: "°", 177: "±", 178: "²", 179: "³", 180: "´"},
    **{181: "µ", 182: "¶", 183: "·", 184: "※", 185: "¹", 186: "º", 187: "√", 188: "¼", 189: "½", 190: "¾", 191: "€"},
    **{214: "×", 246: "÷", **{48 + digit: str(digit) for digit in range(10)}},
}
TC = "".join(_COMPANIONS.get(place, "\ufffd") for place in range(256))
"""TeX's signs beside a text (TS1), as in tcrm1000."""
_MORE_SYMBOLS = {3: "□", 4: "■", 38: "≳", 46: "≲", 53: "≦", 54: "⩽", 61: "≧", 62: "⩾", 88: "✓"}
MSAM = "".join(_MORE_SYMBOLS.get(place, "\ufffd") for place in range(128))
"""The commonest of the American Mathematical Society's symbols, as in msam10."""
CMEX = (
    "()[]⌊⌋⌈⌉{}⟨⟩|‖/\\()()[]⌊⌋⌈⌉{}⟨⟩/\\()[]⌊⌋⌈⌉{}⟨⟩/\\/\\⎛⎞⎡⎤⎣⎦⎢⎥⎧⎫⎩⎭⎨⎬⎪⏐⎝⎠⎜⎟⟨⟩⊔⊔∮∮⊙⊙⊕⊕⊗⊗∑∏∫∪∩⊎∧∨∑∏∫∪∩⊎∧∨"
    "∐∐^^^~~~[]⌊⌋⌈⌉{}√√√√√√│‖↑↓\ufffd\ufffd\ufffd\ufffd⇑⇓"
)
"""TeX's large brackets and operators, as in cmex10."""
PLACES = {"symbols": CMSY, "letters": CMMI, "text": OT1, "large": CMEX}
"""TeX's layouts."""
PLACE_FONTS = (
    (r"(?i)4c4e51|mi(?!n)|ital", "letters"),
    (r"(?i)4c4e59", "text"),
    (r"(?i)4c4e46|(?:cm|mt|tx|px)ex|extension", "large"),
    ("", "symbols"),
)
"""TeX's layouts by what is in a font's name, the first that fits."""
LATIN_1_SIGNS = {"onequarter": "=", "thorn": "+", "eth": "(", "Thorn": ")", "onehalf": "["}
"""Signs of TeX's text that a typesetter put beside its symbols, under names of Latin 1."""

# Adobe, Symbol encoding (PDF 32000-1, annex D.5), from place 32 and from place 160.
_SYMBOL = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_\u203eαβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\ufffd〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
)
SYMBOL = {start + place: sign for start, row in zip((32, 160), _SYMBOL, strict=True) for place, sign in enumerate(row)}
"""Adobe's Symbol, by place."""

GREEK = "αβγδεζηθικλμνξοπρσςτυφχψω"
CAPITALS = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
_KEYS = "abcdefghijklmnopqrstuvwx"
ALPHABETICAL = dict(zip(_KEYS, GREEK.replace("ς", ""), strict=True)) | dict(zip(_KEYS.upper(), CAPITALS, strict=True))
"""Greek letters by the Latin ones of the same number: l, the twelfth, is µ. So are some cuts of Mathematical Pi."""

# Linotype's numbers of glyphs, which are the same in every file: H9262 is µ.
MATHEMATICAL_PI = {
    **{9001 + place: letter for place, letter in enumerate(CAPITALS)},
    **{9251 + place: letter for place, letter in enumerate(GREEK)},
    **{9024: "·", 9277: "ϑ", 9278: "ϕ", 9280: "ϵ", 5008: "–", 5009: "−", 6036: "ℏ"},
    **{11001: "+", 11002: "−", 11003: "×", 11005: "=", 11006: "±", 11008: "∝", 11009: "∞", 11011: "∼", 11013: "≡"},
    **{11015: "≈", 11021: "<", 11022: ">", 11032: "′", 11033: "″", 11034: "°", 11036: "⊥", 11061: "≅", 11080: "·"},
    **{11128: "∂", 11229: "≃", 11270: "≪", 11271: "≫", 11349: "≤", 11350: "≥", 11351: "≲", 11407: "≳"},
    **{11545: "+", 11546: "−", 11549: "=", 11569: "*", 11612: "∇", 33355: "⩽", 33356: "⩾", 18528: "•", 23008: "™"},
    **{12135: "◆", 12331: "◇", 17004: "◆", 17009: "▲", 17015: "©", 17016: "®", 17033: "●", 17034: "○", 17039: "■"},
    **{17040: "□", 17050: "©", 22845: "☆", 20648: "‖", 20848: "∫", 20849: "(", 20850: ")", 20851: "[", 20852: "]"},
    **{20853: "{", 20854: "}", 20855: "⟨", 20856: "⟩", 20857: "√", 20858: "∑", 20862: "/", 20863: "∏", 20879: "|"},
}
"""Linotype's Mathematical Pi, by number."""
