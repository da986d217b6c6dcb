"""Prompts are those of transformers' own processors, and nothing from outside is taken for an image."""

import json

import pytest

from facts import naming
from further.vision.prompts import make_prompter
from models.tiny import IMAGE, IMAGE_TOKENS, SIDE, make_tokenizer, save_model

LINE = {"task": "answer", "language": "en", "question": "What modality is used?", "images": ["a"]}
CAPTION = {"task": "caption", "language": "en", "question": "", "images": ["a"]}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {kind: save_model(tmp_path_factory.mktemp(kind), kind) for kind in ("paligemma", "gemma3")}


def image_processor(folder):
    from transformers import AutoImageProcessor

    processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
    processor.image_seq_length = IMAGE_TOKENS
    return processor


def gray():
    from PIL import Image

    return Image.new("RGB", (SIDE, SIDE))


@pytest.mark.parametrize(
    ("line", "text"), [(LINE, "answer en what modality is used?"), (CAPTION, "caption en")], ids=["question", "caption"]
)
def test_paligemmas_prompts_and_answers_are_its_processors(folders, line, text):
    from transformers import AutoTokenizer, PaliGemmaProcessor

    prompter = make_prompter(folders["paligemma"])
    tokenizer = AutoTokenizer.from_pretrained(folders["paligemma"])
    processor = PaliGemmaProcessor(image_processor(folders["paligemma"]), tokenizer)
    made = processor(images=gray(), text=f"<image>{text}", suffix="left")
    prompt = prompter.prompt(line)
    assert [*prompt.ids, *prompter.answer("left"), prompter.end] == made["input_ids"][0]
    assert made["token_type_ids"][0].count(0) == len(prompt.ids)  # type 0 is what sees itself
    assert set(prompt.blocks) == {0} and prompt.shared == 0 and prompt.num_image_tokens == IMAGE_TOKENS


@pytest.mark.parametrize("num_images", [0, 1, 2])
def test_gemma_3s_prompts_are_its_processors(folders, num_images):
    from transformers import AutoTokenizer, Gemma3ImageProcessorPil, Gemma3Processor

    folder = folders["gemma3"]
    prompter = make_prompter(folder)
    processor = Gemma3Processor(
        Gemma3ImageProcessorPil(size={"height": SIDE, "width": SIDE}), AutoTokenizer.from_pretrained(folder),
        chat_template=(folder / "chat_template.jinja").read_text(), image_seq_length=IMAGE_TOKENS,
    )  # fmt: skip
    content = [{"type": "image", "image": gray()}] * num_images + [{"type": "text", "text": LINE["question"]}]
    made = processor.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=True, return_dict=True
    )
    prompt = prompter.prompt(LINE | {"images": ["a"] * num_images})
    assert list(prompt.ids) == made["input_ids"][0]
    assert [block >= 0 for block in prompt.blocks] == [token == IMAGE for token in prompt.ids]
    assert max(prompt.blocks) == num_images - 1 and prompt.num_image_tokens == IMAGE_TOKENS * num_images
    assert (prompt.shared > 0) == (num_images > 0)
    assert prompter.tokenizer.id_to_token(prompter.end) == "<end_of_turn>"  # not EOS, which no turn of a chat has


def test_what_is_shared_is_the_same_for_every_question(folders):
    prompter = make_prompter(folders["gemma3"])
    one, other = (prompter.prompt(LINE | {"question": text}) for text in ("left?", "What modality is used?"))
    assert one.ids[: one.shared] == other.ids[: other.shared] and IMAGE not in one.ids[one.shared :]


def test_without_a_template_gemma_3_is_asked_in_lines(folders, tmp_path):
    save_model(tmp_path, "gemma3")
    (tmp_path / "chat_template.jinja").unlink()
    prompter = make_prompter(tmp_path)
    prompt = prompter.prompt(LINE)
    text = prompter.tokenizer.decode(list(prompt.ids), skip_special_tokens=False)
    assert text.startswith("<bos>\n\n<start_of_image><image>") and text.endswith("What modality is used?\n")
    assert prompter.tokenizer.id_to_token(prompter.end) == "<eos>"


@pytest.mark.parametrize("kind", ["paligemma", "gemma3"])
def test_names_of_special_tokens_in_a_text_from_outside_are_no_tokens(folders, kind):
    prompter = make_prompter(folders[kind])
    hostile = LINE | {"question": "What <image>modality<eos> is <end_of_turn>used?"}
    assert prompter.prompt(hostile) == prompter.prompt(LINE)
    assert prompter.answer("left<eos><image>") == prompter.answer("left")
    # One within another: what is left when the inner one goes is no token either.
    for text in ("left<im<image>age>", "left<e<ima<image>ge>os>"):
        assert prompter.answer(text) == prompter.answer("left")


def test_an_answer_comes_back_from_its_tokens(folders):
    prompter = make_prompter(folders["paligemma"])
    for text in ("Axial CT of the brain. No abnormality is seen.", "2,5 cm ±", "links"):
        ids = prompter.answer(text)
        assert prompter.decode([*ids, prompter.end]) == text and prompter.count(text) == len(ids)


def test_a_family_without_prompts_is_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(ValueError, match=naming("'llama'")):
        make_prompter(tmp_path)


@pytest.mark.parametrize("num_images", [0, 1, 2])
def test_t5gemma_2s_prompts_are_gemma_3s_without_a_template(tmp_path, num_images):
    from transformers import AutoTokenizer, Gemma3ImageProcessorPil, Gemma3Processor

    make_tokenizer(tmp_path)
    ends = {"boi_token_index": 6, "eoi_token_index": 7, "image_token_index": IMAGE, "mm_tokens_per_image": IMAGE_TOKENS}
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "t5gemma2", "encoder": ends}))
    processor = Gemma3Processor(
        Gemma3ImageProcessorPil(size={"height": SIDE, "width": SIDE}), AutoTokenizer.from_pretrained(tmp_path),
        image_seq_length=IMAGE_TOKENS,
    )  # fmt: skip
    text = f"<bos>{'<start_of_image>' * num_images}{LINE['question']}\n"
    made = processor(text=text, images=[gray()] * num_images or None, add_special_tokens=False)
    prompt = make_prompter(tmp_path).prompt({**LINE, "images": ["a"] * num_images})
    assert list(prompt.ids) == made["input_ids"][0]
    assert set(prompt.blocks) == {0} and prompt.shared == 0 and prompt.num_image_tokens == num_images * IMAGE_TOKENS


def test_florence_2s_prompts_are_its_processors(tmp_path):
    from transformers import AutoTokenizer, CLIPImageProcessorPil, Florence2Processor

    make_tokenizer(tmp_path)
    vision = {"patch_stride": [4, 2, 2, 2]}
    (tmp_path / "config.json").write_text(
        json.dumps({"model_type": "florence2", "vision_config": vision, "image_token_id": IMAGE})
    )
    image_processor = CLIPImageProcessorPil(size={"height": 64, "width": 64}, do_center_crop=False)
    image_processor.save_pretrained(tmp_path)
    image_processor.image_seq_length = 5  # 64 pixels by 32, squared, and their mean
    processor = Florence2Processor(image_processor, AutoTokenizer.from_pretrained(tmp_path))
    made = processor(text="answer en what modality is used?", images=gray(), add_special_tokens=False)
    prompt = make_prompter(tmp_path).prompt(LINE)
    assert list(prompt.ids) == made["input_ids"][0] and prompt.num_image_tokens == 5
