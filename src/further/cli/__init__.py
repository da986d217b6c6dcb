"""The command `further`: what people do around a run. The run itself is Snakemake's."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

DESCRIPTION = """What people do around a run of Further; the run itself is started with snakemake or make.

  further check --configfile config/study.yaml    is this configuration right?
  further inspect paper.pdf                       what would be kept of this paper?
  further plan                                    what will the runs take?
  further open                                    read the report
  further export models/heart                     the adapted model, for use elsewhere

plan, open and export take the study in this folder, which is the demonstration in the project's own. What make study
made is named by its folder: further open --study studies/papers
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. What a word needs is imported when it is said, so that --help is quick.

    Args:
        arguments: Words of the command line; None: those of the process.

    Returns:
        0 where it went well, 1 where something is wrong with what was given.
    """
    options = _parser().parse_args(arguments)
    try:
        lines = options.act(options)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    _print(lines)
    return 0


def _print(lines: Sequence[str]) -> None:
    """Print for as long as somebody reads: `further plan | head` has seen enough and is no error."""
    try:
        print(*lines, sep="\n", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still writes when it ends


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="further", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words = parser.add_subparsers(title="commands", metavar="command", required=True)
    check = words.add_parser("check", help="find what is wrong with a configuration")
    _add_configfile(check)
    check.set_defaults(act=_check)
    inspect = words.add_parser("inspect", help="parse and clean one paper, show what is kept page by page")
    inspect.add_argument("paper", type=Path, metavar="PAPER.pdf")
    inspect.add_argument(
        "--output", type=Path, metavar="FOLDER", help="where to write the pages (default: PAPER-pages)"
    )
    _add_configfile(inspect)
    inspect.set_defaults(act=_inspect)
    plan = words.add_parser("plan", help="show what each run of a study will take")
    _add_study(plan)
    plan.set_defaults(act=_plan)
    opens = words.add_parser("open", help="open a study's report, and say where it lies")
    _add_study(opens)
    opens.set_defaults(act=_open)
    export = words.add_parser("export", help="merge an adapter into its base model, for use elsewhere")
    export.add_argument("run", nargs="?", default="default", help="the run whose adapter it is (default: %(default)s)")
    export.add_argument("folder", type=Path, metavar="FOLDER", help="a new folder for weights, tokenizer and card")
    _add_study(export)
    export.set_defaults(act=_export)
    return parser


def _add_configfile(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--configfile",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="study files (default: the demonstration's)",
    )


def _add_study(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--study",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="the folder that holds results/ (default: this one)",
    )


def _check(options: argparse.Namespace) -> list[str]:
    from further.cli.check import check_study, describe_study, load_study

    study = load_study(options.configfile)
    return describe_study(study, check_study(study))


def _inspect(options: argparse.Namespace) -> list[str]:
    from further.cli.check import load_study
    from further.cli.inspect import inspect_paper

    folder = options.output or Path(f"{options.paper.stem}-pages")
    return inspect_paper(options.paper, folder, load_study(options.configfile).settings.corpus)


def _plan(options: argparse.Namespace) -> list[str]:
    from further.cli.show import show_plan

    return show_plan(options.study)


def _open(options: argparse.Namespace) -> list[str]:
    from further.cli.show import open_report

    return open_report(options.study)


def _export(options: argparse.Namespace) -> list[str]:
    from further.cli.export import export_run

    return export_run(options.study, options.run, options.folder)
