"""Templates filled: pages with everything escaped, model cards as plain Markdown."""

from jinja2 import Environment, PackageLoader, StrictUndefined


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
