"""The model card beside each adapter of a study of images."""

from further.records.answers import AnswersRecord, main_score
from further.records.training import CaseMetrics
from further.report.base_model import name_base_model
from further.report.images.answers import SCORES, best_floor, overall
from further.report.rendering import render
from further.report.wording import show_percent, show_score
from further.settings import ModelSettings


def make_card(title: str, model: ModelSettings, run: str, record: AnswersRecord, metrics: CaseMetrics) -> str:
    """The card of one run, in Markdown; like that of a study on text it names no folder of the machine."""
    answered = record.runs[run]
    return render(
        "image_card.md.jinja",
        title=title,
        base=name_base_model(model),
        is_toy=model.source == "toy",
        run=run,
        metrics=metrics,
        quantization=answered.settings.quantization,
        cases=overall(answered.scores).cases,
        rows=[_row(record, run, kind) for kind in record.kinds],
    )


def _row(record: AnswersRecord, run: str, kind: str) -> list[str]:
    main, floor = record.main[kind], best_floor(record, kind)
    before, after = (main_score(scores[kind], main) for scores in (record.base_of(run), record.runs[run].scores))
    beside = "" if floor is None else f"{show_percent(floor[1])} ({floor[0]})"
    return [kind, SCORES[main], show_percent(before.estimate), show_score(after), beside]
