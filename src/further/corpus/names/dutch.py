"""Names of sections in Dutch."""

from further.corpus.names.columns import Names

_AMBIGUOUS = (
    "financiering|financiële ondersteuning|subsidie|ethiek",
    "ethische (?:aspecten|overwegingen|toetsing|goedkeuring|verantwoording)|toestemming",
    "beschikbaarheid van (?:de )?(?:data|gegevens)|aanvullend materiaal|aanvullende informatie|afkortingen",
    "lijst van afkortingen",
)
DUTCH = Names(
    abstract=("samenvatting|uittreksel",),
    introduction=("inleiding|introductie|achtergrond|doel(?:stelling)?|vraagstelling",),
    methods=("methoden?|methodologie|materiaal en methoden?|patiënten en methoden?|opzet",),
    results=("resultaten|bevindingen",),
    discussion=("discussie|beschouwing|bespreking",),
    conclusions=("conclusies?|beperkingen|aanbevelingen",),
    body=("casus|ziektegeschiedenis",),
    keywords=("trefwoorden|sleutelwoorden|kernwoorden",),
    glossary=("afkortingen|lijst van afkortingen|begrippenlijst",),
    references=(
        "literatuur|literatuurlijst|literatuuropgave|literatuurverwijzingen|referenties|referentielijst",
        "bronnen|bronnenlijst|bronvermelding|bibliografie|geraadpleegde literatuur",
    ),
    back=(
        "dankwoord|dankbetuiging(?:en)?|met dank aan|belangenconflict(?:en)?|belangenverstrengeling",
        "conflicterende belangen|mogelijke belangenconflicten",
        "verklaring (?:van|over) belangen(?:conflicten|verstrengeling)?|bijdragen? van (?:de )?auteurs?",
        "auteursbijdragen?|auteurs|over de auteurs?|correspondentie(?:adres)?|verantwoording",
        *_AMBIGUOUS,
    ),
    thanks=("(?:wij|we|de auteurs) (?:be)?danken|dit onderzoek (?:werd|is) (?:mede )?(?:gefinancierd|ondersteund)",),
    owed=(
        "(?:be)?dank|financ|gefinancier|subsidi|ondersteun|belang|auteur|toestemming|ethi|beschikba|bijdrag",
        "manuscript|licentie|uitgever",
    ),
    ambiguous=_AMBIGUOUS,
    reviews=(),
    appendix=("bijlagen?|appendix|appendices",),
    contents=("inhoud|inhoudsopgave|lijst van (?:figuren|tabellen)",),
    joins=("en|van|de|het|der|auteurs?",),
)
