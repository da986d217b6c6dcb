"""What people ask of one small model, each answered from the record by the interval of a difference."""

from further.onemodel.arms import ENCODER_DECODER, PREFIX, PREFIX_EQUAL
from further.records.base import Interval
from further.records.onemodel import ArmRecord
from further.report.answers.answer import FEWEST_CASES, Answer, Verdict, classify_right
from further.report.answers.more_data import WORDS, judge_forecast
from further.report.onemodel.results import OneModelResults
from further.report.onemodel.tables import ADDITIONS, LAYOUTS, OBJECTIVES, law_lines, show_bytes, show_loss
from further.report.spending import Spending
from further.report.wording import count_noun, show_count, show_percent, show_points, show_score, show_seconds

SOURCE = "results/onemodel/comparison.json"
SEEDS = "Intervals are over seeds and test cases together, and say nothing about other data."


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
    verdict = _classify(results, equal.difference)
    fewer = 1 - own.flops / arms[PREFIX].flops
    # The question asks for the encoder–decoder, and the difference is the stack's: what improves one speaks against it.
    swapped: dict[Verdict, Verdict] = {"improved": "worse", "worse": "improved"}
    return Answer(
        question="Is one encoder–decoder better than one stack?",
        verdict=swapped.get(verdict, verdict),
        word=words[verdict],
        sentence=f"The encoder–decoder answers {show_score(own.accuracy)} right. One stack of the same size "
        f"differs by {show_points(equal.difference)} at equal compute.",
        doubt=f"{count_noun(own.num_seeds, 'seed')} and {count_noun(results.record.num_test_cases, 'test case')}.",
        details=(
            f"At equal steps one stack differs by {show_points(arms[PREFIX].difference)}. The encoder–decoder takes "
            f"{show_percent(abs(fewer))} {'fewer' if fewer > 0 else 'more'} operations for these steps.",
            *(f"{LAYOUTS[name]}: {show_score(arm.accuracy)} right." for name, arm in arms.items()),
            f"The most frequent answer of each type: {show_percent(results.record.chance['images'])} right.",
            SEEDS,
        ),
        sources=(f"{SOURCE}: layouts",),
    )


def answer_objectives(results: OneModelResults) -> Answer | None:
    """Does any pre-training beat training longer?"""
    arms = {name: arm for name, arm in results.arms("objectives").items() if arm.difference is not None}
    if not arms:
        return None
    verdicts = {name: _classify(results, arm.difference) for name, arm in arms.items()}
    better = [name for name, verdict in verdicts.items() if verdict == "improved"]
    worse = [name for name, verdict in verdicts.items() if verdict == "worse"]
    best = max(arms, key=lambda name: arms[name].difference.estimate or 0.0)  # type: ignore[union-attr]
    verdict: Verdict = "improved" if better else "worse" if len(worse) == len(arms) else "undecided"
    word = {"improved": "Some of it.", "worse": "No: it is worse.", "undecided": "None is shown to help."}[verdict]
    return Answer(
        question="Does pre-training with masks or captions help?",
        verdict=verdict,
        word=word,
        sentence=f"The best is {_name(best, arms)}: {show_points(arms[best].difference)} against longer "
        "fine-tuning at equal compute.",
        doubt=f"{len(better)} of {len(arms)} comparisons help, {len(worse)} hurt.",
        details=(
            *(f"{_name(name, arms)}: {show_points(arm.difference)}." for name, arm in arms.items()),
            SEEDS,
            "Intervals are not widened for the number of comparisons.",
        ),
        sources=(f"{SOURCE}: objectives",),
    )


def _classify(results: OneModelResults, difference: Interval | None) -> Verdict:
    """As for any study of images: of few test cases, equal answers to all would have an interval without width."""
    return "undecided" if results.record.num_test_cases < FEWEST_CASES else classify_right(difference)


def _name(arm: str, arms: dict[str, ArmRecord]) -> str:
    _, objective, _ = arm.split("-")
    return f"{OBJECTIVES[objective]}, {show_count(arms[arm].num_cases)} cases"


def answer_additions(results: OneModelResults) -> Answer | None:
    """What does a further modality cost?"""
    arms = {name.removeprefix("addition-"): arm for name, arm in results.arms("additions").items()}
    if not arms:
        return None
    keeps = [name for name, arm in arms.items() if _classify(results, arm.old_difference) != "worse"]
    chosen = max(keeps or arms, key=lambda name: arms[name].accuracy.estimate or 0.0)
    arm, chance = arms[chosen], results.record.chance["signal"]
    learns = arm.accuracy.low is not None and arm.accuracy.low > chance
    verdict: Verdict = "worse" if not keeps else "improved" if learns else "undecided"
    spent = f"{show_seconds(arm.seconds.estimate or 0.0)} of training, {show_bytes(arm.stored_bytes)}."
    words: dict[Verdict, str] = {"improved": spent, "worse": "The old modality.", "undecided": "Not known yet."}
    lost = [ADDITIONS[name] for name in arms if name not in keeps]
    return Answer(
        question="What does a further modality cost?",
        verdict=verdict,
        word=words[verdict],
        sentence=f"{ADDITIONS[chosen][0].upper()}{ADDITIONS[chosen][1:]}: {show_score(arm.accuracy)} right "
        f"about signals, {show_points(arm.old_difference)} on images.",
        doubt=f"Shown to forget images: {'; '.join(lost)}." if lost else "No method is shown to forget images.",
        details=(
            *(
                f"{ADDITIONS[name]}: {show_score(one.accuracy)} right, images {show_points(one.old_difference)}, "
                f"{show_seconds(one.seconds.estimate or 0.0)}, {show_bytes(one.stored_bytes)} stored."
                for name, one in arms.items()
            ),
            f"The most frequent answer of each type: {show_percent(chance)} right about signals. {SEEDS}",
        ),
        sources=(f"{SOURCE}: additions",),
    )


def answer_budget(results: OneModelResults) -> Answer:
    """What does the law say, and what does a yearly budget buy?"""
    law, own, spending = results.law, results.arms("layouts")[ENCODER_DECODER], Spending(results)
    matched = law.schedule is None or law.schedule.matched is not False
    seconds = own.seconds.estimate or 0.0
    paid = f" and {spending.show_money(seconds)}" if spending.has_price else ""
    verdict = judge_forecast(law.forecasts[0]) if law.forecasts and matched else "undecided"
    return Answer(
        question="What does one fine-tuning a year buy?",
        verdict=verdict,
        word=WORDS[verdict],
        sentence=f"{show_count(own.num_cases)} cases take {show_seconds(seconds)}{paid}: "
        f"{show_loss(own.loss_nats)} nats per token, {show_score(own.accuracy)} right.",
        doubt="Time is assumed to grow with the cases."
        if matched
        else "The learning rate schedule may explain where the loss flattens.",
        details=tuple(law_lines(results)),
        sources=("results/onemodel/law.json", "results/onemodel/error_law.json"),
    )
