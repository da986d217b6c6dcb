"""Settings of scoring, of the law, and of money."""

from typing import Annotated, Literal

from pydantic import Field

from further.settings.key import Count, Section, Seed, key


class EvaluationSettings(Section):
    """What is measured before and after."""

    window: int = key(
        "Length of the model's input when scoring, at most its number of positions.",
        2048,
        unit="tokens",
        reruns="scores",
        ge=2,
    )
    stride: Count = key(
        "Newly scored tokens per window. A stride below the window gives each token more context and is slower.",
        1024,
        unit="tokens",
        reruns="scores",
    )
    batch_tokens: Count = key("Tokens per forward pass when scoring.", 8192, unit="tokens", reruns="scores")
    bootstrap: int = key(
        "Bootstrap resamples of the papers for confidence intervals.",
        2000,
        unit="resamples",
        reruns="comparison, memorization",
        ge=200,
        le=100_000,
    )
    seed: Seed = key(
        "Seed of the bootstrap and of sampled continuations.", 0, reruns="comparison, memorization, samples"
    )
    folds: Annotated[int, Field(ge=2)] | None = key(
        "Cross-validation: one more training of the default run per fold, so that every paper is held out once. "
        "Useful if few papers are held out. null: off.",
        None,
        unit="folds",
        reruns="comparison",
    )
    memorization_paragraphs: Count | None = key(
        "Paragraphs of training papers, and as many of held-out papers, that the model has to continue verbatim. "
        "null: off.",
        200,
        unit="paragraphs",
        reruns="memorization",
    )
    memorization_prefix_tokens: Count = key(
        "Length of the prefix that the model is given of a paragraph.", 32, unit="tokens", reruns="memorization"
    )
    memorization_new_tokens: Count = key(
        "Length of the continuation that it has to write. Prefix and new tokens together are at most the window.",
        32,
        unit="tokens",
        reruns="memorization",
    )
    terms: Count | None = key(
        "Number of words shown whose probability rose most, and as many whose probability fell. null: off.",
        20,
        unit="words",
        reruns="terms",
    )
    term_occurrences: int = key(
        "Words with fewer occurrences in held-out papers are left out.", 5, unit="occurrences", reruns="terms", ge=2
    )
    questions: str | None = key(
        "A CSV file of questions that the base and the adapted model answer. Columns: question, choices (separated by "
        "|, or empty), correct, and optionally passage, topic, paper. demo: 60 questions on the bundled articles. "
        "null: off.",
        None,
        unit="file",
        reruns="questions",
        min_length=1,
    )
    instructions: bool = key(
        "Give a chat model a dozen instructions that prescribe a format, before and after.", True, reruns="questions"
    )
    new_tokens: Count = key("Length of each sample.", 200, unit="tokens", reruns="samples")
    temperature: Annotated[float, Field(gt=0, le=10)] | None = key(
        "Temperature of a second, sampled continuation of each prompt. null: greedy continuations only.",
        0.8,
        reruns="samples",
    )
    top_p: float = key(
        "Probability mass that this continuation is sampled from.", 0.95, unit="fraction", reruns="samples", gt=0, le=1
    )
    prompts: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)] | None = key(
        "Prompts that the base and the adapted model continue. null: the first words of held-out paragraphs.",
        None,
        reruns="samples",
    )


class ScoringSettings(Section):
    """How texts are scored, as scoring jobs take it."""

    window: int
    stride: int
    batch_tokens: int
    compute_dtype: str


class BootstrapSettings(Section):
    """Resamples and seed of intervals over papers."""

    bootstrap: int
    seed: int


class ComparisonSettings(BootstrapSettings):
    """What scores are compared with, and what papers were looked through for.

    Attributes:
        paper_similarity, paragraph_similarity, paragraph_words: As in the section `corpus`.
        quantization_runs: The run that was trained at each quantization.
    """

    paper_similarity: float | None
    paragraph_similarity: float | None
    paragraph_words: int
    quantization_runs: dict[str, str]


class SampleSettings(Section):
    """How prompts are continued, and by what."""

    prompts: list[str] | None
    new_tokens: int
    temperature: float | None
    top_p: float
    seed: int
    quantization: str
    compute_dtype: str


class ProbeSettings(ScoringSettings, BootstrapSettings):
    """How the default run is probed."""

    quantization: str
    memorization_paragraphs: int | None
    memorization_prefix_tokens: int
    memorization_new_tokens: int
    terms: int | None
    term_occurrences: int


class QuestionSettings(ScoringSettings):
    """How questions are asked of the default run; `instructions`: whether a chat model is given some, too."""

    quantization: str
    questions: str | None
    instructions: bool


class Target(Section):
    """A loss to reach."""

    value: float = key("The loss to reach.", gt=0)
    unit: Literal["nats", "perplexity", "bits_per_byte"] = key("Unit of the value.")


class ScalingSettings(Section):
    """The scaling law."""

    targets: list[Target] = key(
        "Target losses, each judged as reached, reachable, undecided or unreachable. Each has a value and a unit: "
        "nats, perplexity or bits_per_byte.",
        [],
        reruns="law",
    )


class CostSettings(Section):
    """Money and energy."""

    reruns = "law"
    most = 1e13  # a budget in rials or rupiahs

    price_per_gpu_hour: float = key(
        "Price of one hour of the hardware that trains. 0: the report shows no costs.", 0.0, unit="money", ge=0
    )
    currency: str = key("Currency code of three capital letters.", "EUR", pattern=r"^[A-Z]{3}$")
    price_date: str | None = key(
        "Date of the price: year and month.", None, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])(-[0-3][0-9])?$"
    )
    kwh_per_gpu_hour: float = key(
        "Energy per GPU hour. 0.97 was measured for a GPU of an 8×H100 node. 0: the report shows no energy.",
        0.0,
        unit="kWh",
        ge=0,
    )
    yearly_budget: Annotated[float, Field(gt=0)] | None = key(
        "The report says which corpus one training's share of the budget pays for. Requires a price. null: off.",
        None,
        unit="money",
    )
    trainings_per_year: float = key("Trainings that the yearly budget has to pay for.", 1.0, gt=0)
