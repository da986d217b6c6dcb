"""Names of sections in German."""

from further.corpus.names.columns import Names

_AMBIGUOUS = (
    "finanzierung|förderung|fördermittel|ethik|ethikvotum|ethische aspekte|ethikerklärung",
    "datenverfügbarkeit|verfügbarkeit der daten|zusatzmaterial|ergänzendes material|abkürzungen",
    "abkürzungsverzeichnis",
)
GERMAN = Names(
    abstract=("zusammenfassung|kurzfassung|kurzzusammenfassung|abstrakt",),
    introduction=("einleitung|einführung|hintergrund|zielsetzung|ziele?|fragestellung|problemstellung",),
    methods=("methoden|methodik|methode|material und methoden|patienten und methoden|material",),
    results=("ergebnisse|resultate|befunde",),
    discussion=("diskussion",),
    conclusions=("schlussfolgerung(?:en)?|schlußfolgerung(?:en)?|fazit|ausblick|limitationen|limitierungen",),
    body=("fallbericht|fallbeschreibung|kasuistik",),
    keywords=("schlüsselwörter|schlüsselworte|schlagwörter|stichwörter",),
    glossary=("abkürzungen|abkürzungsverzeichnis|glossar",),
    references=(
        "literatur|literaturverzeichnis|literaturangaben|literaturliste|quellen|quellenverzeichnis",
        "quellenangaben|quellen- und literaturverzeichnis|literatur- und quellenverzeichnis|referenzen",
        "bibliographie|bibliografie|weiterführende literatur",
    ),
    back=(
        "danksagung(?:en)?|dank|interessenkonflikte?|interessenskonflikte?|angaben zu interessenkonflikten",
        "erklärung zu interessenkonflikten|einhaltung ethischer richtlinien|offenlegung|autorenbeiträge",
        "beiträge der autoren|beiträge der autorinnen und autoren|autoren|über die autoren",
        "korrespondenzadresse|korrespondenz|anschrift der (?:verfasser|autoren)|hinweis des verlags",
        "(?:eidesstattliche|ehrenwörtliche) (?:erklärung|versicherung)|versicherung an eides statt|lebenslauf|widmung",
        "selbst(?:st)?ändigkeitserklärung",
        *_AMBIGUOUS,
    ),
    thanks=(
        "(?:wir|die autor(?:en|innen)) (?:be)?danken|ich danke",
        "diese (?:arbeit|studie) wurde .{0,60}(?:gefördert|unterstützt|finanziert)",
    ),
    owed=(
        "(?:be)?dank|geförder|förder|finanzi|unterstütz|interessens?konflikt|autor|einwillig|ethik|verfügbar|beitr",
        "manuskript|lizenz|verlag|begutacht",
    ),
    ambiguous=_AMBIGUOUS,
    reviews=(),
    appendix=("anhang|anhänge|anlagen?",),
    contents=("inhalt|inhaltsverzeichnis|abbildungsverzeichnis|tabellenverzeichnis",),
    joins=("und|der|des|die|zur|zum|von|autoren|erklärung|hinweise?",),
)
