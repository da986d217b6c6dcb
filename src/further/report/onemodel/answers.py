"""What people ask of one small model, each answered from the record by the interval of a difference."""

from further.onemodel.arms import ENCODER_DECODER, PREFIX, PREFIX_EQUAL
from further.records import Interval
from further.records.onemodel import ArmRecord
from further.report.answers.answer import Answer, Verdict, decide
from further.report.onemodel.results import OneModelResults
from further.report.onemodel.tables import (
    ADDITIONS,
    LAYOUTS,
    OBJECTIVES,
    law_lines,
    show_bytes,
    show_loss,
    show_points,
)
from further.report.wording import (
    count_noun,
    join_words,
    show_count,
    show_number,
    show_percent,
    show_score,
    show_seconds,
)

SOURCE = "results/onemodel/comparison.json"
SMALL = 0.01  # of the answers: differences below it are called small
SEEDS = "Intervals are over seeds and test cases together, and say nothing of other data."


def judge(change: Interval | None) -> Verdict:
    """`decide` asks whether a loss fell; of accuracy more is better."""
    if change is None or change.low is None or change.high is None:
        return "undecided"
    return decide(-change.high, -change.low, SMALL)


def answer_layout(results: OneModelResults) -> Answer:
    """One encoder–decoder, or one stack, at equal compute?"""
    arms = results.arms("layouts")
    own, equal = arms[ENCODER_DECODER], arms[PREFIX_EQUAL]
    words: dict[Verdict, str] = {
        "improved": "No: one stack is better.",
        "worse": "Yes.",
        "unchanged": "They are alike.",
        "undecided": "Not decided.",
    }
    verdict = judge(equal.difference)
    shorter = 1 - own.flops / arms[PREFIX].flops
    swapped: dict[Verdict, Verdict] = {"improved": "worse", "worse": "improved"}
    return Answer(
        question="Is one encoder–decoder better than one stack?",
        verdict=swapped.get(verdict, verdict),
        word=words[verdict],
        sentence=f"The encoder–decoder answers {show_score(own.accuracy)} right. One stack of the same size "
        f"differs by {show_points(equal.difference)} points at equal compute.",
        doubt=f"{count_noun(own.num_seeds, 'seed')} and {count_noun(results.record.num_test_cases, 'test case')}.",
        details=(
            f"At equal steps one stack differs by {show_points(arms[PREFIX].difference)} points. The encoder–decoder "
            f"takes {show_percent(shorter)} fewer operations for them, as its answers are short.",
            *(f"{LAYOUTS[name]}: {show_score(arm.accuracy)} right." for name, arm in arms.items()),
            f"The most frequent answer of each type is right in {show_percent(results.record.chance['images'])}.",
            SEEDS,
        ),
        sources=(f"{SOURCE}: layouts",),
    )


def answer_objectives(results: OneModelResults) -> Answer | None:
    """Does any pre-training beat training longer?"""
    arms = {name: arm for name, arm in results.arms("objectives").items() if arm.difference is not None}
    if not arms:
        return None
    verdicts = {name: judge(arm.difference) for name, arm in arms.items()}
    better = [name for name, verdict in verdicts.items() if verdict == "improved"]
    worse = [name for name, verdict in verdicts.items() if verdict == "worse"]
    best = max(arms, key=lambda name: arms[name].difference.estimate or 0.0)  # type: ignore[union-attr]
    verdict: Verdict = "improved" if better else "worse" if len(worse) == len(arms) else "undecided"
    word = {"improved": "Some of it.", "worse": "No: it is worse.", "undecided": "None is shown to help."}[verdict]
    return Answer(
        question="Does pre-training with masks or captions help?",
        verdict=verdict,
        word=word,
        sentence=f"The best is {_name(best, arms)}: {show_points(arms[best].difference)} points against longer "
        "fine-tuning at equal compute.",
        doubt=f"{len(better)} of {len(arms)} comparisons help, {len(worse)} hurt.",
        details=(
            *(f"{_name(name, arms)}: {show_points(arm.difference)} points." for name, arm in arms.items()),
            SEEDS,
            "Intervals are not widened for the number of comparisons.",
        ),
        sources=(f"{SOURCE}: objectives",),
    )


def _name(arm: str, arms: dict[str, ArmRecord]) -> str:
    _, objective, _ = arm.split("-")
    return f"{OBJECTIVES[objective]}, {show_count(arms[arm].num_cases)} cases"


def answer_additions(results: OneModelResults) -> Answer | None:
    """What does a further modality cost?"""
    arms = {name.removeprefix("addition-"): arm for name, arm in results.arms("additions").items()}
    if not arms:
        return None
    best = max(arms, key=lambda name: arms[name].accuracy.estimate or 0.0)
    keeps = [name for name, arm in arms.items() if judge(arm.old_difference) != "worse"]
    chosen = max(keeps, key=lambda name: arms[name].accuracy.estimate or 0.0) if keeps else best
    arm, chance = arms[chosen], results.record.chance["signal"]
    learns = arm.accuracy.low is not None and arm.accuracy.low > chance
    verdict: Verdict = "improved" if keeps and learns else "worse" if not keeps else "undecided"
    lost = [ADDITIONS[name] for name in arms if name not in keeps]
    return Answer(
        question="What does a further modality cost?",
        verdict=verdict,
        word="An embedding and some steps." if verdict == "improved" else "Not known yet.",
        sentence=f"{ADDITIONS[chosen][0].upper()}{ADDITIONS[chosen][1:]}: {show_score(arm.accuracy)} right "
        f"about signals, {show_points(arm.old_difference)} points about images.",
        doubt=f"Images are forgotten by: {join_words(lost)}." if lost else "No way forgets the images.",
        details=(
            *(
                f"{ADDITIONS[name]}: {show_score(one.accuracy)} right, images {show_points(one.old_difference)} "
                f"points, {show_seconds(one.seconds.estimate or 0.0)}, {show_bytes(one.stored_bytes)} stored."
                for name, one in arms.items()
            ),
            f"The most frequent answers are right in {show_percent(chance)}. {SEEDS}",
        ),
        sources=(f"{SOURCE}: additions",),
    )


def answer_budget(results: OneModelResults) -> Answer:
    """What does the law say, and what does a yearly budget buy?"""
    law, own, cost = results.law, results.arms("layouts")[ENCODER_DECODER], results.settings.cost
    matched = law.schedule is None or law.schedule.matched is not False
    seconds, price = own.seconds.estimate or 0.0, cost.price_per_gpu_hour
    paid = (
        f"{show_seconds(seconds)} and {show_number(seconds / 3600 * price, 2)} {cost.currency}"
        if price
        else show_seconds(seconds)
    )
    found = law.forecasts is not None and law.forecasts[0].useful
    return Answer(
        question="What does one fine-tuning a year buy?",
        verdict="improved" if found and matched else "undecided",
        word="More cases help." if found and matched else "No floor is identified." if law.fitted else "No law yet.",
        sentence=f"{show_count(own.num_cases)} cases take {paid}: {show_loss(own.loss_nats)} nats per token, "
        f"{show_score(own.accuracy)} right.",
        doubt="A floor of these runs may be their schedule's."
        if not matched
        else "Time is taken to grow with the cases.",
        details=tuple(law_lines(results)),
        sources=("results/onemodel/law.json", "results/onemodel/error_law.json"),
    )
