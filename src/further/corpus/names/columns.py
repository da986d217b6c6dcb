"""The columns of a language's table of section names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """Names of sections in one language.

    A name is a plain phrase or a regular expression, with "|" between two. Case does not count, and an accented letter
    also stands for the plain one, which capitals often have. `abstract` to `glossary` match headings that begin with a
    name; the others match headings that hold nothing else than names and `joins`.

    Attributes:
        abstract: Over the abstract.
        introduction: Over what comes before the methods.
        methods: Over the methods.
        results: Over the results.
        discussion: Over the discussion.
        conclusions: Over the end of the body.
        body: Over other parts of the body: a case report, say.
        keywords: Before the keywords.
        glossary: Before a list of abbreviations.
        references: Over the list of references.
        back: Over back matter: acknowledgements, interests, contributions.
        thanks: Beginnings of acknowledgements without a heading.
        owed: Beginnings of the words that back matter is made of: thanks, money, interests, rights.
        ambiguous: Beginnings of those of `back` that also stand over a part of the methods: ethics, funding, data.
        reviews: Over what referees wrote, where it is printed with the article.
        appendix: Over an appendix.
        contents: Over a list of contents, of figures or of tables.
        joins: Words that may stand between and behind names.
    """

    abstract: tuple[str, ...]
    introduction: tuple[str, ...]
    methods: tuple[str, ...]
    results: tuple[str, ...]
    discussion: tuple[str, ...]
    conclusions: tuple[str, ...]
    body: tuple[str, ...]
    keywords: tuple[str, ...]
    glossary: tuple[str, ...]
    references: tuple[str, ...]
    back: tuple[str, ...]
    thanks: tuple[str, ...]
    owed: tuple[str, ...]
    ambiguous: tuple[str, ...]
    reviews: tuple[str, ...]
    appendix: tuple[str, ...]
    contents: tuple[str, ...]
    joins: tuple[str, ...]
