"""The page of a study of one small model: four answers, and the table behind each. Importing this loads no plotting."""

ONE_MODEL_FIGURES = ["arms"]
"""Names of the figures, each the module `{name}_figure` of this package."""
