"""Names of sections in Italian."""

from further.corpus.names.columns import Names

_AMBIGUOUS = (
    "finanziament[oi]|fonti di finanziamento|sostegno finanziario|etica|aspetti etici",
    "considerazioni etiche|approvazione etica|consenso informato|disponibilità dei dati",
    "material[ei] supplementar[ei]|material[ei] (?:integrativ[oi]|aggiuntiv[oi])|abbreviazioni",
)
ITALIAN = Names(
    abstract=("riassunto|sommario|sintesi",),
    introduction=("introduzione|premessa|background|obiettiv[oi]|scopo|contesto",),
    methods=("metod[io]|metodologia|materiali? e metod[io]|pazienti e metodi|soggetti e metodi|disegno",),
    results=("risultat[io]",),
    discussion=("discussione",),
    conclusions=("conclusion[ei]|limiti|prospettive|limitazioni",),
    body=("caso clinico|descrizione del caso",),
    keywords=("parole[- ]chiave",),
    glossary=("abbreviazioni|glossario|acronimi|elenco delle abbreviazioni",),
    references=(
        "bibliografia|bibliografia essenziale|riferimenti|riferimenti bibliografici|referenze",
        "letteratura citata|voci bibliografiche|fonti|letture consigliate",
    ),
    back=(
        "ringraziamenti|conflitt[oi] d[i’'] ?interess[ei]",
        "dichiarazione (?:di|sui|del) conflitt[oi] d[i’'] ?interess[ei]|contribut[oi] (?:degli|dei) autori",
        "autori|sugli autori|corrispondenza|indirizzo per la corrispondenza|nota dell[’']editore",
        *_AMBIGUOUS,
    ),
    thanks=(
        "(?:gli autori )?(?:desiderano )?ringrazi(?:amo|ano|are)",
        "questo (?:lavoro|studio) è stato (?:finanziato|sostenuto)",
    ),
    owed=(
        "ringrazi|finanzi|sosten|conflitt|interess[ei]|autor|consens|etic|disponibil|contribu|manoscritt|licenz",
        "editor|revisor",
    ),
    ambiguous=_AMBIGUOUS,
    reviews=(),
    appendix=("appendic[ei]|allegat[oi]",),
    contents=("indice|indice (?:generale|delle (?:figure|tabelle))|elenco delle (?:figure|tabelle)",),
    joins=("e|ed|di|del|dei|degli|autori|dichiarazion[ei]",),
)
