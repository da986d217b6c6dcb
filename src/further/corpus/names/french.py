"""Names of sections in French."""

from further.corpus.names.columns import Names

_AMBIGUOUS = (
    "financements?|sources? de financement|soutien financier|éthique|considérations éthiques",
    "déclaration éthique|approbation éthique|aspects éthiques|consentement|disponibilité des données",
    "matériel supplémentaire|matériel complémentaire|données supplémentaires|abréviations",
    "liste des abréviations",
)
FRENCH = Names(
    abstract=("résumé|sommaire exécutif",),
    introduction=("introduction|contexte|objectifs?|but|position du problème",),
    methods=("méthodes?|méthodologie|matériels? et méthodes?|patients et méthodes?|population et méthodes?",),
    results=("résultats?",),
    discussion=("discussion",),
    conclusions=("conclusions?|limites|perspectives",),
    body=("cas clinique|observation clinique",),
    keywords=("mots[- ]clés",),
    glossary=("abréviations|liste des abréviations|glossaire|sigles",),
    references=(
        "références|références bibliographiques|bibliographie|liste des références|littérature citée",
        "ouvrages cités|sources|webographie|pour en savoir plus",
    ),
    back=(
        "remerciements?|conflits? d[’']intérêts?|conflits? d[’']intérêts? potentiels?",
        "déclaration (?:(?:des?|de) (?:conflits?|liens?) )?d[’']intérêts?|déclaration publique d[’']intérêts",
        "liens? d[’']intérêts?|intérêts concurrents|contributions? des auteurs|auteurs|à propos des auteurs",
        "correspondance|tirés à part|note de l[’']éditeur|dédicaces?",
        "(?:déclaration|attestation) (?:sur l[’']honneur|d[’']originalité|de non-plagiat)",
        *_AMBIGUOUS,
    ),
    thanks=(
        "(?:nous|les auteurs) (?:tenons à |tiennent à |souhaitons |souhaitent )?remerci(?:ons|ent|er)",
        "(?:ce travail|cette étude) a été (?:financée?|soutenue?)",
    ),
    owed=(
        "remerci|financ|souten|soutien|subvention|conflits?|intérêts?|auteur|consent|éthique|disponib|contribu",
        "manuscrit|licence|éditeur|relect",
    ),
    ambiguous=_AMBIGUOUS,
    reviews=(),
    appendix=("annexes?|appendices?",),
    contents=(
        "table des matières|sommaire|liste des (?:figures|tableaux|illustrations)",
        "table des (?:figures|illustrations)",
    ),
    joins=("et|de|des|du|la|les|auteurs|déclarations?",),
)
