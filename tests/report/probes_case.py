"""What a small study found by samples, words, recited paragraphs and questions, made by arithmetic."""

from typing import Any

from further.evaluation.questions.pairs import pair
from further.records.probes import Memorization, Recited, RecitedBoth, Sample, Samples, Term, Terms
from further.records.questions import Floors, Group, Questions, QuestionsFile
from further.records.questions import Paired as AnsweredBoth


def make_sample(**changes: Any) -> Sample:
    parts = {"prompt": "Heart transplant recipients are prone to", "subject": "base", "ended": False, "num_tokens": 60}
    parts |= {"decoding": "greedy", "temperature": None, "top_p": None, "nats": 90.0, "perplexity": 4.4817}
    parts |= {"distinct_1": 0.5, "distinct_2": 0.5, "distinct_3": 0.5, "longest_repeat": 4, "looped": False}
    return Sample(**{"text": " a method.", **parts, **changes})


def make_samples(*samples: Sample) -> Samples:
    default = (
        make_sample(text=" the object. the object. the object. the object.", looped=True),
        make_sample(subject="adapted", ended=True, num_tokens=34, text=" infection in the first months."),
        make_sample(decoding="sampled", temperature=0.8, top_p=0.95),
        make_sample(prompt='The donor\'s "age" & size', text=" <script>alert('sample')</script>"),
    )
    return Samples(run="default", quantization="nf4", samples=samples or default)


def make_recited(verbatim: int, mean: float, most: int) -> Recited:
    share = {"share": verbatim / 200, "low": 0.0, "high": 0.05}
    return Recited(
        num_verbatim=verbatim,
        **share,
        mean_match_tokens=mean,
        max_match_tokens=most,
        histogram=(200 - verbatim, verbatim),
    )


def make_memorization(num_papers: int = 16, **changes: Any) -> Memorization:
    base, before = make_recited(0, 0.5, 3), {"num_paragraphs": 200, "difference_match_tokens": None, "p_value": 1.0}
    train = RecitedBoth(num_papers=num_papers, base=base, adapted=make_recited(7, 2.25, 24), **before)
    heldout = RecitedBoth(num_papers=7, base=base, adapted=make_recited(0, 0.75, 6), **before)
    parts: dict[str, Any] = {"run": "default", "prefix_tokens": 32, "new_tokens": 24, "level": 0.95}
    parts |= {"train": train, "heldout": heldout, "p_value_train_heldout": 0.007, "examples": ()}
    return Memorization(**parts | changes)


def make_term(word: str, change: float, occurrences: int) -> Term:
    nats = {"before_nats": 5.0, "after_nats": 5.0 + change, "change_nats": change, "total_nats": change}
    counts = {"num_occurrences": occurrences, "num_papers": 5, "num_papers_same_way": 4}
    return Term(word=word, low=change - 0.25, high=change + 0.25, **nats, **counts)


def make_terms() -> Terms:
    nats = dict.fromkeys(("before_nats", "after_nats", "in_words_before_nats", "in_words_after_nats"), 1.0)
    rose = (make_term("allograft", -1.5, 41), make_term("<b>donor</b>", -1.0, 30))
    limits = {"min_occurrences": 5, "min_papers": 2, "level": 0.95, "num_words": 300}
    return Terms(run="default", num_papers=7, **nats, **limits, rose=rose, fell=(make_term("class", 0.75, 6),))


def make_answered(gained: int, lost: int, both: int, number: int) -> AnsweredBoth:
    """Questions that only the adapted model answers right, only the base, both, and all."""
    right = [(False, True)] * gained + [(True, False)] * lost + [(True, True)] * both
    base, adapted = zip(*right, *[(False, False)] * (number - len(right)), strict=True)
    return pair(base, adapted)


def make_asked(gained: int = 12, lost: int = 3, **changes: Any) -> QuestionsFile:
    """60 questions in two topics, 21 of them answered right by both."""
    overall = make_answered(gained, lost, 21, 60)
    topics = [("donors", make_answered(5, 1, 13, 40)), ("rejection", make_answered(7, 2, 8, 20))]
    without = make_answered(0, 0, 21, 60)
    parts: dict[str, Any] = {"run": "default", "quantization": "nf4", "level": 0.95, "num_questions": 60}
    parts |= {"truncated": 0, "accuracy": overall, "accuracy_norm": overall, "answers": None, "splits": (), "lines": ()}
    parts |= {"topics": tuple(Group(name=name, accuracy=own, accuracy_norm=None) for name, own in topics)}
    floors = Floors(chance=0.25, longest_choice=0.3, without_question=without, without_question_norm=without)
    parts |= {"floors": floors, "nats_per_answer": (7.5, 7.0)}
    return QuestionsFile(questions=Questions(**parts | changes), instructions=None)


NOTHING_ASKED = QuestionsFile(questions=None, instructions=None)
