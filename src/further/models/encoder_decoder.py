"""Rows of questions for an encoder with a decoder: the prompt is read by one, the answer written by the other.

    row        image image where ? NL | left  EOS          labels stand where they are predicted:
    labels       -     -    -    - left  EOS                one at the last token of the prompt, one at `left`
    encoder    image image where ? NL
    decoder                        NL   left               the prompt's last token is what an answer starts from
    blocks       0     0    0    0  0    -1

The rows, their labels and the loss stay those of `further.vision.rows`: hidden states come back in the row's places.
"""

from dataclasses import dataclass

import torch

from further.models.base import Batch


@dataclass(frozen=True)
class Halves:
    """Rows cut in two.

    Attributes:
        source_BS: Ids of the prompts, filled up at their ends.
        is_source_BS: What of them is there.
        target_BA: Ids that the decoder reads, filled up at their ends.
        places_BT: For each position of a row, its place in the decoder; 0 for those of the prompt.
    """

    source_BS: torch.Tensor
    is_source_BS: torch.Tensor
    target_BA: torch.Tensor
    places_BT: torch.Tensor

    def put_back(self, hidden_BAD: torch.Tensor) -> torch.Tensor:
        """The decoder's states in the places of the row, (B, T, D); what stands at prompts means nothing."""
        return hidden_BAD.gather(1, self.places_BT[..., None].expand(-1, -1, hidden_BAD.shape[-1]))


def cut_rows(batch: Batch) -> Halves:
    """Cut rows of one question each after their prompts.

    Args:
        batch: input_ids and blocks, (B, T); 0 is the block of a prompt, -1 of its answer and of what a row is filled up
            with.
    """
    ids_BT = batch["input_ids"]
    is_prompt_BT = batch["blocks"] >= 0
    lengths_B1 = is_prompt_BT.sum(dim=1, keepdim=True)
    shortest, longest = int(lengths_B1.min()), int(lengths_B1.max())
    size = ids_BT.shape[1] - shortest + 1
    from_B1A = lengths_B1 - 1 + torch.arange(size, device=ids_BT.device)
    places_BT = torch.arange(ids_BT.shape[1], device=ids_BT.device) - (lengths_B1 - 1)
    return Halves(
        source_BS=torch.where(is_prompt_BT, ids_BT, 0)[:, :longest],
        is_source_BS=is_prompt_BT[:, :longest],
        target_BA=ids_BT.gather(1, from_B1A.clamp_max(ids_BT.shape[1] - 1)),
        places_BT=places_BT.clamp_min(0),
    )
