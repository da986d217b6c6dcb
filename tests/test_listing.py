from further.listing import name_some


def test_more_names_than_are_wanted_are_counted():
    assert name_some(["a", "b", "c"], 2) == "a, b and 1 more"
    assert name_some([str(number) for number in range(1_234)], 1) == "0 and 1,233 more"
    assert name_some(["a", "b"], 2) == "a, b" and name_some([], 2) == ""
