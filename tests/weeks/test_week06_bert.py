"""Week 06's data, figures and widgets: what they compute and what they show."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from course.challenges.task import bits, points_for
from course.data import load_movie_snippets
from course.weeks.week06_bert import challenge, curves, plots, toys, widgets
from course.weeks.week06_bert.challenge import sorted_reviews

WORDS = "the plot is thin , the cast is not .".split()


def masks_all(ids: Tensor, can_mask: Tensor, pick: Tensor, fate: Tensor, other: Tensor,
              mask_id: int, share: float) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Stands in for the exercise: place 0 is hidden, 1 exchanged, 2 kept, the rest not chosen."""
    inputs, labels = ids.clone(), torch.full_like(ids, -100)
    inputs[0, 0], inputs[0, 1] = mask_id, 5
    labels[0, :3] = ids[0, :3]
    return inputs, labels


# ------------------------------------------------------------------------------------ snippets
@pytest.mark.parametrize(
    ("rating", "kind"),
    [(-4, 0), (-1.5, 0), (-1.2, None), (-1, 1), (0, 1), (1, 1), (1.4, None), (1.5, 2), (3, 2)],
)
def test_a_mean_rating_is_a_class_or_lies_between_two(rating: float, kind: int | None) -> None:
    """Up to 1 on either side is neutral, from 1.5 on it is clear, between them nothing is said."""
    assert toys.sentiment(rating) == kind


def test_balanced_snippets_are_equally_many_drawn_by_the_seed_and_of_their_part() -> None:
    """Each class as often as the others; the same seed draws the same; no part shares a text."""
    data = toys.balanced("train", seed=3, count=200)
    assert sorted(Counter(data.labels).values()) == [66, 67, 67]
    assert toys.balanced("train", 3, 200) == data != toys.balanced("train", 4, 200)
    whole = {part: set(toys.balanced(part).texts) for part in ("train", "valid", "test")}
    assert not whole["train"] & whole["test"] and not whole["valid"] & whole["test"]
    assert len(toys.balanced("train")) >= max(curves.SIZES)


def test_a_label_is_that_of_the_snippet() -> None:
    """Every balanced text has the class of its own mean rating."""
    class_of = {s.text.lower(): toys.sentiment(s.rating) for s in load_movie_snippets()}
    data = toys.balanced("valid")
    assert [class_of[text] for text in data.texts] == list(data.labels)


def test_more_snippets_than_there_are_is_an_error_with_both_numbers() -> None:
    """The message names the part, what was asked, and what there is."""
    with pytest.raises(ValueError, match=r"99999 balanced snippets were asked of test"):
        toys.balanced("test", count=99_999)


def test_one_rater_is_far_better_than_chance_and_far_from_perfect() -> None:
    """A single person's score falls into the class of the mean in 55 to 90% of the cases."""
    assert 0.55 < toys.one_rater_alone() < 0.9


# ------------------------------------------------------------------------------------ toys
def test_toy_reviews_keep_to_one_language_and_one_mood() -> None:
    """Both verdicts of a review are of the same class, and all its words of one language."""
    reviews = toys.toy_reviews(200, seed=0)
    vocabulary = set(toys.toy_vocabulary())
    for review in reviews:
        assert set(review) <= vocabulary
        language = toys.ENGLISH if review[0] == "the" else toys.KOREAN
        moods = [n for n, words in enumerate(language.verdicts) for w in review if w in words]
        assert len(moods) == 2 and moods[0] == moods[1]
    assert 50 < sum(review[0] == "the" for review in reviews) < 150
    assert toys.toy_reviews(5, 1) == toys.toy_reviews(5, 1) != toys.toy_reviews(5, 2)


def test_shuffled_words_are_the_same_words() -> None:
    """Nothing is lost or added, the order is another one, and the seed decides it."""
    texts = ["a b c d e f g h", "one"]
    mixed = toys.shuffled_words(texts, 1)
    assert [sorted(text.split()) for text in mixed] == [sorted(text.split()) for text in texts]
    assert mixed[0] != texts[0] and mixed == toys.shuffled_words(texts, 1)


def test_a_silent_head_hands_nothing_on_and_speaks_again_afterwards() -> None:
    """In the `with` the head's columns are zero, the others as before; then all is as was."""
    dense = nn.Linear(6, 6)
    attention = SimpleNamespace(output=SimpleNamespace(dense=dense))
    encoder = SimpleNamespace(layer=[SimpleNamespace(attention=attention)])
    config = SimpleNamespace(hidden_size=6, num_attention_heads=3)
    model = SimpleNamespace(bert=SimpleNamespace(encoder=encoder), config=config)
    heads = torch.randn(2, 6)
    silent = heads * torch.tensor([1.0, 1, 0, 0, 1, 1])
    before = dense(heads)
    with toys.SilentHead(model, 0, 1):
        torch.testing.assert_close(dense(heads), dense.forward(silent))
    torch.testing.assert_close(dense(heads), before)


