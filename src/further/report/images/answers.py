"""What people ask about a study of images, answered from its record; each answer is one function."""

from further.evaluation.answers.loops import PRESENT
from further.records.answers import ALL, AnswersRecord, Main, Scores, TypeScores, main_score
from further.report.answers.answer import FEWEST_CASES, Answer, Verdict, classify_right
from further.report.answers.improvement import ONE_SEED, WORDS
from further.report.images.results import ImageResults
from further.report.varied_runs import SEED, list_varied
from further.report.wording import count_noun, fixed, join_words, show_count, show_percent, show_points, show_score

SOURCE = "results/evaluation/answers.json"
PIXELS = "pixels"
BLIND = ("majority", "question only", "black", "other")  # floors that do not see the right image
NAMES: dict[Main, str] = {"exact_match": "Answers right word for word", "token_f1": "Word overlap (F1) of the answers"}
SCORES: dict[Main, str] = {"exact_match": "exact match", "token_f1": "word F1"}
CAUSES = {
    "none": "Too few answers loop to look for a cause.",
    "limit": "The length limit is too short for these answers. They repeat nothing.",
    "cut rows": "Training rows were cut without an EOS, which teaches a model not to end.",
    "too little training": "Every training row ended with an EOS, but the model has trained too little.",
    "both": "Some training rows were cut without an EOS, and the model was still learning. Both causes multiply.",
    "unknown": "Every training row ended with an EOS, and the loss had stopped falling. The cause is not known.",
}


def choose_overall(record: AnswersRecord) -> Main:
    """The score that all types together are judged by: the one that most of them have."""
    # Exact match and F1 are not added up: most types decide which of them all are judged by.
    exact = sum(main == "exact_match" for main in record.main.values())
    return "exact_match" if 2 * exact >= len(record.main) else "token_f1"


def overall(scores: Scores) -> TypeScores:
    """All types together; of a study with one type, that one."""
    return scores.get(ALL) or next(iter(scores.values()))


def answer_improvement(results: ImageResults) -> Answer:
    """Did adapting the model give more right answers about test cases?"""
    record = results.answers
    run, main = record.default, choose_overall(results.answers)
    change, cases = main_score(overall(run.change), main), overall(run.change).cases
    verdict = "undecided" if cases < FEWEST_CASES else classify_right(change)
    before, after = (main_score(overall(scores), main) for scores in (record.default_base, run.scores))
    return Answer(
        question="Did it help?",
        verdict=verdict,
        word=WORDS[verdict],
        sentence=f"{NAMES[main]}, test questions: {show_percent(before.estimate)} before, {show_score(after)} after, "
        f"{show_points(change)}.",
        doubt=say_leaks(results)
        + (_say_seeds(results, main) if cases >= FEWEST_CASES else f"Only {count_noun(cases, 'test case')}."),
        details=tuple(_say_types(record)),
        sources=(f"{SOURCE}: runs.{record.default_run}",),
    )


def say_leaks(results: ImageResults) -> str:
    """How many test cases of a given split are also in the training data; "" for a split without such leaks."""
    if results.settings.cases.split != "given":
        return ""
    split, leaks = results.tables.split, results.tables.leaks
    tested = set(split.loc[split["split"] == "test", "case"])
    leaking = tested & set(leaks.loc[(leaks["split"] == "test") & (leaks["other_split"] == "train"), "case"])
    if not leaking:
        return ""
    return (
        f"{show_count(len(leaking))} of {count_noun(len(tested), 'test case')}, or cases related to them, are in the "
        "training data of the given split: this says little about new cases. "
    )


def _say_seeds(results: ImageResults, main: Main) -> str:
    record = results.answers
    others = [run for name, run in record.runs.items() if set(record.differing(name)) == {"seed"}]
    if not others:
        return ONE_SEED
    shown = [show_percent(main_score(overall(run.scores), main).estimate) for run in others]
    return f"{'Another seed' if len(shown) == 1 else 'Other seeds'} gave {join_words(shown)}."


def _say_types(record: AnswersRecord) -> list[str]:
    run = record.default
    moved = [f"{kind} {show_points(main_score(run.change[kind], record.main[kind]))}" for kind in record.kinds]
    right, wrong = overall(run.change).became_right, overall(run.change).became_wrong
    balanced = [
        f"{kind}: sensitivity {show_score(scores.sensitivity)}, specificity {show_score(scores.specificity)}"
        for kind, scores in run.scores.items()
        if kind in record.main and scores.sensitivity and scores.specificity
    ]
    return [
        f"By type: {'; '.join(moved)}.",
        f"{count_noun(right or 0, 'answer')} became right, {show_count(wrong or 0)} became wrong.",
        *(f"Yes and no, {said}." for said in balanced),
        "Intervals are over cases, because the answers about one case are not independent.",
    ]


