"""Names of sections in Spanish."""

from further.corpus.names.columns import Names

_AMBIGUOUS = (
    "financia(?:ción|miento)|fuentes? de financia(?:ción|miento)|apoyo financiero|ética|aspectos éticos",
    "consideraciones éticas|responsabilidades éticas|consentimiento informado",
    "disponibilidad de (?:los )?datos|material (?:suplementario|complementario|adicional)|abreviaturas",
)
SPANISH = Names(
    abstract=("resumen",),
    introduction=("introducción|antecedentes|objetivos?|fundamento|justificación",),
    methods=(
        "métodos?|metodología|materiales? y métodos?|pacientes y métodos?|sujetos y métodos?",
        "población y métodos?|diseño",
    ),
    results=("resultados?|hallazgos",),
    discussion=("discusión",),
    conclusions=("conclusi(?:ón|ones)|limitaciones|perspectivas",),
    body=("caso clínico|presentación del caso",),
    keywords=("palabras[- ]claves?|descriptores",),
    glossary=("abreviaturas|siglas|glosario",),
    references=(
        "referencias|referencias bibliográficas|referencias citadas|bibliografía",
        "bibliografía (?:citada|consultada|recomendada)|literatura citada|fuentes|lecturas recomendadas",
    ),
    back=(
        "agradecimientos?|conflictos? de interés(?:es)?|declaración de (?:conflictos? de )?interés(?:es)?",
        "intereses en competencia|contribuci(?:ón|ones) de (?:los )?autor(?:es)?|contribución de autoría",
        "contribuciones de autoría|autoría|autores|sobre los autores|correspondencia|nota del editor",
        "declaración (?:de (?:autoría|originalidad)|jurada)|dedicatorias?",
        *_AMBIGUOUS,
    ),
    thanks=(
        "(?:los autores |queremos |quieren )*agradec(?:emos|en|er)",
        "este (?:trabajo|estudio) (?:ha sido|fue) (?:financiado|apoyado)",
    ),
    owed=(
        "agradec|financ|apoy|subvenci|beca|conflictos?|interés|intereses|autor|consent|étic|disponib|contribu",
        "manuscrito|licencia|editor|revisor",
    ),
    ambiguous=_AMBIGUOUS,
    reviews=(),
    appendix=("anexos?|apéndices?",),
    contents=("índice|índice (?:general|de (?:figuras|tablas|contenidos?))|contenidos?|tabla de contenidos?",),
    joins=("y|e|de|del|los|las|autores|declaraci(?:ón|ones)",),
)
