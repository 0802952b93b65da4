"""The data that ships: every loader gives what it promises, and a bad file is named, not hidden."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from course import data
from course.data import files

README = files.DATA_DIR / "README.md"
ROW = re.compile(r"^\| (\S+) \|.*\| (\d+) \| `([0-9a-f]{64})` \|$", re.MULTILINE)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the two smallest text sets in a folder of its own, with nothing checked yet."""
    for name in ("manifest.json", "en_ko_udhr.tsv", "korean_constitution.txt.xz"):
        shutil.copy(files.DATA_DIR / name, tmp_path / name)
    monkeypatch.setattr(files, "DATA_DIR", tmp_path)
    monkeypatch.setattr(files, "_checked", set())
    for loader in (data.load_en_ko_udhr, data.load_korean_constitution):
        loader.cache_clear()
    yield tmp_path
    data.load_en_ko_udhr.cache_clear()
    data.load_korean_constitution.cache_clear()


# ------------------------------------------------------------------------------------- the loaders
def test_austen_has_six_novels_by_name() -> None:
    """Six novels, each opening with its own title."""
    novels = data.load_austen()
    assert list(novels) == [
        "sensesensibility",
        "prideprejudice",
        "mansfieldpark",
        "emma",
        "northangerabbey",
        "persuasion",
    ]
    assert novels["prideprejudice"].startswith("PRIDE AND PREJUDICE\n")
    assert "Mr. Darcy" in novels["prideprejudice"]
    assert sum(len(text) for text in novels.values()) == 4_025_022
    assert not any("\f" in text or "\r" in text for text in novels.values())


def test_moby_dick_starts_with_its_first_chapter() -> None:
    """The novel is whole: 135 chapters, the famous first sentence, no carriage returns."""
    text = data.load_moby_dick()
    assert text.startswith("CHAPTER 1. Loomings.\n\nCall me Ishmael.")
    assert len(set(re.findall(r"^CHAPTER (\d+)\. ", text, re.MULTILINE))) == 135
    assert "\r" not in text


def test_korean_constitution_is_korean() -> None:
    """The constitution begins with its title, and its line ends are plain."""
    text = data.load_korean_constitution()
    assert text.startswith("대한민국헌법\n\n유구한 역사와 전통에 빛나는")
    assert "제130조" in text
    assert "\r" not in text


def test_debian_faq_speaks_both_languages() -> None:
    """Both editions carry their notice; another language is refused by name."""
    assert "Permission is granted" in data.load_debian_faq("en")
    assert "자주 묻는 질문" in data.load_debian_faq("ko")
    with pytest.raises(ValueError, match="'fr'"):
        data.load_debian_faq("fr")


def test_movie_snippets_agree_with_their_raters() -> None:
    """10,605 snippets, and each rating is the mean of its raters' scores."""
    snippets, raters = data.load_movie_snippets(), data.load_movie_raters()
    assert len(snippets) == len(raters) == 10_605
    assert (snippets[2].id, snippets[2].rating) == (3, -0.6)
    assert snippets[2].text == "Effective but too tepid biopic"
    assert all(abs(np.mean(raters[s.id]) - s.rating) < 1e-9 for s in snippets)
    assert {len(scores) for scores in raters.values()} <= set(range(15, 30))
    assert not any("\r" in s.text for s in snippets)


def test_translations_are_pairs_of_english_and_korean() -> None:
    """Both parallel sets hold pairs with a Latin side and a side that is mostly Hangul."""
    hangul = re.compile("[가-힣]")
    declaration, help_texts = data.load_en_ko_udhr(), data.load_en_ko_help()
    assert (len(declaration), len(help_texts)) == (60, 11_155)
    assert declaration[0][0].startswith("Whereas recognition of the inherent dignity")
    assert all(hangul.search(korean) for _, korean in declaration)
    assert sum(bool(hangul.search(korean)) for _, korean in help_texts) > 11_000
    assert not any(hangul.search(english) for english, _ in help_texts)


def test_snippets_are_split_once_for_all_weeks() -> None:
    """Every snippet is in one part, the parts have about 70, 10 and 20%, and like mean ratings."""
    parts = data.split_movie_snippets()
    ids = [snippet.id for part in parts.values() for snippet in part]
    assert sorted(ids) == sorted(snippet.id for snippet in data.load_movie_snippets())
    shares = {name: len(part) / len(ids) for name, part in parts.items()}
    assert shares == pytest.approx({"train": 0.7, "valid": 0.1, "test": 0.2}, abs=0.01)
    means = [np.mean([snippet.rating for snippet in part]) for part in parts.values()]
    assert np.ptp(means) < 0.15


def test_no_help_text_of_the_test_is_trained_on() -> None:
    """The manual repeats itself; no side of a test pair stands in the training part."""
    parts = data.split_en_ko_help()
    assert len(parts["test"]) == 1116
    assert len(parts["train"]) > 9000
    assert set(parts["train"]) < set(data.load_en_ko_help())
    for side in (0, 1):
        judged = {pair[side] for pair in parts["test"]}
        assert judged.isdisjoint(pair[side] for pair in parts["train"])


