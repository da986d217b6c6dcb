import pytest, json
from workflow.test_survival import *
def test_two(finished, tmp_path):
    again = type(finished)(finished.code, tmp_path / "study")
    shutil.copytree(finished.study, again.study)
    config = again.study / "config.yaml"
    config.write_text(config.read_text() + "\nhardware: {gpus_per_run: 2}\n")
    command = (*again.config, "--profile", again.code / "profiles/default", "--cores", "1")
    target = f"results/runs/{RUN}/metrics.json"
    done = again.snakemake(*command, "--force", target, check=False)
    print(done.stdout)
    print((again.study / f"logs/train_qlora/{RUN}.log").read_text())
    assert done.returncode == 0
