"""Keep the first layers of a network as they are while the rest is trained."""

from __future__ import annotations

from torch import nn

from facecluster.errors import SettingsError
from facecluster.train.model.network import EmbeddingNetwork


def freeze(network: EmbeddingNetwork, until: str) -> list[str]:
    """Stop training everything of the backbone that comes before its part `until`.

    until: the name of a child module, with dots for a child's child (`layer3`, `blocks.7`). Gives
    the names of what was frozen. Raises SettingsError that lists the names where it is unknown.
    """
    frozen: dict[str, nn.Module] = {}
    parent: nn.Module = network.backbone
    path = ""
    for name in until.split("."):
        children = dict(parent.named_children())
        if name not in children:
            known = ", ".join(path + child for child in children) or "none"
            raise SettingsError("model.freeze_until", f"known parts are {known}", until)
        before = list(children)[: list(children).index(name)]
        frozen |= {path + child: children[child] for child in before}
        parent, path = children[name], f"{path}{name}."
    for module in frozen.values():
        module.requires_grad_(False)
    return [name for name, module in frozen.items() if any(True for _ in module.parameters())]


def set_train(network: nn.Module) -> None:
    """Training mode, except for layers whose own parameters are all frozen.

    A frozen normalisation keeps the statistics it was trained with; with those of the batch the
    layers behind it would see something else than at the start.
    """
    network.train()
    for module in network.modules():
        own = list(module.parameters(recurse=False))
        if own and not any(parameter.requires_grad for parameter in own):
            module.eval()