# ------------------------------------------------------------------------------------ challenge
def test_an_editor_is_drawn_by_the_seed_and_fills_her_shelves_evenly() -> None:
    """A third on each shelf but for one; the seed decides; nothing is both told and asked."""
    found = sorted_reviews("a", 600)
    labels = [shelf for _, shelf in found.examples]
    whole = Counter([*labels, *found.targets])
    assert len(labels) == challenge.LABELS == 200 and len(found.contexts) == 600
    assert max(whole.values()) - min(whole.values()) <= 1
    assert not {text for text, _ in found.examples} & set(found.contexts)
    sorted_reviews.cache_clear()
    assert sorted_reviews("a", 600) == found != sorted_reviews("b", 600)


def test_a_review_lies_on_the_shelf_that_most_of_its_words_belong_to() -> None:
    """Each word belongs to one shelf, common words to none, and a draw between two stays away."""
    themes = ["music", "laugh", "battle"]
    shelf_of = challenge.shelf_of_words(themes)
    assert [shelf_of[theme] for theme in themes] == [0, 1, 2] and "film" not in shelf_of
    for shelf, texts in enumerate(challenge.shelve(themes)):
        for text in texts[:50]:
            hits = Counter(shelf_of.get(word) for word in set(challenge.WORD.findall(text)))
            del hits[None]
            assert all(hits[shelf] > n for other, n in hits.items() if other != shelf)


def test_whoever_reads_all_ratings_knows_no_shelf() -> None:
    """The mood of every review, looked up in the shipped file, is worth next to nothing."""
    mood = {s.text.lower(): toys.sentiment(s.rating) for s in load_movie_snippets()}
    for seed in ("one secret", "another"):
        found = sorted_reviews(seed, challenge.HIDDEN_REVIEWS)
        counts = Counter((mood[text], shelf) for text, shelf in found.examples)
        rows = [[counts[mood[text], k] + 1.0 for k in range(3)] for text in found.contexts]
        table = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
        assert points_for(challenge.CHALLENGE.curve, bits(table, found.targets)) <= 1


# ------------------------------------------------------------------------------------ curves
def test_stored_curves_hold_five_seeds_at_every_size() -> None:
    """The table that the notebook draws is whole, and its numbers are shares."""
    stored = curves.load_curves()
    whole = {name for name, found in stored.items() if tuple(found["sizes"]) == curves.SIZES}
    assert {"pre-trained, frozen", "fresh weights, frozen", "bag of words"} <= whole
    for found in stored.values():
        for kind in ("accuracy", "macro_f1"):
            table = np.array(found[kind])
            assert table.shape == (curves.SEEDS, len(found["sizes"]))
            assert (table > 0.1).all() and (table < 1).all()


def test_the_bag_of_words_learns_what_a_word_says() -> None:
    """Four texts are enough for a word that stands in one class only."""
    data = toys.Labelled(("dull film", "good film", "dull plot", "good plot"), (0, 2, 0, 2))
    bag = curves.bag_of_words(data, strength=10.0, pairs=True)
    assert bag.predict(["a dull cast", "a good cast"]).tolist() == [0, 2]


def test_settings_are_chosen_on_validation_snippets_and_the_test_part_is_asked_once() -> None:
    """The better of two settings is measured on the test part, with each seed's own labels."""
    asked = []

    def learn(data: toys.Labelled, how: int, seed: int, part: str) -> np.ndarray:
        asked.append((len(data), how, seed, part))
        true = np.array(toys.balanced(part).labels)
        return true if how == 7 else 0 * true

    found = curves.measure(learn, [3, 7], [6], seeds=2)
    assert asked == [(6, 3, 0, "valid"), (6, 7, 0, "valid"), (6, 7, 0, "test"), (6, 7, 1, "test")]
    assert found == {"sizes": [6], "accuracy": [[1.0], [1.0]], "macro_f1": [[1.0], [1.0]],
                     "settings": ["7"]}  # fmt: skip


