"""Every answer with all its scores."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa
import sacrebleu
from rouge_score import rouge_scorer
from rouge_score.tokenizers import Tokenizer

from further.evaluation.answers.match import exact_match, judge_closed, token_overlap
from further.evaluation.answers.schemas import ANSWER_SCORES
from further.evaluation.text_loops import longest_repeat, rep_n
from further.evaluation.words import CHINESE, has_chinese

CONVENTIONS = {
    "exact_match": "lower case, without punctuation and articles (SQuAD); LLaVA-Med's is a fraction of words",
    "token_f1": "words as often as they stand there (SQuAD), as MedGemma reports it; Chinese by sign (MLQA)",
    "closed": "the first word decides, unreadable is wrong; LLaVA-Med's evaluation leaves a wrong yes or no out of the "
    "count, lmms-eval reads a no in 'normal'; choices count as closed, which lmms-eval leaves out",
    "open": "exact match and recall of words over open questions alone, as LLaVA-Med reports recall; where a layout "
    "does not tell which questions are closed, those whose answer is yes or no are",
    "bleu": "sacreBLEU's sentence BLEU with effective order, 0 to 100; its tokens for Chinese where a reference is",
    "rouge": "rouge-score, without stemming; letters beyond a to z count, which its own words leave out",
}
"""How each score is meant, and where others differ: LLaVA-Med's run_eval.py at ad758b6, lmms-eval's medical tasks."""

_WORD = re.compile(rf"[{CHINESE}]|[^\W_{CHINESE}]+")


class _Words(Tokenizer):
    """rouge-score's own words, and those with other letters, which it drops: "größe" is one, each Chinese sign is."""

    def tokenize(self, text: str) -> list[str]:
        """Words in lower case."""
        return _WORD.findall(text.lower())


_ROUGE = rouge_scorer.RougeScorer(["rouge1", "rougeL"], tokenizer=_Words())


def score_answers(answers: pa.Table) -> pa.Table:
    """The same lines with their scores (ANSWER_SCORES)."""
    return pa.Table.from_pylist([line | score_answer(line) for line in answers.to_pylist()], ANSWER_SCORES)


def score_answer(line: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that ANSWER_SCORES adds, from answer, reference and kind."""
    return dict(_score(line["answer"], line["reference"], line["kind"] == "open"))


# Models give many of the same answers: of 23,800 in the demonstration 740 are different.
@lru_cache(maxsize=100_000)
def _score(answer: str, reference: str, is_open: bool) -> dict[str, Any]:
    tokens = "zh" if has_chinese(reference) else "13a"  # sacreBLEU's own for each
    overlap, rouge = token_overlap(answer, reference), _ROUGE.score(reference, answer)
    return {
        "exact_match": float(exact_match(answer, reference)),
        "token_f1": overlap.f1,
        "token_precision": overlap.precision,
        "token_recall": overlap.recall,
        "closed": None if is_open else judge_closed(answer, reference),
        "bleu": sacrebleu.sentence_bleu(answer, [reference], use_effective_order=True, tokenize=tokens).score,
        "rouge1": float(rouge["rouge1"].fmeasure),
        "rouge_l": float(rouge["rougeL"].fmeasure),
        "rep_4": rep_n(answer),
        "longest_repeat": longest_repeat(answer),
    }
