"""A short article in the bundled format, for the tests of this folder."""

SENTENCE = (
    "The difficult preservation of a transplanted heart requires sufficient myocardial protection, and "
    "immunosuppression begins immediately; cold-storage, well-controlled haemodynamics and reflective communication "
    "influence the outcome [1]."
)
PARAGRAPH = " ".join([SENTENCE] * 5)

ARTICLE = f"""---
title: A first look at the final outflow
running_head: Final outflow
keywords: heart; flow
---
> Demonstration text written for a test.

## Abstract
{SENTENCE}

## Introduction
{PARAGRAPH}

{PARAGRAPH}

### Methods in brief
{PARAGRAPH}

Table 1. Two values.
| Item | Value | Unit |
| --- | --- | --- |
| Flow | 4.5 | l/min |
| Pressure | ≤ 80 | mmHg |

{PARAGRAPH}

Figure 1. An invented trace.

- First item of a list.
- Second item, with *Candida* in italics.

## Conclusion
{PARAGRAPH}

{PARAGRAPH}

{PARAGRAPH}

## References
1. Placeholder reference: one.
2. Placeholder reference: two.
"""
