import pytest

from facts import naming
from further.targets import check_targets, choose_part, match_targets

LAYERS = [
    f"model.layers.{layer}.{part}"
    for layer in (0, 1)
    for part in ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.up_proj")
]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("all-linear", LAYERS),
        ("attention", [name for name in LAYERS if "attn" in name]),
        (["up_proj"], ["model.layers.0.mlp.up_proj", "model.layers.1.mlp.up_proj"]),
        (["mlp.up_proj", "q_proj"], [name for name in LAYERS if name.endswith(("up_proj", "q_proj"))]),
        (r".*\.1\..*[qv]_proj", ["model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.v_proj"]),
    ],
)
def test_what_a_setting_names(target, expected):
    assert match_targets(LAYERS, target) == expected


@pytest.mark.parametrize(
    ("target", "named"), [(["q_proj", "p_proj"], "p_proj"), (["proj"], "proj"), ("q_proj", "q_proj")]
)
def test_what_matches_nothing_is_named_with_what_there_is(target, named):
    with pytest.raises(ValueError, match=naming("target_modules", named, "k_proj, o_proj, q_proj")):
        match_targets(LAYERS, target)


def test_names_are_read_from_the_weight_files(model_folder, tmp_path):
    check_targets(model_folder, ["attention", "all-linear", ["q_proj"], r".*mlp.*"])
    with pytest.raises(ValueError, match=naming("wq", "down_proj, gate_proj")):
        check_targets(model_folder, [["q_proj", "wq"]])
    for target in ("embed_tokens", "lm_head"):
        with pytest.raises(ValueError, match=naming("target_modules", target, "down_proj")):
            check_targets(model_folder, [[target]])
    check_targets(tmp_path / "not fetched yet", [["wq"]])
    # Its first eight bytes, read as a length, asked for 2·10¹⁸ bytes of memory.
    (tmp_path / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(
        ValueError, match=naming(tmp_path / "model.safetensors", 43)
    ):  # its "length" was read into memory
        check_targets(tmp_path, [["wq"]])


@pytest.mark.parametrize(
    ("target", "chosen"),
    [
        ("attention", ["m.text.q"]),
        (["q"], ["m.text.q"]),
        (".*q", ["m.text.q"]),
        (r".*vision_tower.*q", ["m.vision_tower.q", "m.text.q"]),
    ],
)
def test_a_setting_means_the_language_model_unless_it_names_the_vision_tower(target, chosen):
    assert choose_part(["m.vision_tower.q", "m.text.q"], target, ("m.text.",)) == chosen


def test_a_preset_finds_the_other_name_of_an_output_layer():
    bart = [f"layers.0.self_attn.{name}" for name in ("k_proj", "v_proj", "q_proj", "out_proj")]
    assert match_targets([*bart, "layers.0.fc1"], "attention") == bart
    llama = [f"layers.0.self_attn.{name}" for name in ("q_proj", "k_proj", "v_proj", "o_proj")]
    assert match_targets([*llama, "tower.out_proj"], "attention") == llama
    with pytest.raises(ValueError, match=naming("training.target_modules", "o_proj")):
        match_targets([*bart[:3], "layers.0.dense"], "attention")
