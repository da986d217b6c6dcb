"""What the sections of an article are called: one table per language.

To add a language, write a module like `german.py` and list its table in `LANGUAGES`.
"""

from collections.abc import Mapping

from further.corpus.names.chinese import CHINESE
from further.corpus.names.columns import Names
from further.corpus.names.dutch import DUTCH
from further.corpus.names.english import ENGLISH
from further.corpus.names.french import FRENCH
from further.corpus.names.german import GERMAN
from further.corpus.names.italian import ITALIAN
from further.corpus.names.japanese import JAPANESE
from further.corpus.names.portuguese import PORTUGUESE
from further.corpus.names.spanish import SPANISH
from further.corpus.names.swedish import SWEDISH

LANGUAGES: Mapping[str, Names] = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "pt": PORTUGUESE,
    "it": ITALIAN,
    "nl": DUTCH,
    "sv": SWEDISH,
    "zh": CHINESE,
    "ja": JAPANESE,
}
"""Tables of names by the ISO 639 code of the language."""

__all__ = ["LANGUAGES", "Names"]
