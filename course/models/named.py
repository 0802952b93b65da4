"""One function for every language model of the course: change the name, keep the code.

model, tokenizer = load_language_model("tiny_gpt2")   # ships
model, tokenizer = load_language_model("smollm2")     # once: course models fetch smollm2
model, tokenizer = load_language_model("gpt2")        # once: course models fetch gpt2
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course.errors import UserError
from course.models.catalogue import GPT2, SMOLLM2, Entry, find_entry, folder_of, is_fetched

SHIPPED = "tiny_gpt2"
CONTROL = 3  # GGUF's kind of a token that stands for no text


def load_language_model(name: str) -> tuple[Any, Any]:
    """A causal language model of transformers and its tokenizer, without asking the network.

    Args:
        name: "tiny_gpt2", "smollm2" or "gpt2".

    Returns:
        (model, tokenizer): float32, in evaluation mode, on the CPU; fresh weights at each call.

    Raises:
        UserError: no such model, or it has not been fetched; the message says what to do.
        ModelError: a file of a shipped model is missing or damaged.
    """
    if name == SHIPPED:
        from course.models import load_tiny_gpt2

        return load_tiny_gpt2()
    entry = find_entry(name)
    if not is_fetched(entry):
        raise UserError(
            f"'{name}' is not on this machine yet ({entry.megabytes} MB, {entry.licence}): run "
            f"`course models fetch {name}` once, where there is a network. Nothing that is graded "
            "needs it."
        )
    return {SMOLLM2.name: _smollm2, GPT2.name: _from_folder}[name](entry)


def available(name: str) -> bool:
    """Whether `load_language_model` finds this model on this machine."""
    return name == SHIPPED or is_fetched(find_entry(name))


def _from_folder(entry: Entry) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = folder_of(entry)
    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    return model.eval(), AutoTokenizer.from_pretrained(folder, local_files_only=True)


# ------------------------------------------------------------------------------------ SmolLM2
def _smollm2(entry: Entry) -> tuple[Any, Any]:
    """Built from the GGUF file: transformers' own way there needs two more packages and 10 s."""
    from course.models.gguf import read_gguf

    found = read_gguf(next(folder_of(entry).glob("*.gguf")))
    return _llama(found.metadata, found.tensors), _tokenizer(found.metadata)


def _llama(metadata: dict[str, Any], tensors: dict[str, np.ndarray]) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    own = {key.removeprefix("llama."): value for key, value in metadata.items()}
    heads, groups = own["attention.head_count"], own["attention.head_count_kv"]
    config = LlamaConfig(
        vocab_size=len(own["tokenizer.ggml.tokens"]),
        hidden_size=own["embedding_length"],
        intermediate_size=own["feed_forward_length"],
        num_hidden_layers=own["block_count"],
        num_attention_heads=heads,
        num_key_value_heads=groups,
        max_position_embeddings=own["context_length"],
        rms_norm_eps=own["attention.layer_norm_rms_epsilon"],
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": own["rope.freq_base"]},
        bos_token_id=own["tokenizer.ggml.bos_token_id"],
        eos_token_id=own["tokenizer.ggml.eos_token_id"],
    )
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    weights = {_name(name): _laid_out(name, tensor, heads, groups)
               for name, tensor in tensors.items()}  # fmt: skip
    state = {name: torch.from_numpy(tensor) for name, tensor in weights.items()}
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state, assign=True)
    model.tie_weights()  # one table again, where assigning made two parameters of it
    rotary: Any = model.model.rotary_emb
    model.model.rotary_emb = type(rotary)(config)  # its tables were never made
    return model.eval()


WHOLE = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
}
PARTS = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def _name(name: str) -> str:
    """A tensor's name in transformers."""
    if name in WHOLE:
        return WHOLE[name]
    _, layer, part, _ = name.split(".")
    return f"model.layers.{layer}.{PARTS[part]}.weight"


def _laid_out(name: str, tensor: np.ndarray, heads: int, groups: int) -> np.ndarray:
    """Queries and keys: the file turns neighbours (0, 1), transformers halves (0, d / 2)."""
    count = heads if ".attn_q." in name else groups if ".attn_k." in name else 0
    if not count:
        return tensor
    pairs = tensor.reshape(count, -1, 2, tensor.shape[1])  # (heads, d / 2, 2, D)
    return np.ascontiguousarray(pairs.swapaxes(1, 2)).reshape(tensor.shape)


def _tokenizer(metadata: dict[str, Any]) -> Any:
    """SmolLM2's own: each digit is a token; transformers' reader of GGUF leaves that out."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    own = {key.removeprefix("tokenizer.ggml."): value for key, value in metadata.items()}
    tokens = own["tokens"]
    merges = [tuple(merge.split(" ")) for merge in own["merges"]]
    made = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges))
    digits = pre_tokenizers.Digits(individual_digits=True)
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [digits, pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    kinds = zip(tokens, own["token_type"], strict=True)
    made.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token, kind in kinds
         if kind == CONTROL]
    )  # fmt: skip
    special = {"bos_token": tokens[own["bos_token_id"]], "eos_token": tokens[own["eos_token_id"]]}
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token=special["eos_token"],
        chat_template=metadata.get("tokenizer.chat_template"), **special,
    )  # fmt: skip
