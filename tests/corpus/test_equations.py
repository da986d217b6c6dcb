"""Signs that their surroundings tell, where no font does."""

import pytest

from further.corpus.parse.equations import mend_equations


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["as seen ðn ¼ 12Þ and", "at p ¼ 0.03 þ 1"], ["as seen (n = 12) and", "at p = 0.03 + 1"]),
        (["F5,25 ¼ 5.89, P ¼ .03"], ["F5,25 = 5.89, P = .03"]),  # without an eth or a thorn
        (["(n ¼ 8), r ¼ −0.4"], ["(n = 8), r = −0.4"]),
        (["maðurinn og Þór, ¼ of them", "a ¼ teaspoon, 2¼ miles"], None),
        (["with 10 lM and 40 lg in 5 ll", "of 0.22 lm"], ["with 10 μM and 40 μg in 5 μl", "of 0.22 μm"]),
        (["concentrations (lM) of 3 lM"], ["concentrations (μM) of 3 μM"]),
        (["a lamp of 800 lm and 5 l of it", "lg x"], None),
        (["at 20 8C and 37 8C"], ["at 20 °C and 37 °C"]),
        (["at 48C or −808C"], ["at 4°C or −80°C"]),
        (["at 4 °C, cells of 4C and 8C, Fig. 8C"], None),
        (["rats of 280e340 g", "[13e15]", "5e10 days"], ["rats of 280–340 g", "[13–15]", "5–10 days"]),
        (["a rate of 1e5 or 2e4, 3e2"], None),
        (["1e5 cells, 1e6 cells", "2e5 or 5e7 cells in 10e12"], None),  # powers of ten that rise
        (["at most 10 lg(p/q) of it", "lg(5)"], None),
        (["with 10 lg (n = 3)"], ["with 10 μg (n = 3)"]),
        (["doi:10.1097/TP.0b013e3181b4", "TP.0b013e3181b5", "TP.0b013e3182"], None),
    ],
)
def test_signs_by_what_stands_around_them(before, after):
    mended, notes = mend_equations(before)
    assert mended == (after or before)
    assert bool(notes) == (after is not None)


def test_what_was_changed_is_counted():
    # "10 lM" twice, "lM" once more by itself.
    assert mend_equations(["10 lM and 5 lM", "in lM"])[1] == ["context: l is μ, 3 times"]
