"""Compute the features of one shard's pictures, once for the whole study: the vision tower stays as it is."""

import logging
from pathlib import Path

from further.cases.kept_pictures import load_pictures
from further.gpus import require_gpus
from further.job import start_log
from further.models import Precision, load
from further.vision.images import ImageProcessor, compute_features, need_images, write_features

log = logging.getLogger("further.encode_images")


def main(pictures: Path, model: Path, features: Path, compute_dtype: str) -> None:
    """Read a shard's pictures and the model's vision tower, write features."""
    loaded = need_images(load(model, Precision("none", compute_dtype)))
    number = write_features(features, compute_features(loaded, ImageProcessor(model), load_pictures([pictures])))
    log.info("%d pictures as features", number)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    require_gpus(snakemake.resources.planned_gpus)
    main(
        Path(snakemake.input.pictures),
        Path(snakemake.input.model),
        Path(snakemake.output.features),
        snakemake.params.settings["compute_dtype"],
    )