def test_factbook_profiles_are_nested_dicts() -> None:
    """262 profiles with the capital where week 09 looks for it."""
    profiles = data.load_factbook()
    by_code = {profile["code"]: profile for profile in profiles}
    assert len(profiles) == len(by_code) == 262
    capital = by_code["ks"]["Government"]["Capital"]["name"]["text"]
    assert capital == "Seoul"
    assert Counter(profile["region"] for profile in profiles)["africa"] == 56


def test_emoji_pictures_match_their_captions() -> None:
    """1,911 pictures on white, each with an English and a Korean name."""
    images, captions = data.load_emoji()
    assert images.shape == (1911, 32, 32, 3)
    assert images.dtype == np.uint8
    assert len(captions) == len(images)
    assert (captions[0].english, captions[0].korean) == ("grinning face", "활짝 웃는 얼굴")
    assert captions[0].english_tags[0] == "cheerful"
    assert (images[0, 0, 0] == 255).all()


def test_red_emoji_are_red() -> None:
    """Pictures and captions are in the same order: the red circle is red, the blue one is blue."""
    images, captions = data.load_emoji()
    order = {caption.english: index for index, caption in enumerate(captions)}
    red, blue = (images[order[f"{name} circle"], 16, 16] for name in ("red", "blue"))
    assert red[0] > 150 > red[2]
    assert blue[2] > 150 > blue[0]


def test_glove_neighbours_make_sense() -> None:
    """10,000 words by frequency, float32 rows, and king is near queen."""
    words, vectors = data.load_glove()
    assert (len(words), vectors.shape, vectors.dtype) == (10_000, (10_000, 100), np.float32)
    assert words[:3] == ["the", "of", "to"]
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    nearest = np.argsort(-(unit @ unit[words.index("king")]))[1:6]
    assert "queen" in {words[i] for i in nearest}


def test_gpt2_bpe_tokenizes_as_gpt2_does() -> None:
    """The files load in the tokenizers library and give GPT-2's ids for a known sentence."""
    from tokenizers import ByteLevelBPETokenizer

    bpe = data.load_gpt2_bpe()
    assert (len(bpe.vocab), len(bpe.merges)) == (50_257, 50_000)
    tokenizer = ByteLevelBPETokenizer(*bpe)
    assert tokenizer.encode("Hello world").ids == [15496, 995]
    assert tokenizer.decode(tokenizer.encode("안녕하세요").ids) == "안녕하세요"


def test_speech_clips_have_sound_and_words() -> None:
    """Five clips at 16 kHz with clean transcripts; the waveform stays within [-1, 1)."""
    clips = data.load_speech()
    assert len(clips) == 5
    assert clips[1].transcript == "he was not an ill disposed young man"
    assert {clip.sample_rate for clip in clips} == {16_000}
    assert all(clip.samples.dtype == np.int16 and clip.samples.ndim == 1 for clip in clips)
    assert clips[0].seconds == pytest.approx(7.1)
    assert 0.1 < np.abs(clips[0].waveform).max() < 1


def test_digits_are_scaled_and_labelled() -> None:
    """1,797 images between 0 and 1 with labels 0 to 9."""
    images, labels = data.load_digits()
    assert (images.shape, images.dtype) == ((1797, 8, 8), np.float32)
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert sorted(set(labels.tolist())) == list(range(10))


def test_changing_a_result_does_not_change_the_next_one() -> None:
    """Loaders hand out a fresh top level: a student cannot spoil the set for a later cell."""
    words, vectors = data.load_glove()
    words.clear()
    vectors[:] = 0
    again, numbers = data.load_glove()
    assert len(again) == 10_000
    assert numbers.any()


