"""Names of sections in English."""

from further.corpus.names.columns import Names

_INTERESTS = (
    r"(?:declaration|statement|potential|disclosure)s? of (?:competing|conflicts?|interests?|potential)",
    r"(?:potential |financial |declared )?(?:conflicts?|competing|duality)(?:[ -]of)?(?: financial)?[ -]interests?",
    r"declarations?|disclosures?|disclaimers?|transparency|statements? (?:of|and)",
)
_MONEY = (
    r"(?:study |research )?funding|financial|grants?|sponsor(?:s|ship)?",
    r"sources? of (?:funding|support)|role of (?:the )?(?:study )?(?:funding|funders?|sponsors?)",
)
_PEOPLE = (
    r"acknowledge?ments?|affiliations?|authorship|collaborators?|(?:article|group) information|meeting presentation",
    r"(?:individual )?author(?:s|'s|s'|’s|s’)?\s+"
    r"(?:contributions?|statements?|information|details|disclosures?|affiliations?|roles?|biograph\w*|notes?|agreement)",
    r"(?:additional )?contributions?|contributors?['’]?|contributorship|credit author(?:ship)?|guarantors?",
    r"(?:author )?correspondence|reprints?|address(?:es)? for|about the authors?|orcid",
    r"biograph(?:y|ies|ical (?:notes?|sketch(?:es)?))|curriculum vitae|vita|dedication|list of publications",
    r"(?:statutory )?(?:declarations?|statements?) of (?:authorship|originality|independent work)",
    r"(?:received|accepted)\b(?=.{0,40}\b(?:19|20)\d\d\b).*",
)
_DATA = (
    r"(?:data|code|software|materials?|samples?|resources?)(?:,? (?:and|&) (?:data|code|software|materials?))*\s+"
    r"(?:availability|sharing|access|deposition|accessibility|statement)",
    r"availability of|accession (?:numbers?|codes?)|associated content",
    r"(?:supplementa(?:ry|l)|supporting|additional|electronic supplementary|appendix)\s+"
    r"(?:(?:online )?(?:information|materials?|data|files?|content|movies?|figures?|tables?|legends?))",
    r"electronic supplementary material\b.*|(?:multimedia )?appendi(?:x|ces)(?: \w{1,3}\b)?(?:$|[.:].*)",
    r"supplements?|annex(?:es)?",
)
_ETHICS = (
    r"(?:research |human |animal )?ethic(?:s|al)"
    r"(?:\b.{0,40}(?:approval|statement|consent|declaration|considerations?|standards?|guidelines|compliance))?",
    r"(?:informed |patient )?consent(?: for| to)?|compliance with ethic(?:s|al)|human and animal rights",
    r"institutional review board|patient and public involvement|dissemination (?:declaration|to participants)",
)
_REVIEWS = (
    r"(?:open )?peer[ -]review|reviewers?|referees?|current (?:referee|peer)|referee report.*",
    r"(?:decision letter|author response|editor['’]s evaluation)\b.*",
    r"(?:(?:neurips|icml|iclr|aaai|ijcai|acl|emnlp|nlp|ml|paper|reproducibility|responsible|research|submission|reporting|"
    r"authors?|consort|prisma|strobe|arrive|tripod|spirit|\d{4}) )*checklists?",
)
_PUBLISHING = (
    r"open access|publisher['’]?s? (?:note|disclaimer)|provenance and peer|editorial note|handling editor",
    r"(?:revised )?amendments from version.*|copyright|licen[cs]e|rights and permissions",
    r"(?:how to cite|cite this|acm reference format|(?:previously )?presented at)\b.*",
    r"(?:prior|previous) (?:publication|presentation)",
    r"pre-?publication|publication history|submission declaration|(?:use of )?generative ai",
)
_NOTES = (
    r"(?:list of |non-?standard )*abbreviations?|acronyms|nomenclature|glossary",
    r"end ?notes?|foot ?notes?|notes|note added in proof",
)
# With any other word than these the heading is about a subject: "Funding models", "Consent to donation",
# "Disclosure of HIV status".
_JOINS = r"""
    access accessibility acknowledge?ments? acronyms additional ai and animals? appendix approval articles? assisted
    authors?['’]?s? authorship availability available board code committee competing compliance conflicts? consent
    considerations? content contributions? contributors? copyright correspondence data declarations? details
    disclosures? ethics ethical experiments files? financial footnotes for funders? funding generative grants?
    guidelines history human in information informed institutional interests? international involvement legends
    licen[cs]e list manuscript materials? notes? numbers? of on online or original paper participants? participate
    participation patients? peer permissions preparation process public publication publish registration related
    report requests research review rights role sharing software source sources sponsors? sponsorship standards?
    statements? status studies study subjects supplementary supplemental support supporting symbols technologies
    terms the this to trial use used welfare with work writing \d\d+ \w
"""

