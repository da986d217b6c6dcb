"""Who sees whom in a row of images, prompts and answers.

Three numbers say it of each position. `groups`: positions of different groups never see each other; a group is a text,
or one image (or more) with what is asked about it. `branches`: 0 is what all questions of a group share, the others are
questions, which do not see each other. `blocks`: positions of one block see each other both ways, all others see only
what stands before them; -1 is no block. Padding is a group of its own, -1.

    PaliGemma   image image BOS where ? NL | left        Gemma 3   BOS image image | where ? left | how ? ct
    groups          0     0   0     0 0  0      0                    0     0     0       0 0    0     0 0  0
    branches        0     0   0     0 0  0      0                    0     0     0       1 1    1     2 2  2
    blocks          0     0   0     0 0  0     -1                   -1     0     0      -1 -1  -1    -1 -1 -1
    positions       0     1   2     3 4  5      6                    0     1     2       3 4    5     3 4  5
"""

import torch


def see(groups_BT: torch.Tensor, branches_BT: torch.Tensor, blocks_BT: torch.Tensor) -> torch.Tensor:
    """Which positions see which, (B, T, T) booleans: the first T is that of the position that looks."""
    size = groups_BT.shape[1]
    together = groups_BT[:, :, None] == groups_BT[:, None, :]
    shared = branches_BT[:, None, :] == 0
    own = branches_BT[:, :, None] == branches_BT[:, None, :]
    before = torch.ones(size, size, dtype=torch.bool, device=groups_BT.device).tril()
    both_ways = (blocks_BT[:, :, None] == blocks_BT[:, None, :]) & (blocks_BT[:, None, :] >= 0)
    return together & (shared | own) & (before | both_ways)


def within(positions_BT: torch.Tensor, window: int) -> torch.Tensor:
    """Which positions lie less than a sliding window behind, (B, T, T); what lies ahead is not limited."""
    return positions_BT[:, None, :] > positions_BT[:, :, None] - window


def to_mask(seen_BTT: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """What attention adds to its scores, (B, 1, T, T): 0 or the type's lowest number.

    A mask of booleans is right for sdpa and wrong for eager attention, which adds it as 0 and 1 (transformers 5.23).
    """
    zero = torch.zeros((), dtype=dtype, device=seen_BTT.device)
    return torch.where(seen_BTT, zero, torch.finfo(dtype).min)[:, None]


def groups_of_text(positions_BT: torch.Tensor) -> torch.Tensor:
    """Groups of rows of text: a new one wherever positions restart, (B, T)."""
    return (positions_BT == 0).cumsum(dim=1)
