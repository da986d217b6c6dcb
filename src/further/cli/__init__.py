"""The command `further`: what people do around a run. The run itself is Snakemake's."""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DESCRIPTION = """What people do around a run of Further; the run itself is started with snakemake or make.

  further init studies/heart        write a study file, by a few questions
  further check config/study.yaml   is this study file right? what is worth knowing before it starts?
  further inspect paper.pdf         what would be kept of this paper?
  further plan                      what will the runs take?
  further status                    how do the runs stand, and how long will the rest take?
  further open                      read the report
  further try "The donor heart"     what do base and adapted model make of it?
  further answer ct.png "is there an abnormality?"    in a study of images: an answer, or that a person must give it
  further export models/heart       the adapted model, for use elsewhere

All but init, check and inspect take the study in this folder, which is the demonstration in the project's own. Another
study is named by its folder: further try "The donor heart" --study studies/heart, further open studies/heart
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. What a word needs is imported when it is said, so that --help is quick.

    Args:
        arguments: Words of the command line; None: those of the process. No word at all asks for help.

    Returns:
        0 where it went well, 1 where something is wrong with what was given.
    """
    options = _parser().parse_args((sys.argv[1:] if arguments is None else arguments) or ["--help"])
    warnings.simplefilter("ignore", FutureWarning)  # said by libraries to developers
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # transformers draws one for weights that are there
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
        print("\nStopped before it was done.", file=sys.stderr)
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
    """Print for as long as somebody reads: `further plan | head` has seen enough and is no error."""
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

    _add_init(add("init", _init, "write a study file, by a few questions or by flags"))
    check = add("check", _check, "find what is wrong with a study file, and what is worth knowing of it")
    check.add_argument("files", type=Path, nargs="*", metavar="FILE", help=FILES)
    inspect = add("inspect", _inspect, "parse and clean papers, show what is kept page by page")
    inspect.add_argument("papers", type=Path, nargs="+", metavar="PAPER.pdf", help="papers, or folders of them")
    inspect.add_argument("--output", type=Path, metavar="FOLDER", help="where to write the pages (PAPER-pages)")
    inspect.add_argument("--config", type=Path, nargs="+", default=[], metavar="FILE", help=FILES)
    _add_study(add("plan", _plan, "show what each run of a study will take"), alone=True)
    status = add("status", _status, "show how the runs of a study stand, and how long the rest will take")
    status.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="the study's folder; or study files, before the first start"
    )
    _add_study(status)
    _add_study(add("open", _open, "open a study's report, and say where it lies"), alone=True)
    _add_try(add("try", _try, "continue a prompt with the base and with the adapted model"))
    answer = add("answer", _answer, "answer a question about an image, or say that a person has to")
    answer.add_argument("image", type=Path, metavar="IMAGE", help="a picture, a DICOM file, or a CSV: image, question")
    wording = "in the words of the study, see results/cases/questions.parquet; or: caption; none with a CSV"
    answer.add_argument("question", nargs="?", help=wording)
    answer.add_argument("--all", action="store_true", help="show an answer that goes to a person, too")
    answer.add_argument("--output", type=Path, metavar="FILE", help="CSV to write (TABLE-answered.csv)")
    _add_study(answer)
    export = add("export", _export, "merge an adapter into its base model, for use elsewhere")
    export.add_argument("run", nargs="?", default=None, help="the run whose adapter it is (default)")
    export.add_argument("folder", metavar="FOLDER", help="a new folder for weights, tokenizer and card")
    _add_study(export)
    return parser


FILES = "study files, each laid over the one before, or a folder that `further init` made (the demonstration's)"


def _add_study(parser: argparse.ArgumentParser, alone: bool = False) -> None:
    """The option --study; where nothing else is typed, the folder alone is enough."""
    if alone:
        parser.add_argument("folder_of_study", type=Path, nargs="?", metavar="FOLDER", help="as --study FOLDER")
    parser.add_argument(
        "--study",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="the folder that holds results/ (this one)",
    )


def _add_init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the study's folder; results will land there")
    parser.add_argument("--title", help="heading of the report")
    parser.add_argument("--papers", metavar="FOLDER", help="the folder of the PDFs")
    parser.add_argument("--model", help="demo, a name on the Hugging Face hub (owner/name), or a model's folder")
    parser.add_argument("--revision", help="commit of a model on the hub; asked of the hub if left out")
    parser.add_argument("--keep", action="store_true", help="keep a study file that is there, if it is of these papers")
    parser.add_argument("--gpu", help="a100-80, a100-40, h100, h200, a40, l40s, l4, rtx4090, or none")


def _add_try(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", help="what to go on from")
    parser.add_argument("--run", default="default", help="the run whose adapter it is (%(default)s)")
    parser.add_argument("--tokens", type=int, default=60, help="to write, at most (%(default)s)")
    parser.add_argument("--temperature", type=float, help="above 0: draw; left out: the likeliest token each time")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing (%(default)s)")
    _add_study(parser)


def _init(options: argparse.Namespace) -> list[str]:
    from further.cli.init import Wishes, keep_study, write_study

    wishes = Wishes(options.title, options.papers, options.model, options.revision, options.gpu)
    if options.keep and keep_study(options.folder, options.papers):
        return [f"Kept: {options.folder}"]
    return write_study(options.folder, wishes, ask=sys.stdin.isatty(), goes_on=options.keep)


def _check(options: argparse.Namespace) -> list[str]:
    from further.cli.check import check_study, describe_faults, describe_study, load_study

    study, folder = load_study(options.files)
    found = check_study(study, folder)
    if found.faults:
        raise ValueError(describe_faults(found))
    return describe_study(study, found)


def _inspect(options: argparse.Namespace) -> list[str]:
    from further.cli.check import load_study
    from further.cli.inspect import inspect_papers

    logging.getLogger("further").addHandler(logging.NullHandler())  # its warnings stand in the lines below
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
        raise ValueError(f'{image}: what is the question? further answer {image} "…", or a CSV of images and questions')
    return answer_image(options.study, image, question, options.all)


def _export(options: argparse.Namespace) -> list[str]:
    from further.cli.export import choose_run, export_run

    run = choose_run(options.study, options.run, options.folder)
    return export_run(options.study, run, Path(options.folder))