ENGLISH = Names(
    abstract=(r"(?:graphical |structured |extended |author |plain language |lay )?(?:abstract|summary|synopsis)",),
    introduction=(r"(?:general |brief |clinical )?(?:introduction|background|objectives?|aims?|purpose|rationale)",),
    methods=(
        r"materials?|patients?|subjects?|participants|methods?|methodology|experimental|study design|design|setting",
        r"star.?methods|online methods|method details|statistical",
    ),
    results=(r"results?|findings",),
    discussion=("discussion",),
    conclusions=(r"conclusions?|concluding|limitations?|implications|perspectives?",),
    body=(r"theory|case (?:report|presentation|description)|main text",),
    keywords=(
        r"(?:additional )?key ?-?words?(?: and phrases)?|index terms|mesh(?: terms| headings)?|subject headings",
        r"ccs concepts|categories and subject descriptors",
    ),
    glossary=(
        r"(?:list of )?(?:non-?standard )?abbreviations?(?: used| and acronyms)?|acronyms|glossary|nomenclature",
    ),
    references=(
        r"(?:list of |main |cited |selected |bibliographic |supplementa(?:ry|l) |supporting |additional |online )?"
        r"references?(?: and notes| list| cited)?",
        r"bibliography|literature(?: cited)?|works cited|notes and references|citations",
        r"(?:further|suggested|recommended|additional) readings?",
    ),
    back=(*_INTERESTS, *_MONEY, *_PEOPLE, *_DATA, *_ETHICS, *_REVIEWS, *_PUBLISHING, *_NOTES),
    thanks=(
        r"(?:we|i|the authors?)\b[^.]{0,40}\b(?:thank|(?:am|are) (?:\w+ )?(?:grateful|indebted)|acknowledges? "
        r"(?:(?:the|financial|generous|partial) ){0,2}(?:support|help|assistance|funding|contributions?))",
        r"th(?:is|e) (?:work|research|study|project|paper) (?:was|is|has been) (?:\w+ |in part ){0,2}"
        r"(?:supported|funded|financed|sponsored)",
        r"the (?:funders?|sponsors?|funding (?:source|body|agency))(?: of the study)? (?:had|has|have|played) no\b",
    ),
    owed=(
        r"thank|grateful|indebted|acknowledg|fund(?:ed|ing|ers?|s)?\b|grants?\b|sponsor|financ|conflicts? of|competing",
        r"interests?\b|contribut|authors?\b|correspond|ethic|consent|availab|supplementa|copyright|licen[cs]|review",
        r"editor|orcid|preprint|regist|supported by|approved by|manuscript|institutional|deposit|repositor|accession",
    ),
    ambiguous=(
        r"ethic|consent|informed|patient|institutional|human|animal|research|data|code|software|material|availability",
        r"accession|statements? of|compliance|sample|resource|abbreviation|acronym|non-?standard|list|glossary",
        r"nomenclature|notes|footnote|supplement|supporting|additional|electronic|appendi|annex|use of|multimedia",
        r"generative|funding|study|sponsor|grant|financial|contribut|collaborat|group|disclosure|disclaimer",
        r"transparency|copyright|licen|correspond|present|received|accepted|reviewer|peer|referee|reprint|address",
        r"dissemination",
    ),
    reviews=_REVIEWS,
    appendix=(r"(?:supplementa(?:ry|l) |online |technical |statistical )?appendi(?:x|ces)\b(?!.{0,20}supplement)",),
    contents=(r"(?:table of )?contents|list of (?:figures|tables|illustrations|boxes)",),
    joins=tuple(_JOINS.split()),
)
