"""Settings of scoring, of the law, and of money."""

from typing import Annotated, Literal

from pydantic import Field

from further.settings.key import Count, Section, Seed, key


class EvaluationSettings(Section):
    """What is measured before and after."""

    window: int = key(
        "Tokens of the model's input when scoring, at most its positions.", 2048, unit="tokens", reruns="scores", ge=2
    )
    stride: Count = key(
        "Newly scored tokens per window. Less than the window: more context for each token, and slower.",
        1024,
        unit="tokens",
        reruns="scores",
    )
    batch_tokens: Count = key("Tokens per forward pass when scoring.", 8192, unit="tokens", reruns="scores")
    bootstrap: int = key(
        "Resamples of the papers for intervals.",
        2000,
        unit="resamples",
        reruns="comparison, memorization",
        ge=200,
        le=100_000,
    )
    seed: Seed = key("Of the bootstrap and of sampled continuations.", 0, reruns="comparison, memorization, samples")
    folds: Annotated[int, Field(ge=2)] | None = key(
        "Cross-validation: as many more trainings of the default run, so that every paper is held out once. Worth it "
        "where few papers are held out. null: off.",
        None,
        unit="folds",
        reruns="comparison",
    )
    memorization_paragraphs: Count | None = key(
        "Paragraphs of training papers, and as many of held-out papers, that the model has to continue word for word. "
        "null: off.",
        200,
        unit="paragraphs",
        reruns="memorization",
    )
    memorization_prefix_tokens: Count = key(
        "That the model is given of a paragraph.", 32, unit="tokens", reruns="memorization"
    )
    memorization_new_tokens: Count = key(
        "That it has to continue. Prefix and new tokens together are at most the window.",
        32,
        unit="tokens",
        reruns="memorization",
    )
    terms: Count | None = key(
        "Words shown whose probability rose most, and as many whose probability fell. null: off.",
        20,
        unit="words",
        reruns="terms",
    )
    term_occurrences: int = key(
        "Rarer words in held-out papers are left out.", 5, unit="occurrences", reruns="terms", ge=2
    )
    questions: str | None = key(
        "A CSV file of questions that base and adapted model answer: columns question, choices (with | between them, "
        "or empty), correct, and if wanted passage, topic, paper. demo: 60 on the bundled articles. null: off.",
        None,
        unit="file",
        reruns="questions",
        min_length=1,
    )
    instructions: bool = key(
        "Give a chat model a dozen instructions with a form to follow, before and after.", True, reruns="questions"
    )
    new_tokens: Count = key("Length of a sample.", 200, unit="tokens", reruns="samples")
    temperature: Annotated[float, Field(gt=0, le=10)] | None = key(
        "Of a second, sampled continuation of each prompt. null: greedy ones only.", 0.8, reruns="samples"
    )
    top_p: float = key("Probability mass that it is drawn from.", 0.95, unit="fraction", reruns="samples", gt=0, le=1)
    prompts: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)] | None = key(
        "Continued by the base and by the adapted model. null: the first words of held-out paragraphs.",
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

    value: float = key("Of the loss.", gt=0)
    unit: Literal["nats", "perplexity", "bits_per_byte"] = key("Of the value.")


class ScalingSettings(Section):
    """The scaling law."""

    targets: list[Target] = key(
        "Losses to judge: reached, reachable, undecided or unreachable. Each has a value and a unit: nats, perplexity "
        "or bits_per_byte.",
        [],
        reruns="law",
    )


class CostSettings(Section):
    """Money and energy."""

    most = 1e13  # a budget in rials or rupiahs

    price_per_gpu_hour: float = key(
        "Of one hour of the hardware that trains. 0: no money in the report.", 0.0, unit="money", reruns="law", ge=0
    )
    currency: str = key("Three capital letters.", "EUR", reruns="law", pattern=r"^[A-Z]{3}$")
    price_date: str | None = key(
        "Of the price: year and month.", None, reruns="law", pattern=r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"
    )
    kwh_per_gpu_hour: float = key(
        "Energy. 0.97 was measured for a GPU of an 8×H100 node. 0: no energy in the report.",
        0.0,
        unit="kWh",
        reruns="law",
        ge=0,
    )
    yearly_budget: Annotated[float, Field(gt=0)] | None = key(
        "The report says which corpus a training's part of it pays for. Needs a price. null: off.",
        None,
        unit="money",
        reruns="law",
    )
    trainings_per_year: float = key("That the budget has to pay for.", 1.0, reruns="law", gt=0)
