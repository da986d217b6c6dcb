"""The guard's certificates in one line each, for a log or a terminal."""

from further.guard.records import Certificate, Elsewhere, GuardRecord


def describe(record: GuardRecord) -> list[str]:
    """One line per question type: what is promised, or what it would take; and what became of it in another clinic."""
    promised = f"at most {percent(record.target_error)} wrong at {percent(record.confidence)} confidence"
    return [
        *(f"{name}: {_describe(one, promised)}" for name, one in record.certificates.items()),
        *(f"{name}, another clinic: {_describe_elsewhere(one)}" for name, one in record.shifted.items()),
    ]


def _describe_elsewhere(one: Elsewhere) -> str:
    seen = f"{one.accepted} of {one.cases} cases accepted, {one.errors} of {one.judged} wrong"
    warned = "its scores warn" if one.warns else "its scores do not warn"
    return f"{seen}; promise {one.outcome}, {warned}" if one.outcome != "nothing promised" else "nothing promised"


def percent(fraction: float) -> str:
    """A fraction in percent, with as many digits as it was given.

    >>> percent(0.975), percent(0.1)
    ('97.5%', '10%')
    """
    return f"{round(100 * fraction, 9):g}%"


def _describe(certificate: Certificate, promised: str) -> str:
    counts, promise = certificate.counts, certificate.promise
    if promise:
        seen = f"{promise.accepted} of {counts.eligible} validation cases accepted, {promise.errors} of them wrong"
        return f"{seen}; {promised}, from a score of {promise.threshold:.4g} on"
    return f"all deferred, {certificate.why_deferred}: {_need(certificate)}"


def _need(certificate: Certificate) -> str:
    """What a certificate would take."""
    errors = certificate.accepted_needed
    cases = certificate.counts.cases
    needed = f"{cases} case{'s' * (cases != 1)}; it takes {errors[0]} accepted without an error or {errors[1]} with one"
    if certificate.needed_cases:
        return f"{needed}; about {certificate.needed_cases} in all if answers go on like these"
    if certificate.why_deferred == "too many errors":
        return (
            f"{needed}; more cases will hardly do, the model or its score has to get better, or start_fraction be set"
        )
    return needed
