"""A GGUF file written here by hand is read as its format says; others are refused in words."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from course.errors import UserError
from course.models.catalogue import SMOLLM2, is_fetched
from course.models.gguf import q4_1_blocks, read_gguf
from course.models.named import _llama, load_language_model

F32, F16, Q4_1, Q8_0 = 0, 1, 3, 8


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf_bytes(tensors: dict[str, tuple[tuple[int, ...], int, bytes]]) -> bytes:
    """A file with two entries of metadata and these tensors: shape rows first, kind, content."""
    metadata = text("name") + struct.pack("<I", 8) + text("작은 것")
    metadata += text("merges") + struct.pack("<IIQ", 9, 8, 2) + text("a b") + text("ab c")
    metadata += text("rate") + struct.pack("<If", 6, 0.5)
    table, body = b"", b""
    for name, (shape, kind, content) in tensors.items():
        table += text(name) + struct.pack("<I", len(shape))
        table += struct.pack(f"<{len(shape)}Q", *reversed(shape))
        table += struct.pack("<IQ", kind, len(body))
        body += content + bytes(-len(content) % 32)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), 3) + metadata + table
    return head + bytes(-len(head) % 32) + body


def write(path: Path, tensors: dict[str, tuple[tuple[int, ...], int, bytes]]) -> Path:
    path.write_bytes(gguf_bytes(tensors))
    return path


def test_metadata_and_plain_tensors_are_read(tmp_path: Path) -> None:
    """Text, lists and numbers come back; a float32 tensor has rows first."""
    numbers = np.arange(6, dtype="<f4")
    found = read_gguf(write(tmp_path / "a.gguf", {"w": ((2, 3), F32, numbers.tobytes())}))
    assert found.metadata == {"name": "작은 것", "merges": ["a b", "ab c"], "rate": 0.5}
    np.testing.assert_array_equal(found.tensors["w"], numbers.reshape(2, 3))


def test_four_bits_are_unpacked_low_halves_first(tmp_path: Path) -> None:
    """Byte k holds weight k in its low half and weight k + 16 in its high half."""
    codes = np.arange(32) % 16
    packed = (codes[:16] | codes[16:] << 4).astype(np.uint8).tobytes()
    block = np.array([0.5, -2.0], dtype="<f2").tobytes() + packed
    found = read_gguf(write(tmp_path / "a.gguf", {"w": ((2, 32), Q4_1, block * 2)}))
    np.testing.assert_array_equal(found.tensors["w"], np.tile(codes * 0.5 - 2, (2, 1)))


def test_blocks_of_four_bits_come_as_they_lie_there(tmp_path: Path) -> None:
    """Twenty bytes a block, of the Q4_1 tensors alone; nothing is unpacked."""
    block = bytes(range(20))
    plain = np.zeros(6, dtype="<f4").tobytes()
    tensors = {"w": ((2, 32), Q4_1, block * 2), "norm": ((6,), F32, plain)}
    found = q4_1_blocks(write(tmp_path / "a.gguf", tensors))
    assert list(found) == ["w"]
    assert found["w"].tolist() == [list(block)] * 2


def test_eight_bits_are_signed(tmp_path: Path) -> None:
    """A block is a step and 32 signed bytes."""
    codes = np.arange(-16, 16, dtype=np.int8)
    block = np.array([0.25], dtype="<f2").tobytes() + codes.tobytes()
    found = read_gguf(write(tmp_path / "a.gguf", {"w": ((32,), Q8_0, block)}))
    np.testing.assert_array_equal(found.tensors["w"], codes * 0.25)


def test_what_is_no_gguf_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    """The sentence names the file, or the tensor and its kind."""
    other = tmp_path / "model.gguf"
    other.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(UserError, match=r"model\.gguf is no GGUF file"):
        read_gguf(other)
    with pytest.raises(UserError, match="half is of kind 1"):
        read_gguf(write(other, {"half": ((2,), F16, b"1234")}))


def tiny_llama() -> tuple[dict, dict[str, np.ndarray]]:
    """Metadata and tensors of a Llama of two layers, as llama.cpp names them."""
    metadata = {
        "llama.attention.head_count": 4, "llama.attention.head_count_kv": 2,
        "llama.embedding_length": 16, "llama.feed_forward_length": 24, "llama.block_count": 2,
        "llama.context_length": 32, "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.freq_base": 1e4, "tokenizer.ggml.tokens": ["a"] * 9,
        "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2,
    }  # fmt: skip
    shapes = {"attn_norm": (16,), "ffn_norm": (16,), "attn_q": (16, 16), "attn_k": (8, 16),
              "attn_v": (8, 16), "attn_output": (16, 16), "ffn_gate": (24, 16),
              "ffn_up": (24, 16), "ffn_down": (16, 24)}  # fmt: skip
    whole = {"token_embd.weight": (9, 16), "output_norm.weight": (16,)}
    whole |= {f"blk.{k}.{name}.weight": shape for k in (0, 1) for name, shape in shapes.items()}
    rng = np.random.default_rng(0)
    return metadata, {k: rng.normal(size=v).astype(np.float32) for k, v in whole.items()}


def rope_of_pairs(x: torch.Tensor) -> torch.Tensor:
    """Turn neighbours (0, 1), (2, 3), … by their position: the file's layout. x (T, heads, d)."""
    T, _, d = x.shape
    angle = torch.arange(T)[:, None] * 1e4 ** (-torch.arange(0, d, 2) / d)
    turned = torch.view_as_complex(x.reshape(T, -1, d // 2, 2)) * torch.polar(
        torch.ones_like(angle), angle
    ).unsqueeze(1)
    return torch.view_as_real(turned).flatten(-2)


def test_queries_and_keys_are_laid_out_for_transformers() -> None:
    """The first layer's scores, computed here in the file's own layout, are those of the model."""
    metadata, tensors = tiny_llama()
    model = _llama(metadata, tensors)
    x = torch.randn(5, 16, generator=torch.Generator().manual_seed(0))
    q, k = (torch.from_numpy(tensors[f"blk.0.attn_{name}.weight"]) for name in "qk")
    ours = torch.einsum(
        "thd,shd->hts",
        rope_of_pairs((x @ q.T).view(5, 4, 4)),
        rope_of_pairs((x @ k.T).view(5, 2, 4)).repeat_interleave(2, dim=1),
    )
    model.set_attn_implementation("eager")
    attention = model.model.layers[0].self_attn
    cos, sin = model.model.rotary_emb(x[None], torch.arange(5)[None])
    _, p = attention(x[None], (cos, sin), attention_mask=None)
    torch.testing.assert_close(p[0], (ours / 2).softmax(-1), atol=1e-5, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.skipif(not is_fetched(SMOLLM2), reason="`course models fetch smollm2` was not run")
def test_the_fetched_smollm2_knows_a_capital() -> None:
    """The real file, where somebody fetched it: greedy decoding names Seoul."""
    model, tokenizer = load_language_model("smollm2")
    asked = [{"role": "user", "content": "What is the capital of South Korea?"}]
    ids = tokenizer.apply_chat_template(
        asked, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    out = model.generate(**ids, max_new_tokens=12, do_sample=False, pad_token_id=2)
    assert "Seoul" in tokenizer.decode(out[0])