def answer_floors(results: ImageResults) -> Answer:
    """Does it look at the image: is each type answered better than without the right one?"""
    record = results.answers
    sees = [kind for kind in record.kinds if _is_above(record, kind, best_floor(record, kind, BLIND))]
    blind = [kind for kind in record.kinds if kind not in sees]
    simple = [kind for kind in record.kinds if PIXELS in record.floors and kind in record.floors[PIXELS]]
    better = [kind for kind in simple if _is_above(record, kind, best_floor(record, kind, (PIXELS,)))]
    verdict: Verdict = "improved" if not blind else "undecided" if sees else "unchanged"
    return Answer(
        question="Does it look at the image?",
        verdict=verdict,
        word="Yes." if not blind else "In part." if sees else "Not shown.",
        sentence="Question types answered better than is possible without the right image: "
        f"{len(sees)} of {len(record.main)}{f', not {join_words(blind)}' if sees and blind else ''}.",
        doubt=f"Better than a regression on 24 × 24 pixels: {len(better)} of {count_noun(len(simple), 'type')}."
        if simple
        else "No regression on pixels was fitted.",
        details=(
            "Floors without the right image: the most frequent answer, the most frequent answer to the same question, "
            "and the adapted model with a black image or with another case's image. The regression sees the image but "
            "has no language.",
            *(_say_floor(record, kind) for kind in record.kinds),
        ),
        sources=(f"{SOURCE}: floors, views",),
    )


def name_floors(record: AnswersRecord) -> dict[str, Scores]:
    """Scores without understanding, by name: of simple rules, and of the adapted model with a wrong image."""
    return {**record.floors, **{f"{view} image": scores for view, scores in record.views.items()}}


def _is_above(record: AnswersRecord, kind: str, floor: tuple[str, float] | None) -> bool:
    """Whether the whole interval of the adapted model's score lies above a floor; without a floor nothing is shown."""
    low = main_score(record.default.scores[kind], record.main[kind]).low
    return floor is not None and low is not None and low > floor[1]


def best_floor(record: AnswersRecord, kind: str, names: tuple[str, ...] | None = None) -> tuple[str, float] | None:
    """Name and score of the best floor of a type, among some or all of them."""
    main = record.main[kind]
    known = {name: scores for name, scores in [*record.floors.items(), *record.views.items()] if kind in scores}
    found = {
        name: main_score(scores[kind], main).estimate
        for name, scores in known.items()
        if names is None or name in names
    }
    return max(found.items(), key=lambda item: item[1], default=None)


def _say_floor(record: AnswersRecord, kind: str) -> str:
    floor, score = best_floor(record, kind), main_score(record.default.scores[kind], record.main[kind])
    beside = "no floor" if floor is None else f"best floor {show_percent(floor[1])} ({floor[0].replace('_', ' ')})"
    return f"{kind}: {show_score(score)}, {beside}."


def answer_settings(results: ImageResults) -> Answer | None:
    """What quantization, target modules and the other settings changed; None where nothing but data and seed varied."""
    record, main = results.answers, choose_overall(results.answers)
    default = main_score(overall(record.default.scores), main)
    lines, largest = [], 0.0
    for varied in list_varied(record, {"fraction"}):
        if varied.setting == SEED:
            continue
        run = record.runs[varied.run]
        score = main_score(overall(run.scores), main)
        moved = score.estimate - default.estimate
        largest = max(largest, abs(moved))
        lines.append(
            f"{varied.label}: {show_score(score)}, {fixed(100 * moved, 1, signed=True)} points from the default run, "
            f"{show_percent(run.trainable_share)} of the parameters trained."
        )
    if not lines:
        return None
    return Answer(
        question="What did the settings change?",
        verdict="undecided",
        word=f"At most {fixed(100 * largest, 1)} points.",
        sentence=f"That is the largest difference of {count_noun(len(lines), 'run')} from the default run, which has "
        f"{show_score(default)} right.",
        doubt="One run each: the effect of the seed is included.",
        details=tuple(lines),
        sources=(f"{SOURCE}: runs",),
    )


def answer_loops(results: ImageResults) -> Answer:
    """Do answers loop, and why?"""
    run = results.answers.default
    loops, cause = run.loops, run.cause
    none = cause.cause == "none"
    repeats = max(loops.with_run, loops.repetitive, key=lambda score: score.estimate)
    some = "Not all." if loops.without_end.estimate >= PRESENT else "Yes, but some loop."
    return Answer(
        question="Do its answers end?",
        verdict="improved" if none else "worse",
        word="Yes." if none else some,
        sentence=f"{show_score(loops.without_end)} ran to the length limit, {show_score(repeats)} repeat themselves.",
        doubt=CAUSES[cause.cause],
        details=(
            f"Training rows cut without an EOS: {show_percent(cause.cut_fraction)}. The validation loss was "
            f"{_say_learning(cause.still_learning)} at the end.",
            f"Answers with a word or phrase four times in a row: {show_score(loops.with_run)}. Answers that repeat a "
            f"larger fraction of their runs of four words than 99% of the references do "
            f"({show_percent(loops.usual_rep_4)}): {show_score(loops.repetitive)}.",
        ),
        sources=(f"{SOURCE}: runs.{results.default_run}.loops",),
    )


def _say_learning(still: bool | None) -> str:
    if still is None:
        return "measured only once, so whether it was still falling is not known"
    return "still falling" if still else "no longer falling"
