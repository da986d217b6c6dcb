"""Templates filled: pages with everything escaped, model cards as plain Markdown; and files within a page."""

import base64

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def render(template: str, **values: object) -> str:
    """Fill a template of this package; only HTML is escaped, as nothing in a card comes from papers or models."""
    environment = Environment(
        loader=PackageLoader("further.report"),
        # Model cards are Markdown: escaped, their tables and YAML would be wrong.
        autoescape=".html" in template,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(**values)


def embed(media_type: str, content: bytes) -> Markup:
    """A file as a link that holds it: it works without scripts, and in a page that was sent alone."""
    return Markup(f"data:{media_type};base64,{base64.b64encode(content).decode()}")
