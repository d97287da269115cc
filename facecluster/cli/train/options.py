"""The options of `facecluster train`, in the order in which --help shows them."""

from __future__ import annotations

from pathlib import Path

import click

from facecluster.cli.common.headings import opt, under
from facecluster.cli.common.options import A_FILE, A_FOLDER, NEW_FOLDER, in_order
from facecluster.cli.train.settings import DEFAULT_EPOCHS
from facecluster.cli.train.types import Finite, Names, RunName, Stages
from facecluster.train.backbones import BACKBONES
from facecluster.train.config import (
    ALIGNS,
    AUGMENTS,
    LOSSES,
    MININGS,
    OPTIMIZERS,
    PRECISIONS,
    SCHEDULES,
    TRAIN_DEVICES,
)

DATA = under(
    "Data",
    opt("--align", type=click.Choice(ALIGNS), default="auto", help="Find faces and align them, or "
        "take pictures as they are; auto looks at a sample."),
    opt("--image-size", type=click.IntRange(8, 512), help="Side of the pictures in px.  "
        "[default: what data and backbone suggest]"),
    opt("--grayscale/--colour", default=None, help="Train on one channel or on three.  "
        "[default: as the data is]"),
    opt("--val-classes", type=Names(), metavar="A,B,C", help="Classes that are kept unseen, for "
        "validation.  [default: drawn by seed]"),
    opt("--val-share", type=Finite(0, 1, min_open=True, max_open=True), default=0.2,
        help="Share of the classes that is kept unseen."),
    opt("--holdout", type=Finite(0, 1, max_open=True), help="Share of the pictures of seen classes "
        "that is kept for 1-NN accuracy.  [default: of the data]"),
    opt("--pairs", type=A_FILE, help="A pairs.txt to validate on, in the place of drawn pairs."),
    opt("--pairs-images", type=A_FOLDER, help="Folder of the "
        "pictures that --pairs names.  [default: DATASET]"),
    opt("--val-pairs", type=click.IntRange(1), default=3000,
        help="How many same and how many different pairs to draw."),
    opt("--cache", type=NEW_FOLDER, help="Where packed pictures are kept.  "
        "[default: .cache in --runs]"),
)  # fmt: skip
NETWORK = under(
    "Network",
    opt("--backbone", type=click.Choice(list(BACKBONES)), metavar="NAME",
        help=f"The network: {', '.join(BACKBONES)}.  [default: what suits the data]"),
    opt("--embedding-dim", type=click.IntRange(2, 4096),
        help="Numbers in an embedding.  [default: of the backbone]"),
    opt("--init", type=A_FILE, help="Weights to start from: a checkpoint, or a state dict file "
        "of torchvision."),
    opt("--from-scratch", is_flag=True, help="Random weights also where weights are shipped."),
    opt("--freeze-until", metavar="MODULE", help="Train this part and what follows it, nothing "
        "before; '' trains all.  [default: of the backbone]"),
    opt("--mirror/--no-mirror", default=None, help="Embed a picture and its mirror image.  "
        "[default: where both are the same class]"),
)  # fmt: skip
LOSS = under(
    "Loss",
    opt("--loss", type=click.Choice(LOSSES), help="What to minimise.  "
        "[default: what suits the network; triplet with --epochs]"),
    opt("--epochs", type=click.IntRange(1, 100_000),
        help="Passes over the data.  "
        f"[default: what suits the network; {DEFAULT_EPOCHS} with --loss]"),
    opt("--stages", type=Stages(), metavar="LOSS:EPOCHS,…", help="Several losses in turn, such as "
        "arcface:20,triplet:20, in the place of --loss and --epochs."),
    opt("--mining", type=click.Choice(MININGS), default="semi-hard",
        help="Which triplets of a batch count (triplet, triplet-soft)."),
    opt("--margin", type=Finite(0, 4, min_open=True), help="How far apart the loss wants them.  "
        "[default: of the loss]"),
    opt("--scale", type=Finite(0, min_open=True), help="Scale of circle and arcface, sharpness of "
        "triplet-soft.  [default: of the loss]"),
    opt("--keep", type=Finite(0), help="Pull toward the embeddings at the start, with this weight, "
        "so that fine-tuning forgets less.  [default: what suits the network]"),
)  # fmt: skip
OPTIMISER = under(
    "Optimiser",
    opt("--optimizer", type=click.Choice(OPTIMIZERS), default="adamw", help="Rule of the steps."),
    opt("--lr", type=Finite(0, 100, min_open=True), help="Learning rate at its highest.  "
        "[default: of optimizer and backbone]"),
    opt("--weight-decay", type=Finite(0), help="Pull of the weights toward zero.  "
        "[default: what suits the network]"),
    opt("--schedule", type=click.Choice(SCHEDULES), default="cosine",
        help="How the learning rate falls."),
    opt("--warmup", type=Finite(0), default=1.0, help="Epochs in which it rises first."),
    opt("--step-epochs", type=click.IntRange(1), default=10,
        help="Epochs between the steps of --schedule step."),
    opt("--step-factor", type=Finite(0, 1, min_open=True), default=0.1,
        help="What a step multiplies the rate by."),
    opt("--clip", type=Finite(0), default=5.0, help="Largest norm of the gradient; 0: any."),
    opt("--ema", type=Finite(0, 1, max_open=True), help="Decay of the averaged weights that are "
        "validated and saved; 0: no averaging.  [default: what suits the network]"),
)  # fmt: skip
BATCH = under(
    "Batch",
    opt("-P", "--classes", type=click.IntRange(2),
        help="Classes in a batch.  [default: what suits the data]"),
    opt("-K", "--pictures", type=click.IntRange(2),
        help="Pictures of each class in a batch.  [default: what suits the data]"),
    opt("--augment", type=click.Choice(AUGMENTS), default="auto",
        help="How much pictures are varied; auto: what suits them and the network."),
    opt("--signs/--no-signs", default=None, help="Make further classes of turned pictures and of "
        "joined halves.  [default: where a mirrored picture is another class]"),
)  # fmt: skip
RUN = under(
    "Run",
    opt("--minutes", type=Finite(0, min_open=True), help="Stop after this time, with the schedule "
        "ended by then."),
    opt("--patience", type=click.IntRange(0), default=0,
        help="Stop after so many epochs without a better validation; 0: never."),
    opt("--seed", type=click.IntRange(0, 2**32 - 1), default=0, help="For all that is drawn."),
    opt("--device", type=click.Choice(TRAIN_DEVICES), default="auto", help="What trains."),
    opt("--precision", type=click.Choice(PRECISIONS), default="auto",
        help="Numbers of the forward pass; auto: bfloat16 where it helps."),
    opt("-j", "--threads", type=click.IntRange(0, 1024), default=0,
        help="Threads of the CPU.  0: one per core."),
    opt("--runs", type=NEW_FOLDER, default=Path("runs"), help="Folder of the runs."),
    opt("--name", type=RunName(), help="Name of this run.  [default: data, backbone and time]"),
    opt("--resume", is_flag=False, flag_value="", metavar="[RUN]", help="Go on with a run: its "
        "folder or name.  [without RUN: the newest]"),
    opt("--tensorboard", is_flag=True, help="Also write the figures for TensorBoard."),
    opt("--config", type=A_FILE, help="A TOML file with settings, such as lr = 0.001."),
)  # fmt: skip


train_options = in_order(*DATA, *NETWORK, *LOSS, *OPTIMISER, *BATCH, *RUN)
