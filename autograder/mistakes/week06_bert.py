"""Known mistakes and correct variants of week 06: masking, pairs, BERT's two ends, fine-tuning.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# %% exercise=mlm_corrupt name=everything-becomes-mask
# en: Every chosen token became [MASK]: where does your code look at fate?
# ko: 고른 토큰이 모두 [MASK]가 되었습니다. 코드의 어디에서 fate를 보나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    return torch.where(chosen, mask_id, ids), torch.where(chosen, ids, IGNORE)


# %% exercise=mlm_corrupt name=labels-everywhere
# en: Tokens that were not chosen have labels too: how easy is it to predict a token that is shown?
# ko: 선택되지 않은 토큰에도 레이블이 있습니다. 눈앞에 보이는 토큰을 맞히는 것은 얼마나 쉬울까요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, ids


# %% exercise=mlm_corrupt name=special-tokens-masked
# en: A position was hidden that may never be: what is the second argument for?
# ko: 절대 가려서는 안 되는 위치가 가려졌습니다. 두 번째 인자는 무엇을 위한 것일까요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = pick < share
    labels = torch.where(chosen, ids, IGNORE)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, labels


# %% exercise=mlm_corrupt name=kept-tokens-not-predicted
# en: A tenth of the chosen tokens stays as it is: does it have to be predicted or not?
# ko: 선택된 토큰의 10분의 1은 그대로 남습니다. 그 토큰도 맞혀야 할까요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, torch.where(chosen & (fate < 0.9), ids, IGNORE)


# %% exercise=mlm_corrupt name=random-and-kept-exchanged
# en: Two of the three fates have traded places: read the two tens at the end once more.
# ko: 세 가지 운명 중 둘이 자리를 바꾸었습니다. 마지막 두 개의 10%를 다시 읽어 보세요.
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.9), random_ids, inputs)
    return inputs, torch.where(chosen, ids, IGNORE)


# %% exercise=mlm_corrupt name=random-overwrites-mask
# en: No chosen token is [MASK], all with a fate below 0.9 are random: which of your two conditions wins for a fate below 0.8?
# ko: 고른 토큰 가운데 [MASK]가 없고, fate가 0.9보다 작으면 모두 무작위입니다. fate가 0.8보다 작을 때 두 조건 가운데 어느 것이 이기나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate < 0.9), random_ids, inputs)
    return inputs, torch.where(chosen, ids, IGNORE)


# %% exercise=mlm_corrupt name=no-random-tokens
# en: Random tokens never appear: what happens to the chosen ones that become no mask?
# ko: 무작위 토큰이 한 번도 나타나지 않습니다. 마스크가 되지 않은 선택된 토큰은 어떻게 되어야 할까요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    return torch.where(chosen & (fate < 0.8), mask_id, ids), torch.where(chosen, ids, IGNORE)


# %% exercise=mlm_corrupt name=labels-after-corruption
# en: The labels were read from the corrupted text: which token should be found again?
# ko: 레이블을 이미 망가진 글에서 읽었습니다. 다시 찾아야 하는 토큰은 어느 것일까요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, torch.where(chosen, inputs, IGNORE)


# %% exercise=mlm_corrupt name=zero-for-no-label
# en: Zero is the id of a token: which number tells the loss to look away?
# ko: 0은 어떤 토큰의 번호입니다. 손실이 세지 않게 하는 수는 무엇일까요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, torch.where(chosen, ids, 0)


# %% exercise=mlm_corrupt name=share-written-in
# en: The share is the same whatever is asked for: where does your code read the argument?
# ko: 어떤 값을 주어도 비율이 같습니다. 코드의 어디에서 그 인자를 읽나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < 0.15)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, torch.where(chosen, ids, IGNORE)


# %% exercise=mlm_corrupt name=text-overwritten
# en: After the call the text itself is corrupted: what will the next epoch hide?
# ko: 호출한 뒤에 원래 글 자체가 망가졌습니다. 다음 에폭에서는 무엇을 가리게 될까요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    labels = torch.where(chosen, ids, IGNORE)
    ids[chosen & (fate < 0.8)] = mask_id
    swapped = chosen & (fate >= 0.8) & (fate < 0.9)
    ids[swapped] = random_ids[swapped]
    return ids, labels


# %% exercise=mlm_corrupt name=unlucky-ones-chosen
# en: Of the positions that may be chosen, just the others are: on which side of share must a throw lie?
# ko: 골라도 되는 위치 가운데 고르지 말아야 할 것만 골랐습니다. 주사위가 share의 어느 쪽이어야 하나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick > share)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    labels = torch.where(chosen, ids, IGNORE)
    return inputs, labels


# %% exercise=mlm_corrupt name=border-chosen
# en: A throw of exactly share is chosen here: does "below" hold for it?
# ko: share와 꼭 같은 값도 골랐습니다. "작다"가 성립하나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick <= share)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    labels = torch.where(chosen, ids, IGNORE)
    return inputs, labels


# %% exercise=mlm_corrupt name=fate-on-the-border
# en: A fate of exactly 0.8 becomes [MASK] here: to which of the three fates does it belong?
# ko: fate가 꼭 0.8이면 [MASK]가 됩니다. 0.8은 세 갈래 가운데 어디에 드나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where(chosen & (fate <= 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate > 0.8) & (fate < 0.9), random_ids, inputs)
    labels = torch.where(chosen, ids, IGNORE)
    return inputs, labels


# %% exercise=mlm_corrupt name=fate-for-all
# en: Tokens that were not chosen become [MASK]: for whom does fate decide?
# ko: 고르지 않은 토큰도 [MASK]가 됩니다. fate는 누구의 몫을 정하나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where((fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    labels = torch.where(chosen, ids, IGNORE)
    return inputs, labels


# %% exercise=mlm_corrupt name=nine-tenths-masked
# en: No chosen token stays what it is: how many fates are there?
# ko: 고른 토큰 가운데 그대로 남는 것이 없습니다. 갈래는 몇 가지인가요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where(chosen & (fate < 0.9), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.9), random_ids, inputs)
    labels = torch.where(chosen, ids, IGNORE)
    return inputs, labels


# %% exercise=mlm_corrupt name=labels-where-it-changed
# en: A chosen token that is the same in the end has no label: does a label hang on the choice, or on what became of the token?
# ko: 골랐지만 결과가 그대로인 토큰에 레이블이 없습니다. 레이블은 고른 것에 따라 정해지나요, 바뀐 것에 따라 정해지나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, torch.where(inputs != ids, ids, IGNORE)


# %% exercise=mlm_corrupt name=zero-without-a-label
# en: A chosen token 0 has no label: is 0 a token, or does your code take it for none?
# ko: 고른 토큰이 0번이면 레이블이 없습니다. 0은 토큰인가요, 아니면 코드가 없는 것으로 보나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    labels = torch.where(chosen, ids, IGNORE)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    labels = labels.masked_fill(labels == 0, IGNORE)
    return inputs, labels


# %% exercise=mlm_corrupt name=zero-never-chosen
# en: Token 0 is never chosen: which of the arguments says what may be?
# ko: 0번 토큰은 한 번도 고르지 않습니다. 골라도 되는 것은 어떤 인자가 알려 주나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (ids != 0) & (pick < share)
    labels = torch.where(chosen, ids, IGNORE)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, labels


# %% exercise=mlm_corrupt name=zero-share-replaced
# en: With a share of 0 some positions are chosen all the same: what does your code take a 0 for?
# ko: share가 0인데도 고른 자리가 있습니다. 코드가 0을 무엇으로 여기나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    share = share or 0.15
    chosen = can_mask & (pick < share)
    labels = torch.where(chosen, ids, IGNORE)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, labels


# %% exercise=mlm_corrupt name=narrow-labels
# en: The labels have another integer type: which one is asked for?
# ko: 레이블의 정수형이 다릅니다. 어떤 형이어야 하나요?
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    chosen = can_mask & (pick < share)
    labels = torch.where(chosen, ids, IGNORE)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), random_ids, inputs)
    return inputs, labels.int()


# %% exercise=mlm_corrupt variant=indexing
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    inputs, labels = ids.clone(), torch.full_like(ids, IGNORE)
    chosen = (pick < share) & can_mask
    labels[chosen] = ids[chosen]
    inputs[chosen & (fate < 0.9)] = random_ids[chosen & (fate < 0.9)]
    inputs[chosen & (fate < 0.8)] = mask_id
    return inputs, labels


# %% exercise=mlm_corrupt variant=position-by-position
def mlm_corrupt(ids, can_mask, pick, fate, random_ids, mask_id, share=0.15):
    inputs, labels = ids.clone(), torch.full_like(ids, -100)
    for b in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            if can_mask[b, t] and pick[b, t] < share:
                labels[b, t] = ids[b, t]
                if fate[b, t] < 0.8:
                    inputs[b, t] = mask_id
                elif fate[b, t] < 0.9:
                    inputs[b, t] = random_ids[b, t]
    return inputs, labels


# %% exercise=dynamic_collate name=one-mask-for-all-epochs
# en: The second epoch shows the gaps of the first: what does your function keep between calls?
# ko: 두 번째 에폭에서도 첫 번째와 같은 자리가 가려졌습니다. 함수가 호출 사이에 무엇을 간직하고 있나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    kept = getattr(corrupt, "kept", None)
    rows = [[cls_id, *text[: max_len - 2], sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = ids != pad_id
    if kept is None:
        kept = corrupt(ids, real & (ids != cls_id) & (ids != sep_id))
        try:
            corrupt.kept = kept
        except AttributeError:
            pass
    return {"input_ids": kept[0], "attention_mask": real.long(), "labels": kept[1]}


# %% exercise=dynamic_collate name=special-tokens-may-be-masked
# en: The tokens at both ends may be hidden now: what is there to guess about them?
# ko: 양 끝의 특수 토큰도 가려질 수 있게 되었습니다. 그것들에 대해 맞힐 것이 있을까요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[: max_len - 2], sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = ids != pad_id
    inputs, labels = corrupt(ids, real)
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=padding-may-be-masked
# en: Filler can be hidden and asked for: is it a token of the text?
# ko: 패딩도 가려지고 정답으로 물어볼 수 있게 되었습니다. 패딩이 글의 토큰인가요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[: max_len - 2], sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    inputs, labels = corrupt(ids, (ids != cls_id) & (ids != sep_id))
    return {"input_ids": inputs, "attention_mask": (ids != pad_id).long(), "labels": labels}


# %% exercise=dynamic_collate name=no-attention-mask
# en: The mask calls filler real: from which ids, or from which lengths, do you tell the two apart?
# ko: 마스크가 패딩을 진짜라고 합니다. 둘을 어떤 번호나 어떤 길이로 구별하나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[: max_len - 2], sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    inputs, labels = corrupt(ids, (ids != pad_id) & (ids != cls_id) & (ids != sep_id))
    return {"input_ids": inputs, "attention_mask": torch.ones_like(ids), "labels": labels}


# %% exercise=dynamic_collate name=separator-cut-off
# en: A long text lost its last token, the special one: was the row cut before or after it was added?
# ko: 긴 글에서 마지막 특수 토큰이 사라졌습니다. 자르기와 붙이기 중 무엇을 먼저 했나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text, sep_id][:max_len] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = ids != pad_id
    inputs, labels = corrupt(ids, real & (ids != cls_id) & (ids != sep_id))
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=two-tokens-too-many
# en: A cut row is longer than it may be: who else takes places in it beside the text?
# ko: 자른 행이 허용된 길이보다 깁니다. 글 말고 또 무엇이 자리를 차지하나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[:max_len], sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = ids != pad_id
    inputs, labels = corrupt(ids, real & (ids != cls_id) & (ids != sep_id))
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=padded-to-the-limit
# en: Every batch is as wide as the limit: how wide does the longest row of this batch need it?
# ko: 모든 배치가 최대 길이만큼 넓습니다. 이 배치에서 가장 긴 행에는 얼마나 필요한가요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[: max_len - 2], sep_id] for text in texts]
    ids = torch.tensor([row + [pad_id] * (max_len - len(row)) for row in rows])
    real = ids != pad_id
    inputs, labels = corrupt(ids, real & (ids != cls_id) & (ids != sep_id))
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=padded-with-zero
# en: Zero is not everybody's filler: which argument says what to fill with?
# ko: 패딩이 언제나 0인 것은 아닙니다. 무엇으로 채울지 알려 주는 인자는 어느 것인가요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [torch.tensor([cls_id, *text[: max_len - 2], sep_id]) for text in texts]
    ids = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    real = ids != 0
    inputs, labels = corrupt(ids, real & (ids != cls_id) & (ids != sep_id))
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=texts-written-to
# en: The texts that were given are changed after the call: which of your steps write into these lists?
# ko: 호출한 뒤에 주어진 글 자체가 바뀌었습니다. 어느 단계가 그 리스트에 직접 쓰나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    for text in texts:
        del text[max_len - 2 :]
        text.insert(0, cls_id)
        text.append(sep_id)
    T = max(len(row) for row in texts)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in texts])
    real = ids != pad_id
    inputs, labels = corrupt(ids, real & (ids != cls_id) & (ids != sep_id))
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=corrupted-row-by-row
# en: corrupt is called for each row: how often is it to be called for a batch?
# ko: 행마다 corrupt를 부릅니다. 배치 하나에 몇 번 불러야 하나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *t[: max_len - 2], sep_id] for t in texts]
    T = max(map(len, rows))
    ids = torch.tensor([r + [pad_id] * (T - len(r)) for r in rows])
    real = ids != pad_id
    can = real & (ids != cls_id) & (ids != sep_id)
    parts = [corrupt(i[None], c[None]) for i, c in zip(ids, can)]
    return {"input_ids": torch.cat([p[0] for p in parts]), "attention_mask": real.long(), "labels": torch.cat([p[1] for p in parts])}


# %% exercise=dynamic_collate name=keeps-the-end
# en: A long text loses its beginning: which end is cut?
# ko: 긴 글의 앞부분이 사라집니다. 어느 쪽을 자르나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *t[-(max_len - 2):], sep_id] for t in texts]
    T = max(map(len, rows))
    ids = torch.tensor([r + [pad_id] * (T - len(r)) for r in rows])
    real = ids != pad_id
    inputs, labels = corrupt(ids, real & (ids != cls_id) & (ids != sep_id))
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=booleans-for-numbers
# en: The attention mask holds booleans: which type is asked for?
# ko: 어텐션 마스크가 참과 거짓입니다. 어떤 형이어야 하나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *t[: max_len - 2], sep_id] for t in texts]
    T = max(map(len, rows))
    ids = torch.tensor([r + [pad_id] * (T - len(r)) for r in rows])
    real = ids != pad_id
    inputs, labels = corrupt(ids, real & (ids != cls_id) & (ids != sep_id))
    return {"input_ids": inputs, "attention_mask": real, "labels": labels}


# %% exercise=dynamic_collate name=special-tokens-unseen
# en: The attention mask is 0 at [CLS] and [SEP]: they are never chosen, but are they real, or padding?
# ko: 어텐션 마스크가 [CLS]와 [SEP]에서 0입니다. 이 둘은 고르지 않지만, 진짜인가요, 패딩인가요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *t[: max_len - 2], sep_id] for t in texts]
    T = max(len(r) for r in rows)
    ids = torch.tensor([r + [pad_id] * (T - len(r)) for r in rows])
    mask = torch.tensor([[1] * len(r) + [0] * (T - len(r)) for r in rows])
    can = (ids != cls_id) & (ids != sep_id) & (ids != pad_id)
    inputs, labels = corrupt(ids, can)
    return {"input_ids": inputs, "attention_mask": can.long(), "labels": labels}


# %% exercise=dynamic_collate name=all-ids-as-labels
# en: The labels are the true ids everywhere: which positions may be hidden in yours, and are the labels those that corrupt gave?
# ko: 레이블이 모든 자리의 원래 번호입니다. 어느 자리를 가려도 된다고 했나요? corrupt가 준 레이블을 돌려주나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *t[: max_len - 2], sep_id] for t in texts]
    T = max(len(r) for r in rows)
    ids = torch.tensor([r + [pad_id] * (T - len(r)) for r in rows])
    mask = torch.tensor([[1] * len(r) + [0] * (T - len(r)) for r in rows])
    can = (ids != cls_id) & (ids != sep_id) & (ids != pad_id)
    inputs, labels = corrupt(ids, can)
    return {"input_ids": inputs, "attention_mask": mask, "labels": ids}


# %% exercise=dynamic_collate name=filler-always-zero
# en: The filler is always 0: which id is that of padding?
# ko: 항상 0으로 채웁니다. 패딩의 번호는 무엇인가요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *t[: max_len - 2], sep_id] for t in texts]
    T = max(len(r) for r in rows)
    ids = torch.tensor([r + [0] * (T - len(r)) for r in rows])
    mask = torch.tensor([[1] * len(r) + [0] * (T - len(r)) for r in rows])
    can = (ids != cls_id) & (ids != sep_id) & (ids != pad_id)
    inputs, labels = corrupt(ids, can)
    return {"input_ids": inputs, "attention_mask": mask, "labels": labels}


# %% exercise=dynamic_collate name=filled-in-front
# en: The rows are flush right: at which end should the filler stand?
# ko: 줄이 오른쪽 끝에 맞춰져 있습니다. 패딩은 어느 쪽 끝인가요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *t[: max_len - 2], sep_id] for t in texts]
    T = max(len(r) for r in rows)
    ids = torch.tensor([[pad_id] * (T - len(r)) + r for r in rows])
    mask = torch.tensor([[0] * (T - len(r)) + [1] * len(r) for r in rows])
    can = (ids != cls_id) & (ids != sep_id) & (ids != pad_id)
    inputs, labels = corrupt(ids, can)
    return {"input_ids": inputs, "attention_mask": mask, "labels": labels}


# %% exercise=dynamic_collate name=cut-one-late
# en: A row is too long by one where the text has max_len - 1 tokens: from which length on does your code cut?
# ko: 글이 max_len - 1개의 토큰일 때 행이 하나 더 깁니다. 코드는 어떤 길이부터 자르나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *(text[: max_len - 2] if len(text) >= max_len else text), sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = ids != pad_id
    may = real & (ids != cls_id) & (ids != sep_id)
    inputs, labels = corrupt(ids, may)
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=labels-covered-again
# en: The labels are not those that corrupt gave: what do you do to them afterwards?
# ko: 레이블이 corrupt가 준 것이 아닙니다. 그 뒤에 레이블을 어떻게 바꾸나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[: max_len - 2], sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = ids != pad_id
    may = real & (ids != cls_id) & (ids != sep_id)
    inputs, labels = corrupt(ids, may)
    labels = labels.masked_fill(~may, IGNORE)
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=rows-sorted
# en: The rows stand in the order of their lengths: in which order did the texts come?
# ko: 행이 길이 순서로 놓여 있습니다. 글은 어떤 순서로 왔나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[: max_len - 2], sep_id] for text in texts]
    rows.sort(key=len)
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = ids != pad_id
    may = real & (ids != cls_id) & (ids != sep_id)
    inputs, labels = corrupt(ids, may)
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=zero-taken-for-filler
# en: Token 0 counts as padding, though pad_id is another: what do you compare the ids with?
# ko: pad_id가 다른 번호인데도 0번 토큰을 패딩으로 봅니다. 번호를 무엇과 비교하나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[: max_len - 2], sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = (ids != pad_id) & (ids != 0)
    may = real & (ids != cls_id) & (ids != sep_id)
    inputs, labels = corrupt(ids, may)
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate name=narrow-attention-mask
# en: The attention mask has another integer type: which one is asked for?
# ko: 어텐션 마스크의 정수형이 다릅니다. 어떤 형이어야 하나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[: max_len - 2], sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = ids != pad_id
    may = real & (ids != cls_id) & (ids != sep_id)
    inputs, labels = corrupt(ids, may)
    return {"input_ids": inputs, "attention_mask": real.int(), "labels": labels}


# %% exercise=dynamic_collate name=never-below-three
# en: With max_len 2 a row is longer than that: how many tokens of the text are left room for?
# ko: max_len이 2일 때 행이 그보다 깁니다. 글의 토큰에는 몇 자리가 남나요?
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [[cls_id, *text[: max(max_len - 2, 1)], sep_id] for text in texts]
    T = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (T - len(row)) for row in rows])
    real = ids != pad_id
    may = real & (ids != cls_id) & (ids != sep_id)
    inputs, labels = corrupt(ids, may)
    return {"input_ids": inputs, "attention_mask": real.long(), "labels": labels}


# %% exercise=dynamic_collate variant=row-by-row
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    lengths = [min(len(text), max_len - 2) + 2 for text in texts]
    shape = len(texts), max(lengths)
    ids, real = torch.full(shape, pad_id), torch.zeros(shape, dtype=torch.long)
    may = torch.zeros(shape, dtype=torch.bool)
    for b, (text, length) in enumerate(zip(texts, lengths)):
        ids[b, 0], ids[b, length - 1] = cls_id, sep_id
        ids[b, 1 : length - 1] = torch.tensor(text[: length - 2], dtype=torch.long)
        real[b, :length] = 1
        may[b, 1 : length - 1] = True
    inputs, labels = corrupt(ids, may)
    return dict(input_ids=inputs, attention_mask=real, labels=labels)


# %% exercise=dynamic_collate variant=pad-sequence
def dynamic_collate(texts, corrupt, pad_id, cls_id, sep_id, max_len):
    rows = [torch.tensor([cls_id] + text[: max_len - 2] + [sep_id]) for text in texts]
    ids = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=pad_id)
    lengths = torch.tensor([len(row) for row in rows])[:, None]
    places = torch.arange(ids.shape[1])
    inputs, labels = corrupt(ids, (places > 0) & (places < lengths - 1))
    return {
        "labels": labels,
        "input_ids": inputs,
        "attention_mask": (places < lengths).long(),
    }


# %% exercise=nsp_pairs name=label-upside-down
# en: True pairs and drawn pairs have each other's label: what does 0 mean in this task?
# ko: 참인 쌍과 뽑은 쌍의 레이블이 뒤바뀌었습니다. 이 과제에서 0은 무엇을 뜻하나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        others = [s for k, other in enumerate(documents) if k != place for s in other]
        for a, following in zip(document, document[1:]):
            drawn = coin() >= 0.5
            b = choose(others) if drawn else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, int(not drawn)))
    return pairs


# %% exercise=nsp_pairs name=segments-all-zero
# en: All segment ids are 0: how is the model to know where the second sentence begins?
# ko: 세그먼트 번호가 모두 0입니다. 두 번째 문장이 어디에서 시작하는지 모델이 어떻게 알 수 있을까요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        others = [s for k, other in enumerate(documents) if k != place for s in other]
        for a, following in zip(document, document[1:]):
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            ids = [cls_id, *a, sep_id, *b, sep_id]
            pairs.append((ids, [0] * len(ids), label))
    return pairs


# %% exercise=nsp_pairs name=first-separator-in-segment-one
# en: One number too few belongs to the first sentence: on which side is the separator between them?
# ko: 첫 문장에 속한 번호가 하나 모자랍니다. 두 문장 사이의 구분 토큰은 어느 쪽에 속하나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        others = [s for k, other in enumerate(documents) if k != place for s in other]
        for a, following in zip(document, document[1:]):
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            segments = [0] * (len(a) + 1) + [1] * (len(b) + 2)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=drawn-from-the-same-document
# en: A wrong second sentence can come from the same text: from where should it be drawn?
# ko: 잘못된 둘째 문장이 같은 글에서 나올 수 있습니다. 어디에서 뽑아야 할까요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    everything = [sentence for document in documents for sentence in document]
    for document in documents:
        for a, following in zip(document, document[1:]):
            label = int(coin() >= 0.5)
            b = choose(everything) if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=equal-documents-left-out
# en: Two texts that read the same were taken for one: how do you tell that a document is another?
# ko: 내용이 같은 두 글을 하나로 보았습니다. 다른 문서라는 것을 무엇으로 구별하나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for document in documents:
        others = [s for other in documents if other != document for s in other]
        for a, following in zip(document, document[1:]):
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=too-many-throws
# en: The coin is thrown more often than there are pairs: twice for one, or also for the last sentence of a text and the first of the next?
# ko: 쌍의 수보다 동전을 더 많이 던집니다. 한 쌍에 두 번 던지나요? 한 글의 마지막 문장과 다음 글의 첫 문장도 쌍으로 보았나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    flat = [(place, s) for place, document in enumerate(documents) for s in document]
    for (place, a), (_, following) in zip(flat, flat[1:]):
        others = [s for k, s in flat if k != place]
        label = int(coin() >= 0.5)
        b = choose(others) if label else following
        segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
        pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=one-throw-for-all
# en: Either all pairs are true or none is: how often is the coin thrown?
# ko: 모든 쌍이 참이거나 모두 거짓입니다. 동전을 몇 번 던지나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs, label = [], int(coin() >= 0.5)
    for place, document in enumerate(documents):
        others = [s for k, other in enumerate(documents) if k != place for s in other]
        for a, following in zip(document, document[1:]):
            b = choose(others) if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=drawn-for-every-pair
# en: A wrong sentence is drawn even where it is not used: what does that do to the dice?
# ko: 쓰지 않을 때에도 잘못된 문장을 뽑고 있습니다. 그러면 난수의 순서는 어떻게 될까요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        others = [s for k, other in enumerate(documents) if k != place for s in other]
        for a, following in zip(document, document[1:]):
            label, drawn = int(coin() >= 0.5), choose(others)
            b = drawn if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=no-last-separator
# en: One special token is missing: how does the model know where the second sentence ends?
# ko: 특수 토큰이 하나 빠졌습니다. 둘째 문장이 어디에서 끝나는지 모델이 어떻게 알 수 있을까요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        others = [s for k, other in enumerate(documents) if k != place for s in other]
        for a, following in zip(document, document[1:]):
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            segments = [0] * (len(a) + 2) + [1] * len(b)
            pairs.append(([cls_id, *a, sep_id, *b], segments, label))
    return pairs


# %% exercise=nsp_pairs name=other-documents-missing
# en: The list for choose lacks some of the other documents: which ones are "all others"?
# ko: choose에 주는 목록에 다른 문서 가운데 일부가 빠졌습니다. "다른 모든 문서"에는 무엇이 들어가나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        others = [s for other in documents[place + 1 :] or documents[:1] for s in other]
        for a, following in zip(document, document[1:]):
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=half-is-true
# en: A throw of exactly 0.5 makes a true pair here: is it below 0.5?
# ko: 꼭 0.5인 동전이 참인 쌍이 됩니다. 0.5보다 작은가요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for d, doc in enumerate(documents):
        others = [x for j, other in enumerate(documents) if j != d for x in other]
        for A, B in pairwise(doc):
            label = 0
            if coin() > 0.5:
                B, label = choose(others), 1
            ids = [cls_id, *A, sep_id, *B, sep_id]
            segments = [0] * (len(A) + 2) + [1] * (len(B) + 1)
            pairs.append((ids, segments, label))
    return pairs


# %% exercise=nsp_pairs name=coin-turned-round
# en: Pairs are drawn where they should be true, and the other way round: which throws make a true pair?
# ko: 참인 쌍이어야 할 때 뽑고, 뽑아야 할 때 참인 쌍을 만듭니다. 동전이 얼마일 때 참인 쌍인가요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for d, doc in enumerate(documents):
        others = [x for j, other in enumerate(documents) if j != d for x in other]
        for A, B in pairwise(doc):
            label = 0
            if coin() < 0.5:
                B, label = choose(others), 1
            ids = [cls_id, *A, sep_id, *B, sep_id]
            segments = [0] * (len(A) + 2) + [1] * (len(B) + 1)
            pairs.append((ids, segments, label))
    return pairs


# %% exercise=nsp_pairs name=one-throw-a-document
# en: All pairs of a document have one fate: how often is the coin thrown?
# ko: 한 문서의 쌍이 모두 같은 운명입니다. 동전은 몇 번 던지나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for d, doc in enumerate(documents):
        others = [x for j, other in enumerate(documents) if j != d for x in other]
        c = coin()
        for A, B in pairwise(doc):
            label = 0
            if c >= 0.5:
                B, label = choose(others), 1
            ids = [cls_id, *A, sep_id, *B, sep_id]
            segments = [0] * (len(A) + 2) + [1] * (len(B) + 1)
            pairs.append((ids, segments, label))
    return pairs


# %% exercise=nsp_pairs name=first-sentence-drawn
# en: A drawn sentence stands first: which of the two is replaced?
# ko: 뽑은 문장이 앞에 있습니다. 둘 가운데 어느 것이 바뀌나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for d, doc in enumerate(documents):
        others = [x for j, other in enumerate(documents) if j != d for x in other]
        for A, B in pairwise(doc):
            label = 0
            if coin() >= 0.5:
                A, label = choose(others), 1
            ids = [cls_id, *A, sep_id, *B, sep_id]
            segments = [0] * (len(A) + 2) + [1] * (len(B) + 1)
            pairs.append((ids, segments, label))
    return pairs


# %% exercise=nsp_pairs name=drawn-from-home
# en: False pairs are drawn from the document itself: from where should they come?
# ko: 거짓 쌍을 같은 문서에서 뽑았습니다. 어디에서 뽑아야 하나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for d, doc in enumerate(documents):
        others = doc
        for A, B in pairwise(doc):
            label = 0
            if coin() >= 0.5:
                B, label = choose(others), 1
            ids = [cls_id, *A, sep_id, *B, sep_id]
            segments = [0] * (len(A) + 2) + [1] * (len(B) + 1)
            pairs.append((ids, segments, label))
    return pairs


# %% exercise=nsp_pairs name=every-second-pair
# en: Pairs are missing in the longer documents: may a sentence be B in one pair and A in the next?
# ko: 긴 문서에서 빠진 쌍이 있습니다. 한 문장이 한 쌍에서는 B, 다음 쌍에서는 A일 수 있나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for d, doc in enumerate(documents):
        others = [x for j, other in enumerate(documents) if j != d for x in other]
        for A, B in zip(doc[::2], doc[1::2]):
            label = 0
            if coin() >= 0.5:
                B, label = choose(others), 1
            ids = [cls_id, *A, sep_id, *B, sep_id]
            segments = [0] * (len(A) + 2) + [1] * (len(B) + 1)
            pairs.append((ids, segments, label))
    return pairs


# %% exercise=nsp_pairs name=next-of-the-first-equal
# en: A sentence that stands twice in a document gets the same next one both times: do you look for it by its words or by its place?
# ko: 한 문서에 두 번 나오는 문장이 두 번 다 같은 다음 문장을 받습니다. 문장을 내용으로 찾나요, 자리로 찾나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        elsewhere = documents[:place] + documents[place + 1 :]
        others = [sentence for other in elsewhere for sentence in other]
        for a in document[:-1]:
            following = document[document.index(a) + 1]
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=label-by-comparison
# en: A drawn sentence that reads like the next one has label 0: what decides the label, the throw or the words?
# ko: 뽑은 문장이 다음 문장과 같으면 레이블이 0입니다. 레이블은 동전이 정하나요, 내용이 정하나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        elsewhere = documents[:place] + documents[place + 1 :]
        others = [sentence for other in elsewhere for sentence in other]
        for a, following in pairwise(document):
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            label = int(b != following)
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=those-behind-first
# en: choose gets the documents behind this one first, then those before it: in which order should they come?
# ko: choose에 이 문서 뒤의 문서들을 먼저 주고 앞의 것들을 나중에 줍니다. 어떤 순서여야 하나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        elsewhere = documents[place + 1 :] + documents[:place]
        others = [sentence for other in elsewhere for sentence in other]
        for a, following in pairwise(document):
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=repeats-handed-over-once
# en: Sentences that occur twice elsewhere are handed to choose only once: what merges them?
# ko: 다른 곳에 두 번 나오는 문장을 choose에 한 번만 줍니다. 어디에서 합쳐지나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        elsewhere = documents[:place] + documents[place + 1 :]
        others = [sentence for other in elsewhere for sentence in other]
        others = [s for n, s in enumerate(others) if s not in others[:n]]
        for a, following in pairwise(document):
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=own-words-taken-out
# en: Sentences of other documents are left out where they read like one of this document: do words or places say what is elsewhere?
# ko: 다른 문서의 문장이 이 문서의 문장과 같으면 빠집니다. 다른 곳이라는 것을 내용으로 정하나요, 자리로 정하나요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        elsewhere = documents[:place] + documents[place + 1 :]
        others = [sentence for other in elsewhere for sentence in other if sentence not in document]
        for a, following in pairwise(document):
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs name=equal-neighbours-skipped
# en: Two equal sentences in a row make no pair: is the second one not the next of the first?
# ko: 같은 문장이 잇달아 나오면 쌍을 만들지 않습니다. 둘째 문장은 첫 문장의 다음 문장이 아닌가요?
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    pairs = []
    for place, document in enumerate(documents):
        elsewhere = documents[:place] + documents[place + 1 :]
        others = [sentence for other in elsewhere for sentence in other]
        for a, following in pairwise(document):
            if a == following:
                continue
            label = int(coin() >= 0.5)
            b = choose(others) if label else following
            segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
            pairs.append(([cls_id, *a, sep_id, *b, sep_id], segments, label))
    return pairs


# %% exercise=nsp_pairs variant=by-index
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    found = []
    for d in range(len(documents)):
        for s in range(len(documents[d]) - 1):
            first, second, label = documents[d][s], documents[d][s + 1], 0
            if not coin() < 0.5:
                pool = []
                for k in range(len(documents)):
                    if k != d:
                        pool.extend(documents[k])
                second, label = choose(pool), 1
            left = [cls_id] + list(first) + [sep_id]
            right = list(second) + [sep_id]
            found.append((left + right, [0 for _ in left] + [1 for _ in right], label))
    return found


# %% exercise=nsp_pairs variant=pairwise
def nsp_pairs(documents, coin, choose, cls_id, sep_id):
    import itertools

    def pair(a, following, others):
        label = 0 if coin() < 0.5 else 1
        b = [following, None][label] or choose(others)
        ids = [cls_id, *a, sep_id, *b, sep_id]
        cut = ids.index(sep_id) + 1
        return ids, [int(place >= cut) for place in range(len(ids))], label

    return [
        pair(a, b, sum(documents[:d] + documents[d + 1 :], []))
        for d in range(len(documents))
        for a, b in itertools.pairwise(documents[d])
    ]


# %% exercise=bert_embed name=no-layer-norm
# en: The sum is right, but it is not the end: what is done to each vector before the first layer?
# ko: 합은 맞지만 아직 끝이 아닙니다. 첫 층에 들어가기 전에 벡터마다 무엇을 하나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    return E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]


# %% exercise=bert_embed name=no-segments
# en: Both sentences of a pair get the same vectors: which of the three tables was left out?
# ko: 쌍의 두 문장이 같은 벡터를 받습니다. 세 표 중 어느 것이 빠졌나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]]
    return F.layer_norm(x, gain.shape, gain, bias, EPS)


# %% exercise=bert_embed name=no-positions
# en: The order of the words makes no difference now: which of the three tables was left out?
# ko: 단어의 순서를 바꾸어도 차이가 없습니다. 세 표 중 어느 것이 빠졌나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_segment[segments]
    return F.layer_norm(x, gain.shape, gain, bias, EPS)


# %% exercise=bert_embed name=position-from-one
# en: Every place is one too far: which row of the table belongs to the first token?
# ko: 모든 위치가 하나씩 밀렸습니다. 첫 토큰은 위치 표의 몇 번째 행을 쓰나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    places = torch.arange(1, ids.shape[1] + 1) % len(E_position)
    x = E_word[ids] + E_position[places] + E_segment[segments]
    return F.layer_norm(x, gain.shape, gain, bias, EPS)


# %% exercise=bert_embed name=position-of-the-row
# en: All tokens of a text stand at one place: along which axis do you count?
# ko: 한 글의 모든 토큰이 같은 위치에 있습니다. 어느 축을 따라 세고 있나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[0], None] + E_segment[segments]
    return F.layer_norm(x, gain.shape, gain, bias, EPS)


# %% exercise=bert_embed name=position-from-the-token
# en: The same word always stands at the same place: what should the table of places be asked with?
# ko: 같은 단어는 언제나 같은 위치를 받습니다. 위치 표에서는 무엇으로 찾아야 할까요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[ids] + E_segment[segments]
    return F.layer_norm(x, gain.shape, gain, bias, EPS)


# %% exercise=bert_embed name=epsilon-of-torch
# en: Only tiny vectors come out wrong: which small number stands under the root, and how small?
# ko: 아주 작은 벡터에서만 틀립니다. 제곱근 안에 더하는 작은 수는 얼마인가요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    return F.layer_norm(x, gain.shape, gain, bias)


# %% exercise=bert_embed name=norm-before-the-sum
# en: The words were normalised alone: what does the LayerNorm get to see?
# ko: 단어 벡터만 따로 정규화했습니다. LayerNorm은 무엇을 받아야 할까요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = F.layer_norm(E_word[ids], gain.shape, gain, bias, EPS)
    return x + E_position[: ids.shape[1]] + E_segment[segments]


# %% exercise=bert_embed name=norm-over-the-text
# en: One mean was taken over a whole text: over which numbers does LayerNorm run?
# ko: 글 전체에서 평균 하나를 구했습니다. LayerNorm은 어떤 수들에 걸쳐 계산하나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    return F.layer_norm(x, x.shape[1:], eps=EPS) * gain + bias


# %% exercise=bert_embed name=gain-left-out
# en: The vectors are normalised, but two of the arguments have no effect: which ones?
# ko: 정규화는 되었지만 두 인자가 아무 영향도 주지 않습니다. 어느 것일까요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    return F.layer_norm(x, gain.shape, eps=EPS)


# %% exercise=bert_embed name=variance-by-one-less
# en: The vectors are a little too short: by what is the sum of squares divided?
# ko: 벡터가 조금 짧습니다. 제곱의 합을 무엇으로 나누나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    x = (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True) + EPS).sqrt()
    return x * gain + bias


# %% exercise=bert_embed name=along-the-text
# en: The norm runs over the places of the text: over which numbers does a LayerNorm go?
# ko: 글의 자리들에 걸쳐 정규화했습니다. LayerNorm은 어떤 수들의 평균을 내나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    return (x - x.mean(1, keepdim=True)) / torch.sqrt(x.var(1, keepdim=True, unbiased=False) + EPS) * gain + bias


# %% exercise=bert_embed name=words-scaled
# en: The words weigh more than places and segments: is one of the three multiplied?
# ko: 단어가 위치와 세그먼트보다 큽니다. 셋 가운데 하나에 무엇을 곱했나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] * E_word.shape[1] ** 0.5 + E_position[: ids.shape[1]] + E_segment[segments]
    return F.layer_norm(x, x.shape[-1:], gain, bias, EPS)


# %% exercise=bert_embed name=never-normalised
# en: Gain and bias are there, but what do they scale and shift?
# ko: gain과 bias는 있습니다. 그런데 무엇을 늘리고 옮기나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    return x * gain + bias


# %% exercise=bert_embed name=eps-outside-the-root
# en: Only tiny vectors come out wrong, as if EPS did nothing: is it added to the variance, before the root?
# ko: 아주 작은 벡터만 틀리고, EPS가 없는 것과 같습니다. 제곱근을 하기 전에 분산에 더했나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    return (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True, unbiased=False) + EPS) * gain + bias


# %% exercise=bert_embed name=words-cut-off
# en: The vectors are right, but the table of words learns nothing: what cuts it off?
# ko: 벡터는 맞지만 단어 표가 배우지 못합니다. 무엇이 표를 잘라 냈나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word.detach()[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    return F.layer_norm(x, x.shape[-1:], gain, bias, EPS)


# %% exercise=bert_embed name=tables-frozen
# en: No gradient reaches any of the three tables: do you look rows up in the tables themselves, or in frozen copies?
# ko: 세 표 어디에도 기울기가 가지 않습니다. 표 자체에서 행을 찾나요, 고정된 사본에서 찾나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    word, place, segment = map(nn.Embedding.from_pretrained, (E_word, E_position, E_segment))
    x = word(ids) + place(torch.arange(ids.shape[1])) + segment(segments)
    return F.layer_norm(x, gain.shape, gain, bias, EPS)


# %% exercise=bert_embed name=norm-cut-off
# en: The tables learn, but gain and bias do not: what cuts the two off?
# ko: 표는 배우지만 gain과 bias는 배우지 않습니다. 무엇이 둘을 끊나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    return F.layer_norm(x, gain.shape, gain.detach(), bias.detach(), EPS)


# %% exercise=bert_embed name=token-zero-without-a-vector
# en: The word vector of token 0 is left out: is it a token like the others here?
# ko: 0번 토큰의 단어 벡터가 빠졌습니다. 여기에서는 다른 토큰과 같은 토큰이 아닌가요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] * (ids > 0).unsqueeze(-1) + E_position[: ids.shape[1]] + E_segment[segments]
    return F.layer_norm(x, gain.shape, gain, bias, EPS)


# %% exercise=bert_embed name=token-zero-does-not-learn
# en: One row of the table of words, that of token 0, gets no gradient: what makes it a special row?
# ko: 단어 표에서 0번 토큰의 행만 기울기를 받지 못합니다. 무엇이 그 행을 특별하게 만드나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = F.embedding(ids, E_word, padding_idx=0) + E_position[: ids.shape[1]] + E_segment[segments]
    return F.layer_norm(x, gain.shape, gain, bias, EPS)


# %% exercise=bert_embed name=always-float32
# en: The vectors are float32, whatever the dtype of the tables: where does it come in?
# ko: 표의 dtype이 무엇이든 벡터가 float32입니다. 어디에서 바뀌나요?
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    x = E_word[ids] + E_position[: ids.shape[1]] + E_segment[segments]
    return F.layer_norm(x.float(), gain.shape, gain.float(), bias.float(), EPS)


# %% exercise=bert_embed variant=by-hand
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    places = torch.arange(ids.shape[1]).expand_as(ids)
    x = F.embedding(ids, E_word) + F.embedding(places, E_position)
    x = x + F.embedding(segments, E_segment)
    centred = x - x.mean(dim=-1, keepdim=True)
    return gain * centred / torch.sqrt((centred**2).mean(dim=-1, keepdim=True) + 1e-12) + bias


# %% exercise=bert_embed variant=one-hot
def bert_embed(ids, segments, E_word, E_position, E_segment, gain, bias):
    def rows(index, table):
        return F.one_hot(index, len(table)).to(table.dtype) @ table

    x = rows(ids, E_word) + rows(segments, E_segment)
    x = torch.stack([x[:, t] + E_position[t] for t in range(x.shape[1])], dim=1)
    return F.layer_norm(x, x.shape[-1:], gain, bias, eps=EPS)


# %% exercise=mlm_loss name=mean-over-all-positions
# en: The loss is too small: how many positions have to be guessed, and by how many do you divide?
# ko: 손실이 너무 작습니다. 맞혀야 할 위치는 몇 개이고, 무엇으로 나누고 있나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.layer_norm(F.gelu(h[chosen] @ W + b), gain.shape, gain, bias, EPS)
    return F.cross_entropy(u @ E.T + b_out, labels[chosen], reduction="sum") / labels.numel()


# %% exercise=mlm_loss name=sum-of-losses
# en: The loss grows with the batch: should it be a sum or a mean?
# ko: 배치가 커질수록 손실도 커집니다. 합이어야 할까요, 평균이어야 할까요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.layer_norm(F.gelu(h[chosen] @ W + b), gain.shape, gain, bias, EPS)
    return F.cross_entropy(u @ E.T + b_out, labels[chosen], reduction="sum")


# %% exercise=mlm_loss name=nan-for-nothing
# en: A batch without a single gap gives NaN: what is the mean of no numbers?
# ko: 가려진 곳이 하나도 없는 배치에서 NaN이 나옵니다. 수가 하나도 없을 때 평균은 무엇일까요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.layer_norm(F.gelu(h[chosen] @ W + b), gain.shape, gain, bias, EPS)
    return F.cross_entropy(u @ E.T + b_out, labels[chosen])


# %% exercise=mlm_loss name=zero-is-no-token
# en: Token 0 is never asked for: which label says that a position does not count?
# ko: 0번 토큰은 한 번도 묻지 않습니다. 세지 않는 위치를 나타내는 레이블은 무엇인가요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels > 0
    u = F.layer_norm(F.gelu(h[chosen] @ W + b), gain.shape, gain, bias, EPS)
    total = F.cross_entropy(u @ E.T + b_out, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=head-layer-left-out
# en: The vectors are compared with the word table at once: what stands between the two?
# ko: 벡터를 바로 단어 표와 비교했습니다. 그 사이에는 무엇이 있나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    logits = h[chosen] @ E.T + b_out
    total = F.cross_entropy(logits, labels[chosen], reduction="sum")
    return total / max(len(logits), 1)


# %% exercise=mlm_loss name=no-gelu
# en: Two linear layers in a row are one: what stands between the product and the norm?
# ko: 선형층 둘을 이어 붙이면 하나와 같습니다. 곱과 정규화 사이에 무엇이 있어야 하나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.layer_norm(h[chosen] @ W + b, gain.shape, gain, bias, EPS)
    total = F.cross_entropy(u @ E.T + b_out, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=relu-for-gelu
# en: Everything below zero is cut off between the product and the norm: which function does the docstring name?
# ko: 곱과 정규화 사이에서 0보다 작은 값이 모두 잘렸습니다. 설명에는 어떤 함수가 나오나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.layer_norm(F.relu(h[chosen] @ W + b), gain.shape, gain, bias, EPS)
    total = F.cross_entropy(u @ E.T + b_out, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=transposed-weight
# en: The weight is used the wrong way round: in this course, which axis of it is the input?
# ko: 가중치의 방향이 뒤바뀌었습니다. 이 강의에서 입력은 가중치의 어느 축인가요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.layer_norm(F.gelu(F.linear(h[chosen], W, b)), gain.shape, gain, bias, EPS)
    total = F.cross_entropy(u @ E.T + b_out, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=no-output-bias
# en: Frequent words have no head start: which of the arguments is not used?
# ko: 자주 나오는 단어가 앞서 나가지 못합니다. 쓰지 않은 인자는 어느 것인가요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.layer_norm(F.gelu(h[chosen] @ W + b), gain.shape, gain, bias, EPS)
    total = F.cross_entropy(u @ E.T, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=mean-of-row-means
# en: A text with one gap counts as much as one with ten: over what is the mean taken?
# ko: 빈칸이 하나인 글과 열 개인 글이 똑같이 세어집니다. 무엇에 대한 평균인가요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    u = F.layer_norm(F.gelu(h @ W + b), gain.shape, gain, bias, EPS)
    logits = u @ E.T + b_out
    means = [
        F.cross_entropy(logits[n], labels[n])
        for n in range(len(labels))
        if (labels[n] != IGNORE).any()
    ]
    return torch.stack(means).mean() if means else logits.sum() * 0


# %% exercise=mlm_loss name=epsilon-of-torch
# en: Only a small layer comes out wrong: which small number stands under the root of the norm?
# ko: 값이 작은 층에서만 틀립니다. 정규화의 제곱근 안에 더하는 작은 수는 얼마인가요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.layer_norm(F.gelu(h[chosen] @ W + b), gain.shape, gain, bias)
    total = F.cross_entropy(u @ E.T + b_out, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=table-cut-off-from-learning
# en: The word table learns nothing from the guesses: what does tied mean for its gradient?
# ko: 단어 표가 예측에서 아무것도 배우지 못합니다. 가중치를 묶는다는 것은 기울기에 무엇을 뜻하나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.layer_norm(F.gelu(h[chosen] @ W + b), gain.shape, gain, bias, EPS)
    total = F.cross_entropy(u @ E.detach().T + b_out, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=norm-before-gelu
# en: The norm and the gelu have traded places: which one is outside?
# ko: 정규화와 gelu의 자리가 바뀌었습니다. 바깥은 어느 것인가요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    if not chosen.any():
        return h.sum() * 0
    u = F.gelu(F.layer_norm(h[chosen] @ W + b, W.shape[1:], gain, bias, EPS))
    return F.cross_entropy(u @ E.T + b_out, labels[chosen])


# %% exercise=mlm_loss name=tanh-for-gelu
# en: Between the product and the norm stands a tanh: which function does the docstring name?
# ko: 곱과 정규화 사이에 tanh가 있습니다. 설명에는 어떤 함수가 나오나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    if not chosen.any():
        return h.sum() * 0
    u = F.layer_norm(torch.tanh(h[chosen] @ W + b), W.shape[1:], gain, bias, EPS)
    return F.cross_entropy(u @ E.T + b_out, labels[chosen])


# %% exercise=mlm_loss name=unchosen-guess-token-zero
# en: Positions that nobody chose are asked for token 0: which ones take part in the mean?
# ko: 고르지 않은 자리에도 토큰 0을 물었습니다. 평균에는 어느 자리가 들어가나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    u = F.layer_norm(F.gelu(h @ W + b), W.shape[1:], gain, bias, EPS)
    return F.cross_entropy((u @ E.T + b_out).flatten(0, 1), labels.clamp(min=0).flatten())


# %% exercise=mlm_loss name=probabilities-in-the-loss
# en: The cross-entropy takes logits: has a softmax been there already?
# ko: 교차 엔트로피는 로짓을 받습니다. 그 전에 소프트맥스를 거쳤나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    if not chosen.any():
        return h.sum() * 0
    u = F.layer_norm(F.gelu(h[chosen] @ W + b), W.shape[1:], gain, bias, EPS)
    return F.cross_entropy((u @ E.T + b_out).softmax(-1), labels[chosen])


# %% exercise=mlm_loss name=gelu-approximated
# en: The loss is off by very little: is your gelu the exact one?
# ko: 손실이 아주 조금 다릅니다. 쓰는 gelu가 정확한 것인가요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.gelu(h[chosen] @ W + b, approximate="tanh")
    u = F.layer_norm(u, gain.shape, gain, bias, EPS)
    logits = u @ E.T + b_out
    total = F.cross_entropy(logits, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=another-dtype-for-nothing
# en: Where nothing was chosen the 0 has another dtype than h: from what is it made?
# ko: 고른 것이 없을 때 0의 dtype이 h와 다릅니다. 그 0은 무엇으로 만드나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    if not chosen.any():
        return torch.zeros((), requires_grad=True)
    u = F.gelu(h[chosen] @ W + b)
    u = F.layer_norm(u, gain.shape, gain, bias, EPS)
    logits = u @ E.T + b_out
    total = F.cross_entropy(logits, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=zeros-taken-for-nothing
# en: A batch whose true tokens are all 0 is taken for one without gaps: how do you find out whether anything was chosen?
# ko: 정답 토큰이 모두 0번인 배치를 빈칸이 없는 것으로 봅니다. 고른 것이 있는지 무엇으로 알아보나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    if not labels[chosen].any():
        return h.sum() * 0
    u = F.gelu(h[chosen] @ W + b)
    u = F.layer_norm(u, gain.shape, gain, bias, EPS)
    logits = u @ E.T + b_out
    total = F.cross_entropy(logits, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=norm-without-its-bias
# en: The norm is scaled but not shifted: which of the arguments has no effect?
# ko: 정규화한 뒤 늘리기만 하고 옮기지 않았습니다. 어떤 인자가 아무 영향도 주지 않나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.gelu(h[chosen] @ W + b)
    u = F.layer_norm(u, gain.shape, gain, None, EPS)
    logits = u @ E.T + b_out
    total = F.cross_entropy(logits, labels[chosen], reduction="sum")
    return total / max(len(u), 1)


# %% exercise=mlm_loss name=always-float32
# en: The loss is float32, whatever the dtype of h: where does it come in?
# ko: h의 dtype이 무엇이든 손실이 float32입니다. 어디에서 바뀌나요?
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    chosen = labels != IGNORE
    u = F.gelu(h[chosen] @ W + b)
    u = F.layer_norm(u, gain.shape, gain, bias, EPS)
    logits = u @ E.T + b_out
    total = F.cross_entropy(logits, labels[chosen], reduction="sum")
    return (total / max(len(u), 1)).float()


# %% exercise=mlm_loss variant=all-positions-ignored
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    u = F.layer_norm(F.gelu(h @ W + b), gain.shape, gain, bias, EPS)
    logits = u @ E.T + b_out
    if (labels == IGNORE).all():
        return logits.sum() * 0
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORE)


# %% exercise=mlm_loss variant=log-softmax
def mlm_loss(h, labels, E, W, b, gain, bias, b_out):
    keep = (labels != -100).to(h.dtype)
    x = h @ W + b
    x = 0.5 * x * (1 + torch.erf(x / 2**0.5))
    x = (x - x.mean(-1, keepdim=True)) * (x.var(-1, correction=0, keepdim=True) + 1e-12).rsqrt()
    log_p = ((x * gain + bias) @ E.T + b_out).log_softmax(-1)
    picked = log_p.gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return -(picked * keep).sum() / keep.sum().clamp(min=1)


# %% exercise=classifier_head name=padding-in-the-mean
# en: Filler pulls the summary of short texts: over which positions is the mean taken?
# ko: 패딩이 짧은 글의 요약을 끌어당깁니다. 어떤 위치들의 평균인가요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    s = h[:, 0] if pool == "cls" else h.mean(1)
    return (s @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=sum-over-the-width
# en: The sum is over real positions, the divisor is not: by how many should it be divided?
# ko: 합은 진짜 위치에 대한 것이지만 나누는 수는 아닙니다. 몇으로 나누어야 할까요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    real = mask.unsqueeze(-1).to(h.dtype)
    s = h[:, 0] if pool == "cls" else (h * real).mean(1)
    return (s @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=sum-for-mean
# en: Long texts shout: is the summary a sum or a mean?
# ko: 긴 글일수록 값이 커집니다. 요약은 합인가요, 평균인가요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    real = mask.unsqueeze(-1).to(h.dtype)
    s = h[:, 0] if pool == "cls" else (h * real).sum(1)
    return (s @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=last-position
# en: The summary is taken from the end of the row: where does the token for it stand?
# ko: 행의 끝에서 요약을 가져왔습니다. 요약을 위한 토큰은 어디에 있나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    real = mask.unsqueeze(-1).to(h.dtype)
    s = h[:, -1] if pool == "cls" else (h * real).sum(1) / real.sum(1)
    return (s @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=always-the-first
# en: Both ways of summing up give the same: where does your code read the last argument?
# ko: 두 가지 요약 방법이 같은 결과를 냅니다. 마지막 인자를 코드의 어디에서 읽나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    return (h[:, 0] @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=always-the-mean
# en: The first position has no special part in it, whatever is asked for: what does "cls" mean?
# ko: 무엇을 요청해도 첫 위치가 특별하지 않습니다. "cls"는 무엇을 뜻하나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    real = mask.unsqueeze(-1).to(h.dtype)
    return ((h * real).sum(1) / real.sum(1) @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=no-tanh
# en: Two products in a row are one: what bends the line between them?
# ko: 곱셈 둘을 이어 붙이면 하나와 같습니다. 그 사이에서 직선을 굽히는 것은 무엇인가요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    real = mask.unsqueeze(-1).to(h.dtype)
    s = h[:, 0] if pool == "cls" else (h * real).sum(1) / real.sum(1)
    return (s @ W_pool + b_pool) @ W + b


# %% exercise=classifier_head name=tanh-at-the-end
# en: No logit can leave the range from -1 to 1: after which of the two layers does the tanh stand?
# ko: 로짓이 -1과 1 사이를 벗어나지 못합니다. tanh는 두 층 중 어느 것 뒤에 있나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    real = mask.unsqueeze(-1).to(h.dtype)
    s = h[:, 0] if pool == "cls" else (h * real).sum(1) / real.sum(1)
    return ((s @ W_pool + b_pool) @ W + b).tanh()


# %% exercise=classifier_head name=probabilities-returned
# en: The rows add up to 1: does the loss want probabilities or logits?
# ko: 각 행의 합이 1입니다. 손실 함수는 확률과 로짓 중 무엇을 받나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    real = mask.unsqueeze(-1).to(h.dtype)
    s = h[:, 0] if pool == "cls" else (h * real).sum(1) / real.sum(1)
    return ((s @ W_pool + b_pool).tanh() @ W + b).softmax(-1)


# %% exercise=classifier_head name=divided-by-the-longest
# en: Every sum is divided by the length of the longest text: how many real positions has each row?
# ko: 모든 합을 가장 긴 글의 길이로 나눕니다. 각 행의 실제 위치는 몇 개인가요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    if pool == "cls":
        s = h[:, 0]
    else:
        s = (h * mask.unsqueeze(-1)).sum(1) / mask.sum(1).max()
    return torch.tanh(s @ W_pool + b_pool) @ W + b


# %% exercise=classifier_head name=pooler-bias-outside
# en: b_pool is added behind the tanh: where does the formula have it?
# ko: b_pool을 tanh 뒤에 더합니다. 식에서는 어디에 있나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    if pool == "cls":
        s = h[:, 0]
    else:
        s = (h * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
    return (torch.tanh(s @ W_pool) + b_pool) @ W + b


# %% exercise=classifier_head name=divided-by-the-batch
# en: The sum of one text is divided by the tokens of all: how many has this text?
# ko: 한 글의 합을 모든 글의 토큰 수로 나누었습니다. 이 글에는 몇 개인가요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    if pool == "cls":
        s = h[:, 0]
    else:
        m = mask[:, :, None].to(h.dtype)
        s = (h * m).sum(1) / m.sum()
    return torch.tanh(s @ W_pool + b_pool) @ W + b


# %% exercise=classifier_head name=tanh-too-early
# en: The tanh bends the summary itself: before or after the product with W_pool should it stand?
# ko: tanh가 요약 벡터 자체에 씌워졌습니다. W_pool을 곱하기 전과 후 가운데 언제 씌워야 하나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    if pool == "cls":
        s = h[:, 0]
    else:
        m = mask[:, :, None].to(h.dtype)
        s = (h * m).sum(1) / m.sum(1)
    return (torch.tanh(s) @ W_pool + b_pool) @ W + b


# %% exercise=classifier_head name=start-left-out
# en: The first position is missing from the mean: is [CLS] a real one?
# ko: 평균에 첫 자리가 빠졌습니다. [CLS]는 진짜 자리인가요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    if pool == "cls":
        s = h[:, 0]
    else:
        mask = mask.clone()
        mask[:, 0] = False
        m = mask[:, :, None].to(h.dtype)
        s = (h * m).sum(1) / m.sum(1)
    return torch.tanh(s @ W_pool + b_pool) @ W + b


# %% exercise=classifier_head name=mean-after-the-pooler
# en: The tanh is applied to each position and the mean comes after: which comes first?
# ko: 자리마다 tanh를 씌운 다음 평균을 냈습니다. 무엇이 먼저인가요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    if pool == "cls":
        s = h[:, 0]
    else:
        m = mask[:, :, None].to(h.dtype)
        return (torch.tanh(h @ W_pool + b_pool) * m).sum(1) / m.sum(1) @ W + b
    return torch.tanh(s @ W_pool + b_pool) @ W + b


# %% exercise=classifier_head name=mean-by-default
# en: Nobody asked for the mean: which summary is taken then?
# ko: 평균을 달라고 하지 않았습니다. 그때는 어떤 요약을 쓰나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="mean"):
    if pool == "cls":
        s = h[:, 0]
    else:
        m = mask[:, :, None].to(h.dtype)
        s = (h * m).sum(1) / m.sum(1)
    return torch.tanh(s @ W_pool + b_pool) @ W + b


# %% exercise=classifier_head name=first-ones-for-real-ones
# en: With padding in between the mean is taken over other positions: do you use how many are real, or which ones?
# ko: 패딩이 사이에 있으면 다른 자리의 평균을 냅니다. 진짜 자리의 개수를 쓰나요, 어느 자리인지를 쓰나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    s = h[:, 0]
    if pool == "mean":
        s = torch.stack([row[: int(n)].mean(0) for row, n in zip(h, mask.sum(1))])
    return (s @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=encoder-cut-off
# en: The logits are right, but no gradient reaches h: what cuts it off, and does the encoder not learn, too?
# ko: 로짓은 맞지만 h로 기울기가 가지 않습니다. 무엇이 끊나요? 인코더도 배워야 하지 않나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    h = h.detach()
    s = h[:, 0]
    if pool == "mean":
        real = mask.unsqueeze(-1).to(h.dtype)
        s = (h * real).sum(1) / real.sum(1)
    return (s @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=first-real-position
# en: For "cls" you take the first position that the mask calls real: which one is asked for?
# ko: "cls"일 때 마스크가 진짜라고 하는 첫 자리를 씁니다. 어느 자리를 써야 하나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    s = h[torch.arange(len(h)), mask.int().argmax(1)]
    if pool == "mean":
        real = mask.unsqueeze(-1).to(h.dtype)
        s = (h * real).sum(1) / real.sum(1)
    return (s @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=first-vector-cut-off
# en: The logits are right, but with "cls" no gradient reaches the first vectors: what cuts them off?
# ko: 로짓은 맞지만 "cls"일 때 첫 벡터로 기울기가 가지 않습니다. 무엇이 끊나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    s = h[:, 0].detach()
    if pool == "mean":
        real = mask.unsqueeze(-1).to(h.dtype)
        s = (h * real).sum(1) / real.sum(1)
    return (s @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head name=pooler-cut-off
# en: The logits are right, but the pooler learns nothing: what cuts W_pool and b_pool off?
# ko: 로짓은 맞지만 풀러가 아무것도 배우지 않습니다. 무엇이 W_pool과 b_pool을 끊나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    s = h[:, 0]
    if pool == "mean":
        real = mask.unsqueeze(-1).to(h.dtype)
        s = (h * real).sum(1) / real.sum(1)
    return (s @ W_pool.detach() + b_pool.detach()).tanh() @ W + b


# %% exercise=classifier_head name=tanh-of-overflows
# en: Logits are NaN where the vectors are large: can your tanh divide infinity by infinity?
# ko: 벡터가 크면 로짓이 NaN입니다. tanh에서 무한대를 무한대로 나눌 수 있나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    s = h[:, 0]
    if pool == "mean":
        real = mask.unsqueeze(-1).to(h.dtype)
        s = (h * real).sum(1) / real.sum(1)
    z = s @ W_pool + b_pool
    return (z.exp() - (-z).exp()) / (z.exp() + (-z).exp()) @ W + b


# %% exercise=classifier_head name=vectors-overwritten
# en: The encoder's vectors are other ones after the call: which line writes into h?
# ko: 호출한 뒤 인코더의 벡터가 달라졌습니다. 어느 줄이 h에 쓰나요?
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    s = h[:, 0]
    if pool == "mean":
        h[~mask] = 0
        s = h.sum(1) / mask.sum(1, keepdim=True)
    return (s @ W_pool + b_pool).tanh() @ W + b


# %% exercise=classifier_head variant=row-by-row
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    rows = []
    for vectors, real in zip(h, mask):
        s = vectors[0] if pool == "cls" else vectors[real].mean(dim=0)
        rows.append(torch.tanh(s @ W_pool + b_pool) @ W + b)
    return torch.stack(rows)


# %% exercise=classifier_head variant=einsum
def classifier_head(h, mask, W_pool, b_pool, W, b, pool="cls"):
    weights = mask.to(h.dtype) if pool == "mean" else F.one_hot(torch.zeros(len(h)).long(), h.shape[1]).to(h.dtype)
    s = torch.einsum("bt,btd->bd", weights / weights.sum(1, keepdim=True), h)
    return F.linear(torch.tanh(F.linear(s, W_pool.T, b_pool)), W.T, b)


# %% exercise=param_groups name=decay-for-all
# en: Biases are pulled to zero too: which parameters are left in peace?
# ko: 편향까지 0으로 끌어당기고 있습니다. 어떤 파라미터는 그대로 두어야 하나요?
def param_groups(model, lr, weight_decay, layer_decay):
    names = [name.split(".") for name, _ in model.named_parameters()]
    L = 1 + max(int(parts[3]) for parts in names if parts[2:3] == ["layer"])
    groups = []
    for name, p in model.named_parameters():
        parts = name.split(".")
        below = L - int(parts[3]) if parts[2:3] == ["layer"] else (L + 1) * (parts[1:2] == ["embeddings"])
        if p.requires_grad:
            groups.append({"params": [p], "lr": lr * layer_decay**below, "weight_decay": weight_decay})
    return groups


# %% exercise=param_groups name=layer-norm-decays
# en: The weights of the LayerNorms get a weight decay: by which part of the name do you find them?
# ko: LayerNorm의 weight에도 가중치 감쇠가 걸립니다. 이름의 어느 부분으로 찾고 있나요?
def param_groups(model, lr, weight_decay, layer_decay):
    names = [name.split(".") for name, _ in model.named_parameters()]
    L = 1 + max(int(parts[3]) for parts in names if parts[2:3] == ["layer"])
    groups = []
    for name, p in model.named_parameters():
        parts = name.split(".")
        below = L - int(parts[3]) if parts[2:3] == ["layer"] else (L + 1) * (parts[1:2] == ["embeddings"])
        wd = 0.0 if parts[-1] == "bias" else weight_decay
        if p.requires_grad:
            groups.append({"params": [p], "lr": lr * layer_decay**below, "weight_decay": wd})
    return groups


# %% exercise=param_groups name=bottom-learns-fastest
# en: The rates run the wrong way: which layer should change least, the first or the last?
# ko: 학습률의 순서가 거꾸로입니다. 가장 적게 바뀌어야 하는 층은 첫 층일까요, 마지막 층일까요?
def param_groups(model, lr, weight_decay, layer_decay):
    names = [name.split(".") for name, _ in model.named_parameters()]
    L = 1 + max(int(parts[3]) for parts in names if parts[2:3] == ["layer"])
    groups = []
    for name, p in model.named_parameters():
        parts = name.split(".")
        below = 1 + int(parts[3]) if parts[2:3] == ["layer"] else (L + 1) * (parts[1:2] == ["embeddings"])
        wd = 0.0 if parts[-1] == "bias" or "LayerNorm" in name else weight_decay
        if p.requires_grad:
            groups.append({"params": [p], "lr": lr * layer_decay**below, "weight_decay": wd})
    return groups


# %% exercise=param_groups name=top-layer-as-the-head
# en: All layers are one step too fast: is your L the number of layers, and how many steps below the head is the top one?
# ko: 모든 층이 한 단계씩 빠릅니다. L이 층의 수가 맞나요? 맨 위 층은 헤드에서 몇 단계 아래인가요?
def param_groups(model, lr, weight_decay, layer_decay):
    names = [name.split(".") for name, _ in model.named_parameters()]
    L = 1 + max(int(parts[3]) for parts in names if parts[2:3] == ["layer"])
    groups = []
    for name, p in model.named_parameters():
        parts = name.split(".")
        below = L - 1 - int(parts[3]) if parts[2:3] == ["layer"] else L * (parts[1:2] == ["embeddings"])
        wd = 0.0 if parts[-1] == "bias" or "LayerNorm" in name else weight_decay
        if p.requires_grad:
            groups.append({"params": [p], "lr": lr * layer_decay**below, "weight_decay": wd})
    return groups


# %% exercise=param_groups name=embeddings-as-the-head
# en: The embeddings learn as fast as the new head: by which name do you find them, and how far below it are they?
# ko: 임베딩이 새 헤드만큼 빨리 배웁니다. 어떤 이름으로 찾고 있고, 헤드에서 얼마나 아래에 있나요?
def param_groups(model, lr, weight_decay, layer_decay):
    names = [name.split(".") for name, _ in model.named_parameters()]
    L = 1 + max(int(parts[3]) for parts in names if parts[2:3] == ["layer"])
    groups = []
    for name, p in model.named_parameters():
        parts = name.split(".")
        below = L - int(parts[3]) if parts[2:3] == ["layer"] else 0
        wd = 0.0 if parts[-1] == "bias" or "LayerNorm" in name else weight_decay
        if p.requires_grad:
            groups.append({"params": [p], "lr": lr * layer_decay**below, "weight_decay": wd})
    return groups


# %% exercise=param_groups name=embeddings-as-layer-zero
# en: The table of words learns as fast as the layer above it: is it one step further down?
# ko: 단어 표가 바로 위의 층과 같은 속도로 배웁니다. 한 단계 더 아래에 있지 않나요?
def param_groups(model, lr, weight_decay, layer_decay):
    names = [name.split(".") for name, _ in model.named_parameters()]
    L = 1 + max(int(parts[3]) for parts in names if parts[2:3] == ["layer"])
    groups = []
    for name, p in model.named_parameters():
        parts = name.split(".")
        below = L - int(parts[3]) if parts[2:3] == ["layer"] else L * (parts[1:2] == ["embeddings"])
        wd = 0.0 if parts[-1] == "bias" or "LayerNorm" in name else weight_decay
        if p.requires_grad:
            groups.append({"params": [p], "lr": lr * layer_decay**below, "weight_decay": wd})
    return groups


# %% exercise=param_groups name=frozen-ones-included
# en: A frozen parameter stands in a group: what would weight decay do to it?
# ko: 얼려 둔 파라미터가 그룹에 들어 있습니다. 어떤 속성을 보아야 할까요?
def param_groups(model, lr, weight_decay, layer_decay):
    names = [name.split(".") for name, _ in model.named_parameters()]
    L = 1 + max(int(parts[3]) for parts in names if parts[2:3] == ["layer"])
    groups = []
    for name, p in model.named_parameters():
        parts = name.split(".")
        below = L - int(parts[3]) if parts[2:3] == ["layer"] else (L + 1) * (parts[1:2] == ["embeddings"])
        wd = 0.0 if parts[-1] == "bias" or "LayerNorm" in name else weight_decay
        groups.append({"params": [p], "lr": lr * layer_decay**below, "weight_decay": wd})
    return groups


# %% exercise=param_groups name=one-digit-of-the-number
# en: With twelve layers some learn at the wrong rate: how many digits does the number in a name have?
# ko: 층이 열두 개일 때 일부 학습률이 틀립니다. 이름 속 번호는 몇 자리인가요?
def param_groups(model, lr, weight_decay, layer_decay):
    def number(name):
        return int(name.split(".layer.")[1][0])

    L = 1 + max(number(n) for n, _ in model.named_parameters() if ".layer." in n)
    groups = []
    for name, p in model.named_parameters():
        below = L - number(name) if ".layer." in name else (L + 1) * (".embeddings." in name)
        wd = 0.0 if name.endswith("bias") or "LayerNorm" in name else weight_decay
        if p.requires_grad:
            groups.append({"params": [p], "lr": lr * layer_decay**below, "weight_decay": wd})
    return groups


# %% exercise=param_groups name=pooler-in-the-encoder
# en: One new layer of the head learns too slowly: what belongs to the head beside the classifier?
# ko: 헤드의 새 층 하나가 너무 느리게 배웁니다. 분류기 말고 무엇이 헤드에 속하나요?
def param_groups(model, lr, weight_decay, layer_decay):
    names = [name.split(".") for name, _ in model.named_parameters()]
    L = 1 + max(int(parts[3]) for parts in names if parts[2:3] == ["layer"])
    groups = []
    for name, p in model.named_parameters():
        parts = name.split(".")
        below = L - int(parts[3]) if parts[2:3] == ["layer"] else 0
        below = L + 1 if parts[1:2] == ["embeddings"] else 1 if parts[1:2] == ["pooler"] else below
        wd = 0.0 if parts[-1] == "bias" or "LayerNorm" in name else weight_decay
        if p.requires_grad:
            groups.append({"params": [p], "lr": lr * layer_decay**below, "weight_decay": wd})
    return groups


# %% exercise=param_groups name=frozen-layers-not-counted
# en: L counts the trained layers alone: what becomes of the rates when the top layers are frozen?
# ko: L이 학습되는 층만 셉니다. 위쪽 층들이 얼어 있으면 학습률이 어떻게 되나요?
def param_groups(model, lr, weight_decay, layer_decay):
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    def layer(name):
        return int(name.split(".")[3]) if name.startswith("bert.encoder.layer.") else None
    L = 1 + max([layer(n) for n, _ in named if layer(n) is not None], default=0)
    out = []
    for name, p in named:
        k = layer(name)
        steps = L - k if k is not None else L + 1 if name.startswith("bert.embeddings.") else 0
        wd = 0.0 if name.endswith("bias") or "LayerNorm" in name else weight_decay
        out.append({"params": [p], "lr": lr * layer_decay**steps, "weight_decay": wd})
    return out


# %% exercise=param_groups name=two-layers-supposed
# en: With two layers all is right: how do you learn how many there are?
# ko: 층이 둘일 때는 맞습니다. 층이 몇 개인지 어떻게 알 수 있나요?
def param_groups(model, lr, weight_decay, layer_decay):
    named = [(n, p) for n, p in model.named_parameters()]
    L = 2
    groups = []
    for n, p in named:
        if not p.requires_grad:
            continue
        if n.startswith("bert.embeddings."):
            rate = lr * layer_decay ** (L + 1)
        elif n.startswith("bert.encoder.layer."):
            rate = lr * layer_decay ** (L - int(n.split(".")[3]))
        else:
            rate = lr
        decay = 0.0 if n.endswith("bias") or "LayerNorm" in n else weight_decay
        groups.append({"params": [p], "lr": rate, "weight_decay": decay})
    return groups


# %% exercise=param_groups name=pooler-below
# en: The pooler learns as slowly as the embeddings: on which side of the layers does it stand?
# ko: 풀러가 임베딩만큼 느리게 배웁니다. 층들의 어느 쪽에 있나요?
def param_groups(model, lr, weight_decay, layer_decay):
    named = [(n, p) for n, p in model.named_parameters()]
    L = 1 + max(int(n.split(".")[3]) for n, _ in named if n.startswith("bert.encoder.layer."))
    groups = []
    for n, p in named:
        if not p.requires_grad:
            continue
        if n.startswith("bert.") and "layer" not in n:
            rate = lr * layer_decay ** (L + 1)
        elif n.startswith("bert.encoder.layer."):
            rate = lr * layer_decay ** (L - int(n.split(".")[3]))
        else:
            rate = lr
        decay = 0.0 if n.endswith("bias") or "LayerNorm" in n else weight_decay
        groups.append({"params": [p], "lr": rate, "weight_decay": decay})
    return groups


# %% exercise=param_groups name=decay-by-depth
# en: The weight decay shrinks with the depth, too: what is layer_decay for?
# ko: 가중치 감쇠도 깊이에 따라 줄어듭니다. layer_decay는 무엇에 쓰나요?
def param_groups(model, lr, weight_decay, layer_decay):
    named = [(n, p) for n, p in model.named_parameters()]
    L = 1 + max(int(n.split(".")[3]) for n, _ in named if n.startswith("bert.encoder.layer."))
    groups = []
    for n, p in named:
        if not p.requires_grad:
            continue
        if n.startswith("bert.embeddings."):
            rate = lr * layer_decay ** (L + 1)
        elif n.startswith("bert.encoder.layer."):
            rate = lr * layer_decay ** (L - int(n.split(".")[3]))
        else:
            rate = lr
        decay = 0.0 if n.endswith("bias") or "LayerNorm" in n else weight_decay * rate / lr
        groups.append({"params": [p], "lr": rate, "weight_decay": decay})
    return groups


# %% exercise=param_groups name=decay-turned-round
# en: Just those decay that should not: who gets a weight decay of 0?
# ko: 감쇠하지 말아야 할 것만 감쇠합니다. 누가 0을 받나요?
def param_groups(model, lr, weight_decay, layer_decay):
    named = [(n, p) for n, p in model.named_parameters()]
    L = 1 + max(int(n.split(".")[3]) for n, _ in named if n.startswith("bert.encoder.layer."))
    groups = []
    for n, p in named:
        if not p.requires_grad:
            continue
        if n.startswith("bert.embeddings."):
            rate = lr * layer_decay ** (L + 1)
        elif n.startswith("bert.encoder.layer."):
            rate = lr * layer_decay ** (L - int(n.split(".")[3]))
        else:
            rate = lr
        decay = weight_decay if n.endswith("bias") or "LayerNorm" in n else 0.0
        groups.append({"params": [p], "lr": rate, "weight_decay": decay})
    return groups


# %% exercise=param_groups name=linear-in-depth
# en: Layers further down learn faster here: is the number of steps a factor or an exponent?
# ko: 아래에 있는 층일수록 더 빨리 배웁니다. 단계의 수는 곱하는 수인가요, 지수인가요?
def param_groups(model, lr, weight_decay, layer_decay):
    named = [(n, p) for n, p in model.named_parameters()]
    L = 1 + max(int(n.split(".")[3]) for n, _ in named if n.startswith("bert.encoder.layer."))
    groups = []
    for n, p in named:
        if not p.requires_grad:
            continue
        if n.startswith("bert.embeddings."):
            rate = lr * layer_decay ** (L + 1)
        elif n.startswith("bert.encoder.layer."):
            rate = lr * layer_decay * (L - int(n.split(".")[3]))
        else:
            rate = lr
        decay = 0.0 if n.endswith("bias") or "LayerNorm" in n else weight_decay
        groups.append({"params": [p], "lr": rate, "weight_decay": decay})
    return groups


# %% exercise=param_groups name=numbers-of-the-head
# en: Parts of a head with numbers in their names learn as if they were layers of the encoder: which names does your search for a number look at?
# ko: 이름에 숫자가 있는 헤드의 부분을 인코더의 층처럼 다룹니다. 숫자를 찾을 때 어떤 이름을 보나요?
def param_groups(model, lr, weight_decay, layer_decay):
    import re

    named = [(n, p, re.search(r"\.(\d+)\.", n)) for n, p in model.named_parameters()]
    L = 1 + max(int(number[1]) for n, _, number in named if n.startswith("bert.encoder.layer."))
    groups = []
    for n, p, number in named:
        if not p.requires_grad:
            continue
        rate = lr
        if number:
            rate = lr * layer_decay ** (L - int(number[1]))
        elif n.startswith("bert.embeddings."):
            rate = lr * layer_decay ** (L + 1)
        decay = 0.0 if n.endswith("bias") or "LayerNorm" in n else weight_decay
        groups.append({"params": [p], "lr": rate, "weight_decay": decay})
    return groups


# %% exercise=param_groups name=tied-twice
# en: One parameter that has two names stands in two groups: how often should it be listed?
# ko: 이름이 둘인 파라미터 하나가 두 그룹에 들어 있습니다. 몇 번 넣어야 하나요?
def param_groups(model, lr, weight_decay, layer_decay):
    def layer_of(name):
        return int(name.removeprefix(encoder).split(".")[0])

    encoder = "bert.encoder.layer."
    names = [name for name, _ in model.named_parameters()]
    L = 1 + max(layer_of(name) for name in names if name.startswith(encoder))
    groups = []
    for name, parameter in model.named_parameters(remove_duplicate=False):
        below = L - layer_of(name) if name.startswith(encoder) else 0
        if name.startswith("bert.embeddings."):
            below = L + 1
        plain = name.endswith("bias") or "LayerNorm" in name
        if parameter.requires_grad:
            rates = {"lr": lr * layer_decay**below, "weight_decay": 0.0 if plain else weight_decay}
            groups.append({"params": [parameter], **rates})
    return groups


# %% exercise=param_groups name=bias-anywhere
# en: A parameter with "bias" in the middle of its name gets no decay: where in the name should it stand?
# ko: 이름 가운데에 "bias"가 있는 파라미터에 감쇠가 걸리지 않습니다. 이름의 어디에 있어야 하나요?
def param_groups(model, lr, weight_decay, layer_decay):
    def layer_of(name):
        return int(name.removeprefix(encoder).split(".")[0])

    encoder = "bert.encoder.layer."
    names = [name for name, _ in model.named_parameters()]
    L = 1 + max(layer_of(name) for name in names if name.startswith(encoder))
    groups = []
    for name, parameter in model.named_parameters():
        below = L - layer_of(name) if name.startswith(encoder) else 0
        if name.startswith("bert.embeddings."):
            below = L + 1
        plain = "bias" in name or "LayerNorm" in name
        if parameter.requires_grad:
            rates = {"lr": lr * layer_decay**below, "weight_decay": 0.0 if plain else weight_decay}
            groups.append({"params": [parameter], **rates})
    return groups


# %% exercise=param_groups name=norms-by-their-type
# en: A norm whose name holds no "LayerNorm" gets no decay: what does the docstring go by, the name or something else?
# ko: 이름에 "LayerNorm"이 없는 정규화 층에 감쇠가 걸리지 않습니다. docstring은 이름을 보나요, 다른 것을 보나요?
def param_groups(model, lr, weight_decay, layer_decay):
    def layer_of(name):
        return int(name.removeprefix(encoder).split(".")[0])

    encoder = "bert.encoder.layer."
    names = [name for name, _ in model.named_parameters()]
    L = 1 + max(layer_of(name) for name in names if name.startswith(encoder))
    groups = []
    for name, parameter in model.named_parameters():
        below = L - layer_of(name) if name.startswith(encoder) else 0
        if name.startswith("bert.embeddings."):
            below = L + 1
        plain = name.endswith("bias") or "LayerNorm" in name or "norm" in name
        if parameter.requires_grad:
            rates = {"lr": lr * layer_decay**below, "weight_decay": 0.0 if plain else weight_decay}
            groups.append({"params": [parameter], **rates})
    return groups


# %% exercise=param_groups name=layers-of-the-head
# en: A part of the head with "layer" in its name learns like a layer of the encoder: how do the names of those begin?
# ko: 이름에 "layer"가 있는 헤드의 부분을 인코더의 층처럼 다룹니다. 인코더 층의 이름은 어떻게 시작하나요?
def param_groups(model, lr, weight_decay, layer_decay):
    def layer_of(name):
        return int(name.split(".layer.")[1].split(".")[0])

    encoder = "bert.encoder.layer."
    names = [name for name, _ in model.named_parameters()]
    L = 1 + max(layer_of(name) for name in names if ".layer." in name)
    groups = []
    for name, parameter in model.named_parameters():
        below = L - layer_of(name) if ".layer." in name else 0
        if name.startswith("bert.embeddings."):
            below = L + 1
        plain = name.endswith("bias") or "LayerNorm" in name
        if parameter.requires_grad:
            rates = {"lr": lr * layer_decay**below, "weight_decay": 0.0 if plain else weight_decay}
            groups.append({"params": [parameter], **rates})
    return groups


# %% exercise=param_groups name=embeddings-of-the-head
# en: A part of the head with "embeddings" in its name learns slowest: how do the names of the encoder's begin?
# ko: 이름에 "embeddings"가 있는 헤드의 부분이 가장 느리게 배웁니다. 인코더 임베딩의 이름은 어떻게 시작하나요?
def param_groups(model, lr, weight_decay, layer_decay):
    def layer_of(name):
        return int(name.removeprefix(encoder).split(".")[0])

    encoder = "bert.encoder.layer."
    names = [name for name, _ in model.named_parameters()]
    L = 1 + max(layer_of(name) for name in names if name.startswith(encoder))
    groups = []
    for name, parameter in model.named_parameters():
        below = L - layer_of(name) if name.startswith(encoder) else 0
        if "embeddings" in name:
            below = L + 1
        plain = name.endswith("bias") or "LayerNorm" in name
        if parameter.requires_grad:
            rates = {"lr": lr * layer_decay**below, "weight_decay": 0.0 if plain else weight_decay}
            groups.append({"params": [parameter], **rates})
    return groups


# %% exercise=param_groups name=numbers-and-embeddings-of-the-head
# en: Parts of a head learn like layers or like embeddings, by what their names hold: how must a name begin for that?
# ko: 헤드의 부분을 이름에 든 것만 보고 층이나 임베딩처럼 다룹니다. 그러려면 이름이 어떻게 시작해야 하나요?
def param_groups(model, lr, weight_decay, layer_decay):
    def layer_of(name):
        return next((int(part) for part in name.split(".") if part.isdigit()), None)

    names = [name for name, _ in model.named_parameters()]
    L = 1 + max(layer_of(name) for name in names if name.startswith("bert.encoder"))
    groups = []
    for name, parameter in model.named_parameters():
        below = (L + 1) * ("embeddings" in name)
        if layer_of(name) is not None:
            below = L - layer_of(name)
        plain = name.endswith("bias") or "LayerNorm" in name
        if parameter.requires_grad:
            rates = {"lr": lr * layer_decay**below, "weight_decay": 0.0 if plain else weight_decay}
            groups.append({"params": [parameter], **rates})
    return groups


# %% exercise=param_groups name=bias-as-a-whole-part
# en: A parameter whose name ends in "bias" is decayed: must there be a dot in front of the word?
# ko: 이름이 "bias"로 끝나는 파라미터에 감쇠가 걸립니다. 그 단어 앞에 꼭 점이 있어야 하나요?
def param_groups(model, lr, weight_decay, layer_decay):
    def layer_of(name):
        return int(name.removeprefix(encoder).split(".")[0])

    encoder = "bert.encoder.layer."
    names = [name for name, _ in model.named_parameters()]
    L = 1 + max(layer_of(name) for name in names if name.startswith(encoder))
    groups = []
    for name, parameter in model.named_parameters():
        below = L - layer_of(name) if name.startswith(encoder) else 0
        if name.startswith("bert.embeddings."):
            below = L + 1
        plain = name.endswith(".bias") or "LayerNorm" in name
        if parameter.requires_grad:
            rates = {"lr": lr * layer_decay**below, "weight_decay": 0.0 if plain else weight_decay}
            groups.append({"params": [parameter], **rates})
    return groups



# %% exercise=param_groups name=layer-norm-as-a-whole-part
# en: A parameter whose name holds "LayerNorm" is decayed: what else may stand beside that word?
# ko: 이름에 "LayerNorm"이 든 파라미터에 감쇠가 걸립니다. 그 단어 곁에 다른 글자가 더 있어도 되나요?
def param_groups(model, lr, weight_decay, layer_decay):
    def layer_of(name):
        return int(name.removeprefix(encoder).split(".")[0])

    encoder = "bert.encoder.layer."
    names = [name for name, _ in model.named_parameters()]
    L = 1 + max(layer_of(name) for name in names if name.startswith(encoder))
    groups = []
    for name, parameter in model.named_parameters():
        below = L - layer_of(name) if name.startswith(encoder) else 0
        if name.startswith("bert.embeddings."):
            below = L + 1
        plain = name.endswith("bias") or "LayerNorm.weight" in name
        if parameter.requires_grad:
            rates = {"lr": lr * layer_decay**below, "weight_decay": 0.0 if plain else weight_decay}
            groups.append({"params": [parameter], **rates})
    return groups


# %% exercise=param_groups variant=grouped
def param_groups(model, lr, weight_decay, layer_decay):
    import re

    found = {}
    number = re.compile(r"bert\.encoder\.layer\.(\d+)\.")
    named = list(model.named_parameters())
    L = len({m[1] for name, _ in named if (m := number.match(name))})
    for name, parameter in named:
        if not parameter.requires_grad:
            continue
        match = number.match(name)
        rate = lr
        if match:
            rate = lr * layer_decay ** (L - int(match[1]))
        elif name.startswith("bert.embeddings"):
            rate = lr * layer_decay ** (L + 1)
        decay = 0 if name.endswith("bias") or "LayerNorm" in name else weight_decay
        found.setdefault((rate, decay), []).append(parameter)
    return [{"params": ps, "lr": rate, "weight_decay": wd} for (rate, wd), ps in found.items()]


# %% exercise=param_groups variant=by-module
def param_groups(model, lr, weight_decay, layer_decay):
    layers = list(model.bert.encoder.layer) if hasattr(model.bert, "encoder") else list(model.bert["encoder"]["layer"])
    embeddings = model.bert["embeddings"] if isinstance(model.bert, nn.ModuleDict) else model.bert.embeddings
    rates = {}
    for below, layer in enumerate(reversed(layers), start=1):
        rates |= {id(p): lr * layer_decay**below for p in layer.parameters()}
    rates |= {id(p): lr * layer_decay ** (len(layers) + 1) for p in embeddings.parameters()}
    return [
        {
            "params": [p],
            "lr": rates.get(id(p), lr),
            "weight_decay": 0.0 if name.endswith("bias") or "LayerNorm" in name else weight_decay,
        }
        for name, p in model.named_parameters()
        if p.requires_grad
    ]


# %% exercise=evaluate name=precision-for-f1
# en: A class is not blamed for what it missed: which of the three counts is left out?
# ko: 놓친 것에 대한 책임을 묻지 않고 있습니다. 세 개의 수 중 어느 것이 빠졌나요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        both = ((predicted == c) & (targets == c)).sum().item()
        said = (predicted == c).sum().item()
        f1.append(both / said if said else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=recall-for-f1
# en: A class that is called all the time gets a full score: which of the three counts is left out?
# ko: 아무 때나 부르는 클래스가 만점을 받습니다. 세 개의 수 중 어느 것이 빠졌나요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        both = ((predicted == c) & (targets == c)).sum().item()
        true = (targets == c).sum().item()
        f1.append(both / true if true else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=weighted-by-size
# en: Large classes count for more in the mean: with what weight should each class enter it?
# ko: 큰 클래스가 평균에 더 많이 들어갑니다. 각 클래스의 가중치는 어떠해야 할까요?
def evaluate(predicted, targets, n_classes):
    f1, weights = [], []
    for c in range(n_classes):
        said, true = predicted == c, targets == c
        total = said.sum().item() + true.sum().item()
        f1.append(2 * (said & true).sum().item() / total if total else 0.0)
        weights.append(true.float().mean().item())
    accuracy = (predicted == targets).float().mean().item()
    macro = sum(w * f for w, f in zip(weights, f1))
    return {"accuracy": accuracy, "f1": f1, "macro_f1": macro}


# %% exercise=evaluate name=mean-over-present-classes
# en: A class that never comes was left out of the mean: over how many classes does it run?
# ko: 한 번도 나오지 않은 클래스를 평균에서 뺐습니다. 몇 개의 클래스에 대한 평균인가요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        said, true = predicted == c, targets == c
        total = said.sum().item() + true.sum().item()
        f1.append(2 * (said & true).sum().item() / total if total else 0.0)
    there = [f1[c] for c in set(targets.tolist()) | set(predicted.tolist())]
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(there) / len(there)}


# %% exercise=evaluate name=accuracy-for-macro
# en: Two of the answers are always equal: is the mean over classes the same as over examples?
# ko: 두 개의 답이 언제나 같습니다. 클래스에 대한 평균과 예제에 대한 평균이 같은 것일까요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        said, true = predicted == c, targets == c
        total = said.sum().item() + true.sum().item()
        f1.append(2 * (said & true).sum().item() / total if total else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": accuracy}


# %% exercise=evaluate name=division-by-zero
# en: A class that never comes has zero of zero: what does the text say that this should be?
# ko: 한 번도 나오지 않은 클래스는 0/0이 됩니다. 본문에서는 그 값을 무엇으로 정했나요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        said, true = predicted == c, targets == c
        total = said.sum().item() + true.sum().item()
        f1.append(2 * (said & true).sum().item() / total)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=no-factor-of-two
# en: Even a perfect class gets one half: read the numerator of the formula once more.
# ko: 완벽한 클래스도 절반밖에 받지 못합니다. 식의 분자를 다시 읽어 보세요.
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        said, true = predicted == c, targets == c
        total = said.sum().item() + true.sum().item()
        f1.append((said & true).sum().item() / total if total else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=one-for-an-empty-class
# en: A class that never comes is called perfect: what does the text say that 0/0 should be?
# ko: 한 번도 나오지 않은 클래스가 만점을 받았습니다. 본문에서는 0/0을 무엇으로 정했나요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        said, true = predicted == c, targets == c
        total = said.sum().item() + true.sum().item()
        f1.append(2 * (said & true).sum().item() / total if total else 1.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=classes-of-the-targets
# en: The macro mean leaves out classes that are not among the targets: over how many classes does it run?
# ko: 매크로 평균에서 정답에 없는 클래스가 빠졌습니다. 몇 개의 클래스에 대한 평균인가요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        tp = ((predicted == c) & (targets == c)).sum().item()
        fp = ((predicted == c) & (targets != c)).sum().item()
        fn = ((predicted != c) & (targets == c)).sum().item()
        d = 2 * tp + fp + fn
        f1.append(2 * tp / d if d else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1[c] for c in set(targets.tolist())) / len(set(targets.tolist()))}


# %% exercise=evaluate name=twos-left-out
# en: Your F1 is TP / (TP + FP + FN), which is another measure: what counts twice in the formula of F1?
# ko: F1이 TP / (TP + FP + FN)이 되어 다른 척도가 되었습니다. F1의 식에서는 무엇을 두 번 세나요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        tp = ((predicted == c) & (targets == c)).sum().item()
        fp = ((predicted == c) & (targets != c)).sum().item()
        fn = ((predicted != c) & (targets == c)).sum().item()
        d = tp + fp + fn
        f1.append(tp / d if d else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=plain-mean-of-both
# en: Precision and recall are added and halved: which mean is F1?
# ko: 정밀도와 재현율을 더해 반으로 나누었습니다. F1은 어떤 평균인가요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        tp = ((predicted == c) & (targets == c)).sum().item()
        fp = ((predicted == c) & (targets != c)).sum().item()
        fn = ((predicted != c) & (targets == c)).sum().item()
        d = 2 * tp + fp + fn
        p = tp / (tp + fp) if tp + fp else 0.0
        r = tp / (tp + fn) if tp + fn else 0.0
        f1.append((p + r) / 2)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=mean-before-f1
# en: The macro F1 is made of mean precision and mean recall: of what should it be the mean?
# ko: 평균 정밀도와 평균 재현율로 매크로 F1을 만들었습니다. 무엇의 평균이어야 하나요?
def evaluate(predicted, targets, n_classes):
    f1, P, R = [], [], []
    for c in range(n_classes):
        tp = ((predicted == c) & (targets == c)).sum().item()
        fp = ((predicted == c) & (targets != c)).sum().item()
        fn = ((predicted != c) & (targets == c)).sum().item()
        d = 2 * tp + fp + fn
        P.append(tp / (tp + fp) if tp + fp else 0.0)
        R.append(tp / (tp + fn) if tp + fn else 0.0)
        f1.append(2 * tp / d if d else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": 2 * sum(P) * sum(R) / (sum(P) + sum(R)) / n_classes if sum(P) else 0.0}


# %% exercise=evaluate name=agreement-counted
# en: Places where neither has the class count as hits: when is a positive a true one?
# ko: 둘 다 그 클래스가 아닌 곳도 맞은 것으로 셉니다. 참 양성은 언제인가요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        tp = ((predicted == c) == (targets == c)).sum().item()
        fp = ((predicted == c) & (targets != c)).sum().item()
        fn = ((predicted != c) & (targets == c)).sum().item()
        d = 2 * tp + fp + fn
        f1.append(2 * tp / d if d else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=classes-from-the-data
# en: The list f1 is too short: for how many classes is it asked, also if some never come?
# ko: f1 목록이 너무 짧습니다. 나오지 않는 클래스까지 모두 몇 개의 수가 있어야 하나요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(int(targets.max()) + 1):
        tp = ((predicted == c) & (targets == c)).sum().item()
        fp = ((predicted == c) & (targets != c)).sum().item()
        fn = ((predicted != c) & (targets == c)).sum().item()
        d = 2 * tp + fp + fn
        f1.append(2 * tp / d if d else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=accuracy-by-class
# en: In your accuracy every class that occurs counts the same, large or small: of what is it the share?
# ko: 정확도에서 나온 클래스가 크든 작든 똑같이 셉니다. 정확도는 무엇의 비율인가요?
def evaluate(predicted, targets, n_classes):
    f1, recalls = [], []
    for c in range(n_classes):
        tp = ((predicted == c) & (targets == c)).sum().item()
        said, true = (predicted == c).sum().item(), (targets == c).sum().item()
        f1.append(2 * tp / (said + true) if said + true else 0.0)
        if true:
            recalls.append(tp / true)
    accuracy = sum(recalls) / len(recalls)
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=zeros-at-the-end
# en: The numbers are right, but a class that never comes in between moves those behind it: which place has each class in the list?
# ko: 수는 맞지만 중간의 클래스가 나오지 않으면 뒤의 것들이 밀립니다. 목록에서 각 클래스의 자리는 어디인가요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in torch.cat([predicted, targets]).unique().tolist():
        said, true = predicted == c, targets == c
        f1.append(2 * (said & true).sum().item() / (said.sum() + true.sum()).item())
    f1 += [0.0] * (n_classes - len(f1))
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=no-mistakes-no-score
# en: A class without a single mistake gets 0: when is it 0/0, and of what does your code make it depend?
# ko: 실수가 하나도 없는 클래스가 0을 받습니다. 0/0은 언제인가요? 코드는 그것을 무엇으로 판단하나요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        said, true = predicted == c, targets == c
        both = (said & true).sum().item()
        total = said.sum().item() + true.sum().item()
        f1.append(2 * both / total if total > 2 * both else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": f1, "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate name=list-asked-for
# en: The numbers of the classes are right, but they are no list: what does the docstring promise for f1?
# ko: 클래스의 수는 맞지만 리스트가 아닙니다. docstring은 f1을 무엇이라고 하나요?
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        said, true = predicted == c, targets == c
        both = (said & true).sum().item()
        total = said.sum().item() + true.sum().item()
        f1.append(2 * both / total if total else 0.0)
    accuracy = (predicted == targets).float().mean().item()
    return {"accuracy": accuracy, "f1": torch.tensor(f1), "macro_f1": sum(f1) / n_classes}


# %% exercise=evaluate variant=confusion-matrix
def evaluate(predicted, targets, n_classes):
    table = torch.zeros(n_classes, n_classes, dtype=torch.float64)
    for said, true in zip(predicted.tolist(), targets.tolist()):
        table[true, said] += 1
    hits = table.diagonal()
    f1 = 2 * hits / (table.sum(0) + table.sum(1)).clamp(min=1)
    return {
        "accuracy": (hits.sum() / table.sum()).item(),
        "f1": f1.tolist(),
        "macro_f1": f1.mean().item(),
    }


# %% exercise=evaluate variant=precision-and-recall
def evaluate(predicted, targets, n_classes):
    f1 = []
    for c in range(n_classes):
        tp = sum(p == c == t for p, t in zip(predicted.tolist(), targets.tolist()))
        fp = sum(p == c != t for p, t in zip(predicted.tolist(), targets.tolist()))
        fn = sum(t == c != p for p, t in zip(predicted.tolist(), targets.tolist()))
        precision = tp / (tp + fp) if tp + fp else 0.0
        recall = tp / (tp + fn) if tp + fn else 0.0
        both = precision + recall
        f1.append(2 * precision * recall / both if both else 0.0)
    right = sum(p == t for p, t in zip(predicted.tolist(), targets.tolist()))
    return dict(accuracy=right / len(targets), f1=f1, macro_f1=float(np.mean(f1)))


# %% exercise=mlm_corrupt survivor=`fate < 0.8` -> `fate <= 0.8` in `inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)`
# why: Equivalent: where fate is 0.8 the next line writes the random token over the mask.


# %% exercise=param_groups survivor=`1` -> `-1` in `return int(name.split('.layer.')[1].split('.')[0])`
# why: Equivalent: a name holds `.layer.` once, so its second part is its last.
