"""Tiny image–text models with everything in their folder: weights, tokenizer, image processor."""

import json

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SIDE, PATCH = 16, 8  # pixels: four image tokens
IMAGE_TOKENS = 4
SPECIAL = ["<pad>", "<eos>", "<bos>", "<image>", "<start_of_turn>", "<end_of_turn>", "<start_of_image>",
           "<end_of_image>"]  # fmt: skip
IMAGE = SPECIAL.index("<image>")
WORDS = [
    "answer en what modality is used? What modality is used?", "answer en on which side is the abnormality? left right",
    "caption en Describe this image. A large cyst on the left. Nothing else is seen.", "ct mri yes no user model none",
]  # fmt: skip
CHAT = (
    "{{ bos_token }}{% for turn in messages %}<start_of_turn>"
    "{{ 'model' if turn['role'] == 'assistant' else turn['role'] }}\n"
    "{% if turn['content'] is string %}{{ turn['content'] }}{% else %}"
    "{% for part in turn['content'] %}"
    "{% if part['type'] == 'image' %}<start_of_image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
VISION = {
    "model_type": "siglip_vision_model", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 1,
    "num_attention_heads": 2, "image_size": SIDE, "patch_size": PATCH, "vision_use_head": False,
}  # fmt: skip
TEXT = {
    "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 1, "head_dim": 16, "vocab_size": 400, "max_position_embeddings": 128, "pad_token_id": 0,
    "bos_token_id": 2, "eos_token_id": 1,
}  # fmt: skip
KINDS = ("paligemma", "paligemma2", "gemma3")


def make_config(kind, **text):
    from transformers import Gemma3Config, PaliGemmaConfig

    text = TEXT | text
    if kind == "gemma3":
        text = text | {
            "model_type": "gemma3_text",
            "sliding_window": 64,
            "layer_types": ["sliding_attention", "full_attention"],
        }
        return Gemma3Config(
            text_config=text, vision_config=VISION, image_token_index=IMAGE, mm_tokens_per_image=IMAGE_TOKENS,
            boi_token_index=SPECIAL.index("<start_of_image>"), eoi_token_index=SPECIAL.index("<end_of_image>"),
        )  # fmt: skip
    text = text | ({"model_type": "gemma2", "sliding_window": 64} if kind == "paligemma2" else {"model_type": "gemma"})
    return PaliGemmaConfig(
        text_config=text, vision_config=VISION, image_token_index=IMAGE, projection_dim=64, hidden_size=64
    )


def make_model(kind, attention=None, **text):
    """A model whose tokens and images matter: weights four times as wide as usual, projector and norms not zero."""
    import torch
    from transformers import AutoModelForImageTextToText

    torch.manual_seed(0)
    attention = attention or ("eager" if kind == "paligemma2" else "sdpa")
    model = AutoModelForImageTextToText.from_config(make_config(kind, **text), attn_implementation=attention)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "mm_input_projection_weight" in name:
                parameter.normal_(0, 0.2)
            elif parameter.dim() >= 2:
                parameter.mul_(4)
    return model.eval()


def make_tokenizer(folder):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(WORDS * 5, trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    named = {
        "bos_token": "<bos>",
        "eos_token": "<eos>",
        "pad_token": "<pad>",
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    extra = {"image_token": "<image>", "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(named | {"extra_special_tokens": extra}))


def save_model(folder, kind, **text):
    """A folder as the hub has it: config, safetensors, tokenizer, image processor; Gemma 3 with its chat template."""
    from transformers import SiglipImageProcessorPil

    folder.mkdir(parents=True, exist_ok=True)
    make_model(kind, **text).save_pretrained(folder)
    make_tokenizer(folder)
    SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)
    if kind == "gemma3":
        (folder / "chat_template.jinja").write_text(CHAT)
    return folder
