"""Tables of answers and their scores."""

import pyarrow as pa

ANSWERS = pa.schema(
    [
        ("question_id", pa.string()),
        ("case", pa.string()),
        ("question_type", pa.string()),
        ("kind", pa.string()),  # yes/no, choice or open
        ("reference", pa.string()),
        ("answer", pa.string()),
        ("ended", pa.bool_()),  # whether the end mark came before the limit; null: not generated
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

FLOOR_SCORES = pa.schema([("floor", pa.string()), *ANSWER_SCORES])  # majority, question only, pixels
