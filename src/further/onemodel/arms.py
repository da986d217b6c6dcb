"""The arms of the study: what is trained, by the table that it stands in. No torch."""

from further.settings.onemodel import OneModelSettings

# As `further.models.one` has them, which loads torch: the rules read these while the study is planned.
ENCODER_DECODER, PREFIX = "encoder_decoder", "prefix"
LAYOUTS = (ENCODER_DECODER, PREFIX)
LONGER = "longer"  # all cases, for more steps: whether a floor of the law is the schedule's
PREFIX_EQUAL, ADAPTED, NO_OBJECTIVE = "prefix_equal_compute", "adapted", "none"


def list_arms(settings: OneModelSettings) -> dict[str, list[str]]:
    """Names of the arms by table: layouts, objectives, additions, cases; what a study names twice is one arm.

    >>> list_arms(OneModelSettings(objectives=["spans"], additions=["all"], law_fractions=[0.5]))["objectives"]
    ['objective-none-300', 'objective-spans-300']
    """
    objectives = [NO_OBJECTIVE, *settings.objectives] if settings.objectives else []
    fractions = [f"cases-{fraction:g}" for fraction in settings.law_fractions]
    tables = {
        "layouts": [ENCODER_DECODER, PREFIX, PREFIX_EQUAL, ADAPTED],
        "objectives": [f"objective-{name}-{number}" for number in settings.labelled_cases for name in objectives],
        "additions": [f"addition-{name}" for name in settings.additions],
        "cases": fractions + ([LONGER] if settings.law_longer else []),
    }
    return {table: list(dict.fromkeys(names)) for table, names in tables.items()}


def count_runs(settings: OneModelSettings) -> int:
    """Trained and scored models of a study, those that choose learning rates too."""
    arms = sum(map(len, list_arms(settings).values()))
    return settings.seeds * arms + len(LAYOUTS) * len(settings.learning_rates)


def list_seeds(settings: OneModelSettings) -> dict[str, list[int]]:
    """Seeds by the name of the job that trains them.

    >>> list_seeds(OneModelSettings(seeds=3, seeds_per_job=2))
    {'0-1': [0, 1], '2-2': [2]}
    """
    seeds = range(settings.first_seed, settings.first_seed + settings.seeds)
    chunks = [seeds[start : start + settings.seeds_per_job] for start in range(0, len(seeds), settings.seeds_per_job)]
    return {f"{chunk[0]}-{chunk[-1]}": list(chunk) for chunk in chunks}


def starts_from_images(arm: str) -> bool:
    """Whether an arm goes on from the trained encoder–decoder of its seed."""
    return arm.startswith("addition-")
