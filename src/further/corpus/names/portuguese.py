"""Names of sections in Portuguese."""

from further.corpus.names.columns import Names

_AMBIGUOUS = (
    "financiamentos?|fontes? de financiamento|apoio financeiro|fomento|ética|aspectos éticos",
    "considerações éticas|aprovação ética|consentimento informado|disponibilidade d[eo]s? dados",
    "material (?:suplementar|complementar|adicional)|abreviaturas",
)
PORTUGUESE = Names(
    abstract=("resumo",),
    introduction=("introdução|antecedentes|contexto|objetivos?|objectivos?|justificativa|fundamento",),
    methods=(
        "métodos?|metodologia|materia(?:l|is) e métodos?|pacientes e métodos?|casuística e métodos?",
        "população e métodos?|delineamento",
    ),
    results=("resultados?|achados",),
    discussion=("discussão",),
    conclusions=("conclus(?:ão|ões)|considerações finais|limitações|perspectivas",),
    body=("relato (?:de|do) caso|caso clínico",),
    keywords=("palavras?[- ]chaves?|descritores|unitermos",),
    glossary=("abreviaturas|lista de abreviaturas|siglas|glossário",),
    references=(
        "referências|referências bibliográficas|referências citadas|bibliografia",
        "bibliografia (?:citada|consultada|recomendada)|literatura citada|fontes|leituras recomendadas",
    ),
    back=(
        "agradecimentos?|conflitos? de interesses?|declaração de (?:conflitos? de )?interesses?",
        "potenciais conflitos de interesses?|interesses concorrentes|contribuiç(?:ão|ões) d[eo]s? autor(?:es)?",
        "contribuição dos autores e autoras|colaboradores|autores|sobre os autores|correspondência",
        "nota do editor|vinculação acadêmica",
        *_AMBIGUOUS,
    ),
    thanks=("(?:os autores )?agradec(?:emos|em)|este (?:trabalho|estudo) foi (?:financiado|apoiado)",),
    owed=(
        "agradec|financ|apoi|bolsa|fomento|conflitos?|interesses?|autor|consent|étic|disponí|contribu",
        "manuscrito|licença|editor|revisor",
    ),
    ambiguous=_AMBIGUOUS,
    reviews=(),
    appendix=("anexos?|apêndices?",),
    contents=("índice|sumário|lista de (?:figuras|tabelas|quadros)|índice (?:geral|de (?:figuras|tabelas))|conteúdo",),
    joins=("e|de|do|da|dos|das|autores|declaraç(?:ão|ões)",),
)
