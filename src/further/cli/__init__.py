"""The command `further`, for everything around a run. Snakemake carries out the run itself."""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DESCRIPTION = """Commands for everything around a run of Further. The run itself is started with snakemake or make.

  further init studies/heart        write a study file from a few questions
  further check config/study.yaml   is this study file right, and what is worth knowing before the start?
  further inspect paper.pdf         which text of this paper would be kept?
  further plan                      how much time and memory will the runs take?
  further status                    how far are the runs, and how long will the rest take?
  further open                      read the report
  further try "The donor heart"     how do the base and the adapted model continue this?
  further answer ct.png "is there an abnormality?"    in a study of images: an answer, or a handover to a person
  further export models/heart       write the adapted model, for use elsewhere

All commands but init, check and inspect use the study in the current folder. In the project's own folder that is the
demonstration. For another study, name its folder:
  further try "The donor heart" --study studies/heart
  further open studies/heart
"""
FILES = "study files, each laid over the previous one, or a folder made by `further init` (the demonstration's)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Each subcommand imports what it needs when it runs, so that --help is quick.

    Args:
        arguments: Words of the command line. None: those of the process. An empty list shows the help.

    Returns:
        0 on success, 1 if something is wrong with the input.
    """
    options = _parser().parse_args((sys.argv[1:] if arguments is None else arguments) or ["--help"])
    warnings.simplefilter("ignore", FutureWarning)  # meant for developers of the libraries
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # transformers draws one even for weights on this disk
    try:
        _take_folder(options)
        lines = options.act(options)
    except (ValueError, MemoryError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}" if error.filename else error, file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        print("\nInterrupted before the end.", file=sys.stderr)
        return 1
    _print(lines)
    return 0


def _take_folder(options: argparse.Namespace) -> None:
    """Take a study by its folder alone; refuse one that is not there, but for `further status FILE`."""
    if getattr(options, "folder_of_study", None) is not None:
        options.study = options.folder_of_study
    if "study" in options and not options.study.is_dir() and not getattr(options, "files", []):
        from further.cli.study_folder import suggest_others

        raise ValueError(f"there is no folder {options.study}{suggest_others(Path())}")


def _print(lines: Sequence[str]) -> None:
    """Print until the reader closes the pipe: `further plan | head` is no error."""
    try:
        print(*lines, sep="\n", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still writes when it ends


def _version() -> str:
    try:
        return version("further")
    except PackageNotFoundError:
        return "not installed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="further", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"further {_version()}")
    words = parser.add_subparsers(title="commands", metavar="command", required=True)

    def add(name: str, act: Callable[[argparse.Namespace], list[str]], text: str) -> argparse.ArgumentParser:
        added = words.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        added.set_defaults(act=act)
        return added

    _add_init(add("init", _init, "write a study file from a few questions or from flags"))
    check = add("check", _check, "find what is wrong with a study file, and what is worth knowing about it")
    check.add_argument("files", type=_path, nargs="*", metavar="FILE", help=FILES)
    inspect = add("inspect", _inspect, "parse and clean papers, and show page by page what is kept")
    inspect.add_argument("papers", type=_path, nargs="+", metavar="PAPER.pdf", help="papers, or folders of them")
    inspect.add_argument("--output", type=_path, metavar="FOLDER", help="where to write the pages (PAPER-pages)")
    inspect.add_argument("--config", type=_path, nargs="+", default=[], metavar="FILE", help=FILES)
    _add_study(add("plan", _plan, "show how much time and memory each run of a study will take"), alone=True)
    status = add("status", _status, "show how far the runs of a study are, and how long the rest will take")
    status.add_argument(
        "files",
        type=_path,
        nargs="*",
        metavar="FILE",
        help="the study's folder; or study files, before the first start",
    )
    _add_study(status)
    _add_study(add("open", _open, "open a study's report, and print its path"), alone=True)
    _add_try(add("try", _try, "continue a prompt with the base and with the adapted model"))
    answer = add("answer", _answer, "answer a question about an image, or hand it over to a person")
    answer.add_argument(
        "image", type=_path, metavar="IMAGE", help="a picture, a DICOM file, or a CSV with columns image and question"
    )
    wording = "worded as in the study (results/cases/questions.parquet), or: caption. Omit it with a CSV"
    answer.add_argument("question", nargs="?", help=wording)
    answer.add_argument("--all", action="store_true", help="also show answers that go to a person")
    answer.add_argument("--output", type=_path, metavar="FILE", help="CSV to write (TABLE-answered.csv)")
    _add_study(answer)
    export = add("export", _export, "merge an adapter into its base model, for use elsewhere")
    export.add_argument("run", type=_word, nargs="?", help="the run whose adapter is merged (default)")
    export.add_argument("folder", type=_word, metavar="FOLDER", help="a new folder for weights, tokenizer and card")
    _add_study(export)
    return parser


def _word(typed: str) -> str:
    """A word of the command line; `"$FOLDER"` of a variable that is not set is none."""
    if not typed.strip():
        raise argparse.ArgumentTypeError("is empty: say what is meant")
    return typed


def _path(typed: str) -> Path:
    """A path as it is typed; the shell leaves a tilde in quotes to us, and Path("") would be the current folder."""
    return Path(_word(typed)).expanduser()


def _add_study(parser: argparse.ArgumentParser, alone: bool = False) -> None:
    """The option --study; where nothing else is typed, the folder alone is enough."""
    if alone:
        parser.add_argument("folder_of_study", type=_path, nargs="?", metavar="FOLDER", help="as --study FOLDER")
    parser.add_argument(
        "--study",
        type=_path,
        default=Path(),
        metavar="FOLDER",
        help="the folder that holds results/ (the current one)",
    )


def _add_init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=_path, metavar="FOLDER", help="the study's folder; results are written there")
    parser.add_argument("--title", type=_word, help="heading of the report")
    parser.add_argument("--papers", type=_word, metavar="FOLDER", help="the folder of the PDFs")
    parser.add_argument(
        "--model", type=_word, help="demo, a name on the Hugging Face hub (owner/name), or a model's folder"
    )
    parser.add_argument("--revision", type=_word, help="commit of a model on the hub; looked up on the hub if left out")
    parser.add_argument("--keep", action="store_true", help="keep an existing study file, if it is for these papers")
    parser.add_argument("--gpu", type=_word, help="a100-80, a100-40, h100, h200, a40, l40s, l4, rtx4090, or none")


def _add_try(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", help="the text to continue")
    parser.add_argument("--run", type=_word, default="default", help="the run whose adapter is used (%(default)s)")
    parser.add_argument("--tokens", type=int, default=60, help="maximum number of tokens to write (%(default)s)")
    parser.add_argument(
        "--temperature", type=float, help="above 0: sample at this temperature; left out: greedy decoding"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the sampling (%(default)s)")
    _add_study(parser)


def _init(options: argparse.Namespace) -> list[str]:
    from further.cli.init import Wishes, keep_study, write_study

    wishes = Wishes(options.title, options.papers, options.model, options.revision, options.gpu)
    if options.keep and keep_study(options.folder, options.papers):
        return [f"Kept: {options.folder}"]
    return write_study(options.folder, wishes, ask=sys.stdin.isatty(), goes_on=options.keep)


def _check(options: argparse.Namespace) -> list[str]:
    from further.cli.check import check_study, describe_faults, describe_study, find_files, find_replaced, load_study
    from further.fault_messages import add_lines

    study, folder = load_study(options.files)
    files, found = find_files(options.files)[0], check_study(study, folder)
    found.notes += find_replaced(files)
    if found.faults:
        raise ValueError(add_lines(describe_faults(found), files))
    return describe_study(study, found)


def _inspect(options: argparse.Namespace) -> list[str]:
    from further.cli.check import load_study
    from further.cli.inspect import inspect_papers

    logging.getLogger("further").addHandler(logging.NullHandler())  # its warnings are part of the lines below
    study, _ = load_study(options.config)
    return inspect_papers(options.papers, options.output, study.settings.corpus)


def _plan(options: argparse.Namespace) -> list[str]:
    from further.cli.show import show_plan

    return show_plan(options.study)


def _status(options: argparse.Namespace) -> list[str]:
    from further.cli.status import tell_status

    return tell_status(options.study, options.files)


def _open(options: argparse.Namespace) -> list[str]:
    from further.cli.show import open_report

    return open_report(options.study)


def _try(options: argparse.Namespace) -> list[str]:
    from further.cli.try_out import try_prompt

    decoding = (options.tokens, options.temperature, options.seed)
    return try_prompt(options.study, options.run, options.prompt, *decoding)


def _answer(options: argparse.Namespace) -> list[str]:
    from further.cli.answer import answer_image, answer_table

    image, question = options.image, options.question
    if question is None and image.suffix.lower() == ".csv":
        output = options.output or image.with_name(f"{image.stem}-answered.csv")
        return answer_table(options.study, image, output, options.all)
    if question is None:
        raise ValueError(
            f'{image}: the question is missing. Type further answer {image} "…", or give a CSV of images and questions'
        )
    return answer_image(options.study, image, question, options.all)


def _export(options: argparse.Namespace) -> list[str]:
    from further.cli.export import choose_run, export_run

    run = choose_run(options.study, options.run, options.folder)
    return export_run(options.study, run, Path(options.folder).expanduser())
