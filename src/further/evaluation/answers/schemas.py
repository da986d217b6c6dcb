"""Tables of answers and their scores."""

import pyarrow as pa


def _texts(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, pa.string()) for name in names]


ANSWERS = pa.schema(
    [
        *_texts("question_id", "case", "question_type"),
        ("kind", pa.string()),  # yes/no, choice or open
        *_texts("reference", "answer"),
        ("ended", pa.bool_()),  # whether EOS came before the limit; null: not generated
    ]
)

ANSWER_SCORES = pa.schema(
    [
        *ANSWERS,
        ("exact_match", pa.float64()),  # 0 or 1
        ("token_f1", pa.float64()),
        ("token_precision", pa.float64()),
        ("token_recall", pa.float64()),
        ("closed", pa.string()),  # right, wrong or unreadable; null for an open question
        ("bleu", pa.float64()),  # 0 to 100
        ("rouge1", pa.float64()),
        ("rouge_l", pa.float64()),
        ("rep_4", pa.float64()),
        ("longest_repeat", pa.int32()),
    ]
)

GENERATED = pa.schema(
    [
        *_texts("question_id", "case", "split"),
        ("images", pa.list_(pa.string())),  # that were shown
        ("question_type", pa.string()),
        ("kind", pa.string()),  # yes/no, choice or open
        ("task", pa.string()),  # answer or caption
        *_texts("question", "reference", "answer"),
        ("ended", pa.bool_()),  # whether EOS came before the limit
        ("num_tokens", pa.int32()),  # of the answer, its end counted
        ("mean_logprob", pa.float64()),  # over the answer's tokens, nats
        ("min_logprob", pa.float64()),
        ("entropy", pa.float64()),  # mean over its tokens, nats
        ("longest_run", pa.int32()),  # times that a word or phrase stands in a row at most
        ("rep_4", pa.float64()),
        ("reference_nats", pa.float64()),  # of the whole reference and its end under the model
        ("reference_tokens", pa.int32()),
    ]
)
"""What a model answered, and how sure it was."""

FLOOR_SCORES = pa.schema([("floor", pa.string()), *ANSWER_SCORES])  # majority, question only, pixels

MODEL_SCORES = pa.schema([("model", pa.string()), *ANSWER_SCORES])  # base, or the run's name
