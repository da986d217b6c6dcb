"""Names of sections in Swedish."""

from further.corpus.names.columns import Names

_AMBIGUOUS = (
    "finansiering|ekonomiskt stöd|etik|etiska (?:överväganden|aspekter|frågor)",
    "etiskt (?:tillstånd|godkännande)|etikgodkännande|etikprövning|samtycke|datatillgänglighet",
    "tillgång till data|tillgänglighet (?:av|till) data|kompletterande (?:material|information)",
    "tilläggsmaterial|förkortningar",
)
SWEDISH = Names(
    abstract=("sammanfattning|sammandrag|referat",),
    introduction=("inledning|introduktion|bakgrund|syfte|målsättning|frågeställning(?:ar)?",),
    methods=("metod(?:er)?|metodik|material och metod(?:er)?|patienter och metod(?:er)?|design",),
    results=("resultat",),
    discussion=("diskussion",),
    conclusions=("slutsats(?:er)?|konklusion(?:er)?|begränsningar|slutord",),
    body=("fallbeskrivning|fallrapport",),
    keywords=("nyckelord|sökord",),
    glossary=("förkortningar|ordlista",),
    references=(
        "referenser|referenslista|källor|källförteckning|källhänvisningar|litteratur|litteraturförteckning",
        "litteraturlista|käll- och litteraturförteckning|bibliografi",
    ),
    back=(
        "tack|författarnas tack|tackord|intressekonflikt(?:er)?|jävsförhållanden?|jäv",
        "potentiella (?:bindningar eller )?(?:jävsförhållanden|intressekonflikter)",
        "potentiella bindningar(?: eller jävsförhållanden)?|bindningar|författarnas bidrag|författarbidrag",
        "författare|om författarna|korrespondens|kontaktuppgifter",
        *_AMBIGUOUS,
    ),
    thanks=("(?:vi|författarna) tackar|(?:detta arbete|denna studie) (?:finansierades|stöddes|har finansierats)",),
    owed=(
        "tack|finansi|stöd|anslag|intressekonflikt|jäv|författar|samtyck|eti|tillgänglig|bidrag|bidrog|manus|licens",
    ),
    ambiguous=_AMBIGUOUS,
    reviews=(),
    appendix=("bilag(?:a|or)|appendix",),
    contents=("innehåll|innehållsförteckning|figurförteckning|tabellförteckning",),
    joins=("och|av|för|till|i",),
)
