"""Wider networks that compute the same as narrower ones at the start."""
import torch
import torch.nn as nn
import torch.nn.functional as F

import mapping as P_
import model as M_


def widen(S, hidden):
    """The same branch with a wider second hidden layer; the new units start without influence."""
    if S.fc1.out_features >= hidden:
        return S
    old, n = S, S.fc1.out_features
    S = M_.Segmentation(old.layer_channels, old.fc2.out_features, old.out_res, old.fc0.out_features, hidden)
    with torch.no_grad():
        S.fc0.load_state_dict(old.fc0.state_dict())
        S.fc2.weight.zero_()
        S.fc1.weight[:n], S.fc1.bias[:n] = old.fc1.weight, old.fc1.bias
        S.fc2.weight[:, :n], S.fc2.bias[:] = old.fc2.weight, old.fc2.bias
    return S


@torch.no_grad()
def widen_mapping(M, head, hidden):
    """The same mapping network and read-out with wider layers; the new units start without influence on the old ones and on w."""
    n = M.layers[0].out_features
    if n >= hidden:
        return M, head
    old, count = M.layers, len(M.layers)
    gain = old[0].weight.square().mean(0).mul(old[0].in_features).sqrt()
    M = P_.Student(old[0].in_features, hidden, old[-1].out_features, count, gain, torch.zeros(old[-1].out_features))
    for i, (new, was) in enumerate(zip(M.layers, old)):
        rows, cols = was.weight.shape
        if i:
            new.weight[:rows, cols:] = 0
        new.weight[:rows, :cols] = was.weight
        new.bias[:rows] = was.bias
    wide = nn.Linear(hidden, head.out_features)
    wide.weight.zero_()
    wide.weight[:, :n] = head.weight
    wide.bias.copy_(head.bias)
    return M, wide


@torch.no_grad()
def widen_synthesis(G, S, channels):
    """Generator and branch with {resolution: channels} more in the synthesis network; nothing reads the new channels at the start."""
    c = G.config
    table = {int(r): channels.get(int(r), n) for r, n in c["channels"].items()}
    wide = M_.Generator(c["z_dim"], c["w_dim"], c["img_resolution"], c["img_channels"], c["mapping_layers"], c["channel_base"], c["channel_max"],
                        c["conv_clamp"], c["mapping_hidden"], table)
    wide.config = dict(c, channels=wide.config["channels"])
    wide.mapping = G.mapping
    new = wide.synthesis.state_dict()
    for name, was in G.synthesis.state_dict().items():
        now, kind = new[name], name.split(".")[-2:]
        if kind[-1] == "weight" and kind[0] in ("conv0", "conv1", "torgb"):
            rows, cols = was.shape[:2]
            now[:rows, cols:] = 0
            now[:rows, :cols] = was * ((now.shape[1] / cols) ** .5 if kind[0] == "torgb" else 1)  # torgb divides by the root of its inputs
        else:
            now[tuple(slice(n) for n in was.shape)] = was
    wide.synthesis.load_state_dict(new)
    branch = M_.Segmentation(M_.feature_channels(wide.config), S.fc2.out_features, S.out_res, S.fc0.out_features, S.fc1.out_features)
    state = dict(S.state_dict())
    parts = state["fc0.weight"].split(S.layer_channels, 1)
    state["fc0.weight"] = torch.cat([F.pad(p, (0, n - p.shape[1])) for p, n in zip(parts, branch.layer_channels)], 1)
    branch.load_state_dict(state)
    return wide, branch