# --------------------------------------------------------------------------- gensim, if it is there
@pytest.fixture
def fake_gensim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package called gensim whose test data folder is empty."""
    spec = importlib.machinery.ModuleSpec("gensim", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    for loader in (data.load_analogies, data.load_simlex999, data.load_wordsim353):
        loader.cache_clear()
    folder = tmp_path / "test" / "test_data"
    folder.mkdir(parents=True)
    yield folder
    for loader in (data.load_analogies, data.load_simlex999, data.load_wordsim353):
        loader.cache_clear()


def test_evaluation_sets_are_read_in_gensims_format(fake_gensim: Path) -> None:
    """Sections of questions-words, comment lines and columns of the similarity sets are parsed."""
    (fake_gensim / "questions-words.txt").write_text(": capital\nParis France Rome Italy\n")
    (fake_gensim / "wordsim353.tsv").write_text("# Word 1\tWord 2\tmean\nlove\tsex\t6.77\n")
    (fake_gensim / "simlex999.txt").write_text("old\tnew\t1.58\n")
    assert data.load_analogies() == [("capital", "Paris", "France", "Rome", "Italy")]
    assert data.load_wordsim353() == [("love", "sex", 6.77)]
    assert data.load_simlex999() == [("old", "new", 1.58)]


def test_missing_gensim_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without gensim the error names the package and says that the part may be skipped."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    data.load_analogies.cache_clear()
    with pytest.raises(data.DataError, match=r"pip install gensim.*skip this part"):
        data.load_analogies()


def test_gensim_without_test_data_is_explained(fake_gensim: Path) -> None:
    """A gensim packaged without its test data gives a sentence, not a traceback of open()."""
    with pytest.raises(data.DataError, match=r"no readable simlex999\.txt"):
        data.load_simlex999()


# ---------------------------------------------------------------------------- missing and damaged
def test_missing_file_is_named_with_a_remedy(copied: Path) -> None:
    """A deleted file gives a DataError with its path and the command that restores it."""
    (copied / "en_ko_udhr.tsv").unlink()
    with pytest.raises(data.DataError, match=r"en_ko_udhr\.tsv is missing: .*git checkout"):
        data.load_en_ko_udhr()


def test_truncated_file_is_found_by_its_size(copied: Path) -> None:
    """A half-downloaded file gives both sizes."""
    path = copied / "korean_constitution.txt.xz"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(data.DataError, match=r"damaged: it has 5,000 bytes, expected 11,456"):
        data.load_korean_constitution()


def test_changed_file_is_found_by_its_sha256(copied: Path) -> None:
    """One changed byte of the same length is found."""
    path = copied / "en_ko_udhr.tsv"
    path.write_bytes(path.read_bytes().replace(b"W", b"w", 1))
    with pytest.raises(data.DataError, match="sha256"):
        data.load_en_ko_udhr()


def test_folder_in_place_of_a_file_is_explained(copied: Path) -> None:
    """What cannot be read at all is a DataError too."""
    (copied / "en_ko_udhr.tsv").unlink()
    (copied / "en_ko_udhr.tsv").mkdir()
    with pytest.raises(data.DataError, match="cannot be read"):
        data.load_en_ko_udhr()


def test_damaged_manifest_is_explained(copied: Path) -> None:
    """A manifest that is no JSON is named, and `verify` reports it rather than raising."""
    (copied / "manifest.json").write_text("{")
    with pytest.raises(data.DataError, match=r"manifest\.json"):
        data.load_en_ko_udhr()
    assert [finding.ok for finding in data.verify()] == [False]


def test_file_outside_the_manifest_is_refused() -> None:
    """A name that the course does not ship is an error that names it."""
    with pytest.raises(data.DataError, match=r"'nothing\.txt'"):
        files.read_bytes("nothing.txt")


def test_verify_looks_again_at_what_was_read_before(copied: Path) -> None:
    """A file that is damaged after it was loaded is still found by verify."""
    assert data.load_en_ko_udhr()
    (copied / "en_ko_udhr.tsv").write_bytes(b"")
    bad = {finding.name: finding.problem for finding in data.verify() if not finding.ok}
    assert "0 bytes" in bad["en_ko_udhr.tsv"]
    assert "missing" in bad["moby_dick.txt.xz"]
    assert "korean_constitution.txt.xz" not in bad


def test_file_is_hashed_once_a_process(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second read of a file does not compute its sha256 again."""
    calls: list[str] = []
    compare = files.must_match
    monkeypatch.setattr(
        files, "must_match", lambda path, *rest: (calls.append(path.name), compare(path, *rest))
    )
    files.read_bytes("en_ko_udhr.tsv")
    files.read_bytes("en_ko_udhr.tsv")
    assert calls == ["en_ko_udhr.tsv"]


# ------------------------------------------------------------------------------ manifest and README
def test_every_shipped_file_is_intact() -> None:
    """The working tree holds each file of the manifest with its size and sha256."""
    findings = data.verify()
    assert len(findings) == len(data.manifest()) > 20
    assert [finding.problem for finding in findings if not finding.ok] == []


def test_readme_table_equals_the_manifest() -> None:
    """README.md states the same names, sizes and hashes as manifest.json."""
    table = {name: (int(size), sha) for name, size, sha in ROW.findall(README.read_text())}
    listed = {name: (file.size, file.sha256) for name, file in data.manifest().items()}
    assert table == listed


def test_no_data_file_is_left_out_of_the_manifest() -> None:
    """Everything in course/data but code, README and the manifest itself is listed."""
    known = {"README.md", "manifest.json", ".gitattributes"}
    present = {
        path.relative_to(files.DATA_DIR).as_posix()
        for path in files.DATA_DIR.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and path.name not in known
    }
    assert present == set(data.manifest())


def test_licences_are_stated_for_every_file() -> None:
    """Each entry of the manifest names a source and a licence."""
    entries = json.loads((files.DATA_DIR / "manifest.json").read_text())["files"]
    assert all(entry["source"] and entry["licence"] for entry in entries)
    assert "Mozilla Public" in (files.DATA_DIR / "en_ko_help.LICENSE.txt").read_text()
