"""Networks that turn a face crop into an embedding, by the name that the trainer gives them."""

from __future__ import annotations

BACKBONES = ("dlib-resnet",)