def test_rates_fall_with_depth_and_norms_do_not_decay() -> None:
    """The script's own groups: head, top layer, bottom layer, embeddings."""
    model = nn.Module()
    model.bert = nn.Module()
    model.bert.embeddings = nn.Module()
    model.bert.embeddings.LayerNorm = nn.LayerNorm(1)
    model.bert.layer = nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])
    model.head = nn.Linear(1, 1)
    how = curves.Settings(lr=1.0, epochs=1, layer_decay=0.5, weight_decay=0.1)
    found = [(g["lr"], g["weight_decay"]) for g in curves.rates(model, how, layers=2)]
    names = [name for name, _ in model.named_parameters()]
    rates = dict(zip(names, found, strict=True))
    assert rates["head.weight"] == (1.0, 0.1) and rates["head.bias"] == (1.0, 0.0)
    assert rates["bert.layer.1.weight"] == (0.5, 0.1)
    assert rates["bert.layer.0.weight"] == (0.25, 0.1)
    assert rates["bert.embeddings.LayerNorm.weight"] == (0.125, 0.0)


# ------------------------------------------------------------------------------------ figures
def test_the_figure_of_two_lives_names_both_heads() -> None:
    """Left the masked-word head, right the new classifier, on the same encoder."""
    texts = [text.get_text() for ax in plots.two_lives().axes for text in ax.texts]
    assert {"masked-word head", "new classifier", "[MASK]", "negative"} <= set(texts)


def test_fates_show_what_is_seen_and_below_it_what_was_true() -> None:
    """A hidden or exchanged word stands in small letters under its box; a kept one does not."""
    words = ["a", "dull", "film"]
    fates = ["[MASK]", "random", "kept"]
    ax = plots.token_fates(words, ["[MASK]", "good", "film"], fates).axes[0]
    assert [text.get_text() for text in ax.texts] == ["[MASK]", "a", "good", "dull", "film"]


def test_places_are_compared_by_their_angle() -> None:
    """Twice the same direction is 1, whatever the length; opposite ones are -1."""
    ax = plots.place_likeness([[1.0, 0.0], [3.0, 0.0], [-1.0, 0.0]]).axes[0]
    shown = np.asarray(ax.images[0].get_array())
    np.testing.assert_allclose(shown[0], [1, 1, -1])


def test_guesses_stand_beside_their_words() -> None:
    """A bar for each word, the best on top, and the sentence with the gap as the title."""
    ax = plots.guesses(["good", "bad"], torch.tensor([0.7, 0.2]), "a ____ film").axes[0]
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.7, 0.2])
    assert "____" in ax.get_title("left")


def test_the_map_of_heads_shows_what_each_costs() -> None:
    """Each cell holds the loss without that head, less the loss of the free model."""
    ax = plots.head_costs([[2.5, 2.25], [2.0, 3.0]], free=2.0).axes[0]
    assert [text.get_text() for text in ax.texts] == ["+0.500", "+0.250", "+0.000", "+1.000"]


def test_label_curves_draw_mean_band_and_levels() -> None:
    """Percent on the axis, a line at the mean over seeds, a horizontal line for each level."""
    scores = {"bag": ([50, 100], [[0.4, 0.5], [0.6, 0.7]])}
    ax = plots.label_curves(scores, {"chance": 0.33}).axes[0]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [50, 60])
    assert ax.lines[1].get_ydata()[0] == pytest.approx(33)


def test_confusion_counts_have_true_classes_in_rows() -> None:
    """The number in a cell is that of its true class (row) and its call (column)."""
    ax = plots.confusion([[3, 1], [0, 4]], ["no", "yes"]).axes[0]
    assert [text.get_text() for text in ax.texts] == ["3", "1", "0", "4"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("called", "true")


# ------------------------------------------------------------------------------------ widgets
def test_what_became_of_a_word_is_read_from_inputs_and_labels() -> None:
    """Hidden, exchanged, kept, and not chosen at all."""
    shown, fates = widgets.fates_of(masks_all, WORDS, 0.15, 0)
    assert fates[:4] == ["[MASK]", "random", "kept", "not chosen"]
    assert shown[:3] == ["[MASK]", WORDS[5], WORDS[2]]


def test_the_word_that_is_clicked_is_hidden_from_the_model() -> None:
    """The model sees [MASK] in its place, and the best tokens come first."""
    from course.models import load_tiny_bert

    model, tokenizer = load_tiny_bert()
    words, probabilities = widgets.guesses_for(model, tokenizer, WORDS, 2, most=4)
    assert len(words) == 4 and probabilities.tolist() == sorted(probabilities.tolist())[::-1]
    text = tokenizer(" ".join(WORDS), return_tensors="pt")
    hidden = text["input_ids"].clone()
    hidden[0, 3] = tokenizer.mask_token_id  # behind [CLS]
    text["input_ids"] = hidden
    with torch.no_grad():
        expected = model(**text).logits[0, 3].softmax(-1).topk(4)
    assert words == tokenizer.convert_ids_to_tokens(expected.indices.tolist())
    torch.testing.assert_close(probabilities, expected.values)
