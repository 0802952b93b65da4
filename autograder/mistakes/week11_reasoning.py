"""Known mistakes and correct variants of week 11: a judge, votes, groups, leashes and pushes.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# ------------------------------------------------------------------------------------ verify
# %% exercise=verify name=digit-anywhere
# en: The right digit somewhere in the text is not yet the right answer: where must it stand?
# ko: 맞는 숫자가 어딘가에 있다고 정답은 아닙니다. 어디에 있어야 하나요?
def verify(answer, right):
    return float(right in answer)


# %% exercise=verify name=end-of-the-text-only
# en: Whatever stands before the right digit and its full stop gets through: what may stand there, and what may not?
# ko: 맞는 숫자와 마침표 앞에는 무엇이 와도 통과합니다. 거기에 무엇이 와도 되고, 무엇이 오면 안 되나요?
def verify(answer, right):
    return float(answer.endswith(right + "."))


# %% exercise=verify name=form-without-the-digit
# en: The form is right; is the digit compared with the right one?
# ko: 형식은 맞습니다. 그런데 숫자를 정답과 비교하고 있나요?
def verify(answer, right):
    return float(re.fullmatch(r"(?:\{[0-9]*\})?[0-9]\.", answer) is not None)


# %% exercise=verify name=line-break-behind-it-passes
# en: A line break behind the full stop gets through: do you strip it, or does your pattern end in `$`, which also fits before a last line break?
# ko: 마침표 뒤에 줄바꿈이 있어도 통과합니다. 줄바꿈을 떼어 냈나요, 아니면 마지막 줄바꿈 앞에서도 맞는 `$`로 끝나나요?
def verify(answer, right):
    found = re.match(r"^(?:\{[0-9]*\})?([0-9])\.$", answer)
    return float(found is not None and found[1] == right)


# %% exercise=verify name=digits-of-any-script
# en: Digits of other scripts get through: `\d`, `isdecimal` and `int` know more than ten. Which digits does the docstring name?
# ko: 다른 문자의 숫자도 통과합니다. `\d`, `isdecimal`, `int`는 열 개보다 많은 숫자를 압니다. 설명에서 정한 숫자는 무엇인가요?
def verify(answer, right):
    found = re.fullmatch(r"(?:\{\d*\})?(\d)\.", answer)
    return float(found is not None and int(found[1]) == int(right))


# %% exercise=verify name=behind-the-last-brace
# en: Whatever stands before the last `}` gets through: what if there are two pairs of braces, or half of one?
# ko: 마지막 `}` 앞에는 무엇이 있어도 통과합니다. 괄호가 두 쌍이거나 반쪽뿐이면 어떻게 되나요?
def verify(answer, right):
    return float(answer.split("}")[-1] == right + ".")


# %% exercise=verify name=anything-in-the-braces
# en: What may stand in the braces? You let everything through.
# ko: 괄호 안에는 무엇이 올 수 있나요? 지금은 모두 통과합니다.
def verify(answer, right):
    found = re.fullmatch(r"(?:\{.*\})?([0-9])\.", answer)
    return float(found is not None and found[1] == right)


# %% exercise=verify name=empty-braces-refused
# en: Empty braces are refused, and they are allowed: where does yours ask for at least one digit in them?
# ko: 빈 괄호를 거부하고 있는데, 비어 있어도 됩니다. 어디에서 숫자를 하나 이상 요구하나요?
def verify(answer, right):
    found = re.fullmatch(r"(?:\{[0-9]+\})?([0-9])\.", answer)
    return float(found is not None and found[1] == right)


# %% exercise=verify name=raises-on-half-an-answer
# en: Yours raises an error where an answer is empty or has half a pair of braces: which line takes for granted that something stands there?
# ko: 답이 비어 있거나 괄호가 반쪽뿐이면 오류가 납니다. 무언가 있다고 믿고 읽는 줄은 어디인가요?
def verify(answer, right):
    rest = answer.split("}")[1] if answer[0] == "{" else answer
    thought = answer[1:].split("}")[0] if answer[0] == "{" else ""
    good = rest == right + "." and all(c in "0123456789" for c in thought)
    return float(good and answer.count("}") < 2)


# %% exercise=verify name=no-match-is-none
# en: What does `re` give back where nothing fits, and what can be read from that?
# ko: 맞지 않을 때 `re`는 무엇을 돌려주나요? 거기서 무엇을 읽을 수 있나요?
def verify(answer, right):
    return float(re.fullmatch(r"(?:\{[0-9]*\})?([0-9])\.", answer)[1] == right)


# %% exercise=verify name=any-character-for-the-full-stop
# en: Any character gets through in the place of the full stop: where do you look at it? (In a pattern a bare `.` fits all of them.)
# ko: 마침표 자리에 어떤 글자가 와도 통과합니다. 그 글자를 어디에서 확인하나요? (정규식에서 `.`만 쓰면 아무 글자와도 맞습니다.)
def verify(answer, right):
    found = re.fullmatch(r"(?:\{[0-9]*\})?([0-9]).", answer)
    return float(found is not None and found[1] == right)


# %% exercise=verify name=blanks-around-it-pass
# en: Blanks and line breaks around an answer get through: do you tidy it up first, or does your pattern let them stand?
# ko: 답 앞뒤의 공백과 줄바꿈이 통과합니다. 먼저 다듬었나요, 아니면 정규식이 허용하나요?
def verify(answer, right):
    found = re.fullmatch(r"(?:\{[0-9]*\})?([0-9])\.", answer.strip())
    return float(found is not None and found[1] == right)



# %% exercise=verify name=last-digit-anywhere
# en: The last digit is compared, but is the form of the whole text looked at?
# ko: 마지막 숫자만 비교합니다. 글 전체의 형식도 확인하나요?
def verify(answer, right):
    digits = re.findall(r"[0-9]", answer)
    return float(bool(digits) and digits[-1] == right)


# %% exercise=verify name=braces-demanded
# en: The braces MAY stand before the digit, and yours refuses an answer without them: where are they demanded?
# ko: 중괄호는 있어도 되고 없어도 되는데, 없는 답을 거부합니다. 어디에서 꼭 있어야 한다고 하나요?
def verify(answer, right):
    found = re.fullmatch(r"\{[0-9]*\}([0-9])\.", answer)
    return float(found is not None and found[1] == right)


# %% exercise=verify name=braces-refused
# en: A worked answer has braces before its digit: does yours let them stand?
# ko: 풀이가 있는 답은 숫자 앞에 중괄호가 있습니다. 그것도 인정하나요?
def verify(answer, right):
    return float(answer == right + ".")


# %% exercise=verify name=many-braces
# en: One pair of braces may stand there: how many do you let through?
# ko: 중괄호는 한 쌍만 허용됩니다. 몇 쌍까지 받아들이나요?
def verify(answer, right):
    found = re.fullmatch(r"(?:\{[0-9]*\})*([0-9])\.", answer)
    return float(found is not None and found[1] == right)


# %% exercise=verify name=other-digits-in-the-braces
# en: Digits of other scripts get through: `\d`, `isdecimal` and `int` know more than ten. Which digits does the docstring name?
# ko: 다른 문자의 숫자도 통과합니다. `\d`, `isdecimal`, `int`는 열 개보다 많은 숫자를 압니다. 설명에서 정한 숫자는 무엇인가요?
def verify(answer, right):
    found = re.fullmatch(r"(?:\{\d*\})?(\d)\.", answer)
    return float(found is not None and found[1] == right)


# %% exercise=verify name=lone-brace-in-front-passes
# en: A single closing brace in front gets through: does your code see that its opening one is missing?
# ko: 앞에 닫는 괄호 하나만 있어도 통과합니다. 여는 괄호가 없다는 것을 알아차리나요?
def verify(answer, right):
    thought, _, said = answer.rpartition("}")
    if said != right + ".":
        return 0.0
    return float(not thought or (thought[0] == "{" and all(c in "0123456789" for c in thought[1:])))


# %% exercise=verify name=thought-read-as-a-number
# en: What stands in the braces is read as a number: what does `int` say to thousands of digits, and to `1_0` or `-1`?
# ko: 괄호 안을 수로 읽고 있습니다. `int`는 수천 자리 숫자나 `1_0`, `-1`을 어떻게 다루나요?
def verify(answer, right):
    front = answer[:-2]
    if answer[-2:] != right + "." or not answer.isascii() or front != "".join(front.split()):
        return 0.0
    if front in ("", "{}"):
        return 1.0
    if front[0] != "{" or front[-1] != "}":
        return 0.0
    try:
        int(front[1:-1])
    except ValueError:
        return 0.0
    return 1.0


# %% exercise=verify name=long-thought-raises
# en: Thousands of digits in the braces raise an error: need they become a number?
# ko: 괄호 안에 숫자가 수천 개 있으면 오류가 납니다. 꼭 수로 바꿔야 하나요?
def verify(answer, right):
    form = re.fullmatch(r"(?:\{([0-9]*)\})?([0-9])\.", answer)
    return float(form is not None and int(form[1] or 0) >= 0 and form[2] == right)


# %% exercise=verify name=braces-in-any-order
# en: Both braces are there, and their order is not looked at: which of them opens?
# ko: 괄호가 둘 다 있는지만 보고 순서는 보지 않습니다. 여는 괄호는 어느 쪽인가요?
def verify(answer, right):
    front = answer[:-2]
    if answer[-2:] != right + ".":
        return 0.0
    ends = len(front) > 1 and front[0] in "{}" and front[-1] in "{}"
    return float(front == "" or (ends and all(c in "0123456789" for c in front[1:-1])))


# %% exercise=verify name=zero-is-never-right
# en: A right digit of 0 is refused: what is `bool(0)`?
# ko: 정답이 0이면 거부합니다. `bool(0)`은 무엇인가요?
def verify(answer, right):
    form = re.fullmatch(r"(?:\{[0-9]*\})?([0-9])\.", answer)
    digit = form and int(form[1])
    return float(bool(digit) and digit == int(right))


# %% exercise=verify variant=by-hand
def verify(answer, right):
    digits = set("0123456789")
    if answer.startswith("{"):
        thought, brace, answer = answer[1:].partition("}")
        if not brace or set(thought) - digits:
            return 0.0
    return 1.0 if answer == f"{right}." and right in digits else 0.0


# %% exercise=verify variant=pattern-with-the-digit
def verify(answer, right):
    return 1.0 if re.compile(r"(\{[0-9]*\}){0,1}" + right + r"\.\Z").match(answer) else 0.0


# ------------------------------------------------------------------------------------ majority_vote
# %% exercise=majority_vote name=none-has-a-vote
# en: An answer that could not be read has no vote: is None left out of the count?
# ko: 읽을 수 없는 답은 투표권이 없습니다. None을 빼고 세고 있나요?
def majority_vote(answers):
    return Counter(answers).most_common(1)[0][0] if answers else None


# %% exercise=majority_vote name=ties-to-the-largest
# en: Two answers have equally many votes: does size matter, or who came first?
# ko: 표가 같은 답이 둘입니다. 크기가 기준인가요, 먼저 나온 순서가 기준인가요?
def majority_vote(answers):
    votes = Counter(answer for answer in answers if answer is not None)
    return max(votes, key=lambda answer: (votes[answer], answer), default=None)


# %% exercise=majority_vote name=ties-to-the-smallest
# en: Of equals yours takes the smallest: does a sort, or `np.unique`, change the order in which they were seen?
# ko: 동점일 때 가장 작은 답을 고릅니다. 정렬이나 `np.unique`가 나온 순서를 바꾸지 않나요?
def majority_vote(answers):
    read = sorted(answer for answer in answers if answer is not None)
    return max(read, key=read.count, default=None)


# %% exercise=majority_vote name=ties-to-the-last
# en: Of equals yours takes the one seen last: which should win?
# ko: 동점일 때 마지막에 나온 답을 고르고 있습니다. 어느 것이 이겨야 하나요?
def majority_vote(answers):
    read = [answer for answer in answers if answer is not None]
    return max(reversed(read), key=read.count, default=None)


# %% exercise=majority_vote name=first-answer
# en: You give back the first answer that could be read: where do the counts decide?
# ko: 읽을 수 있는 첫 번째 답을 그대로 돌려주고 있습니다. 센 표는 어디에 쓰이나요?
def majority_vote(answers):
    return next((answer for answer in answers if answer is not None), None)


# %% exercise=majority_vote name=empty-text-is-no-vote
# en: An empty text is a text: only None has no vote.
# ko: 빈 문자열도 답입니다. 투표권이 없는 것은 None뿐입니다.
def majority_vote(answers):
    votes = Counter(answer for answer in answers if answer)
    return max(votes, key=votes.get, default=None)


# %% exercise=majority_vote name=no-votes-at-all
# en: What if nobody could be read? There is no most common one then.
# ko: 읽을 수 있는 답이 하나도 없으면 어떻게 되나요?
def majority_vote(answers):
    return Counter(answer for answer in answers if answer is not None).most_common(1)[0][0]


# %% exercise=majority_vote name=newcomer-takes-the-tie
# en: Of equals yours takes the one that turned up later: does a `>=`, or the end of a sorted list, prefer it?
# ko: 동점일 때 더 늦게 처음 나온 답을 고릅니다. `>=`나 정렬한 목록의 끝이 그 답을 앞세우지 않나요?
def majority_vote(answers):
    votes, best = Counter(answer for answer in answers if answer is not None), None
    for answer in votes:
        best = answer if best is None or votes[answer] >= votes[best] else best
    return best



# %% exercise=majority_vote name=answer-and-share
# en: The winner alone is asked for: week 09 also gave the share of the votes.
# ko: 이긴 답만 돌려줍니다. 득표율까지 주는 것은 9주차의 함수입니다.
def majority_vote(answers):
    votes = [answer for answer in answers if answer is not None]
    if not votes:
        return None
    top, count = Counter(votes).most_common(1)[0]
    return top, count / len(votes)


# %% exercise=majority_vote name=more-than-half-demanded
# en: The most frequent answer wins: does it need more than half of the votes?
# ko: 가장 많이 나온 답이 이깁니다. 절반을 넘어야 하나요?
def majority_vote(answers):
    votes = [answer for answer in answers if answer is not None]
    top, count = Counter(votes).most_common(1)[0] if votes else (None, 0)
    return top if 2 * count > len(votes) else None


# %% exercise=majority_vote name=first-to-reach-the-number
# en: Of equals yours takes the one that reached the number of votes first: which of them was seen first?
# ko: 동점일 때 그 표 수에 먼저 닿은 답을 고릅니다. 처음 나온 것은 어느 답인가요?
def majority_vote(answers):
    votes, best = Counter(), None
    for answer in answers:
        if answer is not None:
            votes[answer] += 1
            best = answer if best is None or votes[answer] > votes[best] else best
    return best


# %% exercise=majority_vote name=none-taken-out-of-the-argument
# en: You take None out of the list that you were given: it should stay as it is, and a tuple cannot be changed at all. Where could a list of your own begin?
# ko: 받은 목록에서 None을 지우고 있습니다. 그 목록은 그대로 두어야 하고, 튜플은 아예 고칠 수 없습니다. 새 목록은 어디서 만들면 될까요?
def majority_vote(answers):
    while None in answers:
        answers.remove(None)
    return Counter(answers).most_common(1)[0][0] if answers else None


# %% exercise=majority_vote name=tidied-up-first
# en: Texts that differ are counted as one: what do you do to them before you count?
# ko: 서로 다른 글을 하나로 셉니다. 세기 전에 글을 어떻게 바꾸나요?
def majority_vote(answers):
    votes = Counter(answer.strip().lower() for answer in answers if answer is not None)
    return max(votes, key=votes.__getitem__, default=None)


# %% exercise=majority_vote name=stripped-first
# en: Texts that differ are counted as one: what do you do to them before you count?
# ko: 서로 다른 글을 하나로 셉니다. 세기 전에 글을 어떻게 바꾸나요?
def majority_vote(answers):
    votes = Counter(answer.strip() for answer in answers if answer is not None)
    return max(votes, key=votes.__getitem__, default=None)


# %% exercise=majority_vote name=capitals-do-not-count
# en: Texts that differ are counted as one: what do you do to them before you count?
# ko: 서로 다른 글을 하나로 셉니다. 세기 전에 글을 어떻게 바꾸나요?
def majority_vote(answers):
    votes = Counter(answer.lower() for answer in answers if answer is not None)
    return max(votes, key=votes.__getitem__, default=None)


# %% exercise=majority_vote name=text-none-is-no-vote
# en: None and the text "None" are two things: what does `str` make of the first?
# ko: None과 글자 "None"은 다릅니다. `str`은 None을 무엇으로 바꾸나요?
def majority_vote(answers):
    votes = Counter(str(answer) for answer in answers)
    votes.pop("None", None)
    return max(votes, key=votes.__getitem__, default=None)


# %% exercise=majority_vote name=empty-winner-is-none
# en: The empty text can win: what does `or`, or a bare `if`, make of it?
# ko: 빈 글이 이길 수도 있습니다. `or`나 `if`는 빈 글을 어떻게 보나요?
def majority_vote(answers):
    votes = Counter(answer for answer in answers if answer is not None)
    return max(votes, key=votes.__getitem__, default=None) or None


# %% exercise=majority_vote variant=by-place
def majority_vote(answers):
    read = [answer for answer in answers if answer is not None]
    if not read:
        return None
    return max(read, key=lambda answer: (read.count(answer), -read.index(answer)))


# %% exercise=majority_vote variant=loop
def majority_vote(answers):
    best, most = None, 0
    for answer in answers:
        count = 0 if answer is None else list(answers).count(answer)
        if count > most:
            best, most = answer, count
    return best


# ------------------------------------------------------------------------------------ pass_at_k
# %% exercise=pass_at_k name=with-putting-back
# en: k of n are drawn without putting back: which formula counts choices?
# ko: n개 중 k개를 되돌려 놓지 않고 뽑습니다. 경우의 수를 세는 식은 무엇일까요?
def pass_at_k(n, c, k):
    return 1 - (1 - c / n) ** k


# %% exercise=pass_at_k name=k-is-ignored
# en: With k = 1 you are right: what changes when more are drawn?
# ko: k = 1이면 맞습니다. 더 많이 뽑으면 무엇이 달라지나요?
def pass_at_k(n, c, k):
    return c / n


# %% exercise=pass_at_k name=any-right-at-all
# en: Yours is 1 as soon as one of all n is right, else 0: does k count, and do you divide by `/` or by `//`?
# ko: n개 중 하나라도 정답이면 1, 아니면 0이 나옵니다. k를 쓰고 있나요? 나눗셈은 `/`인가요, `//`인가요?
def pass_at_k(n, c, k):
    return 1.0 if c > 0 else 0.0


# %% exercise=pass_at_k name=all-k-right
# en: You count choices of right ones only: the question is whether at least one is right.
# ko: 정답만 뽑는 경우를 세고 있습니다. 질문은 적어도 하나가 정답일 확률입니다.
def pass_at_k(n, c, k):
    return math.comb(c, k) / math.comb(n, k)


# %% exercise=pass_at_k name=floats-overflow
# en: For two thousand samples a float cannot hold the number of choices: divide whole numbers.
# ko: 표본이 이천 개면 경우의 수를 float에 담을 수 없습니다. 정수끼리 나누어 보세요.
def pass_at_k(n, c, k):
    return 1 - float(math.comb(n - c, k)) / float(math.comb(n, k))


# %% exercise=pass_at_k name=one-draw-short
# en: Yours is the chance for k - 1 draws: does a range of factors, or a number of choices, end one too soon?
# ko: k - 1개를 뽑을 때의 확률이 나옵니다. 곱의 범위나 조합에서 뽑는 수가 하나 모자라지 않나요?
def pass_at_k(n, c, k):
    return 1 - math.prod((n - c - i) / (n - i) for i in range(k - 1))


# %% exercise=pass_at_k name=adds-chances
# en: Chances of several draws do not simply add up.
# ko: 여러 번 뽑을 때의 확률은 그냥 더해지지 않습니다.
def pass_at_k(n, c, k):
    return min(1.0, k * c / n)


# %% exercise=pass_at_k name=few-wrong-forgotten
# en: With fewer wrong ones than draws, is a factor of your product below zero or repeated?
# ko: 오답이 뽑는 수보다 적을 때 곱의 인수가 어떻게 되는지 확인해 보세요.
def pass_at_k(n, c, k):
    return 1 - math.prod(max(n - c - i, 1) / (n - i) for i in range(k))


# %% exercise=pass_at_k name=exactly-one
# en: You count the choices with exactly one right answer: what of those with two?
# ko: 정답이 꼭 하나인 경우만 세고 있습니다. 둘인 경우는요?
def pass_at_k(n, c, k):
    return c * math.comb(n - c, k - 1) / math.comb(n, k)


# %% exercise=pass_at_k name=one-factor-too-many
# en: Yours is the chance with one right answer more: where does your range of factors begin, or from how many wrong ones do you choose?
# ko: 정답이 하나 더 많을 때의 확률이 나옵니다. 곱의 범위는 어디서 시작하나요? 오답은 몇 개 중에서 고르나요?
def pass_at_k(n, c, k):
    if n - c < k:
        return 1.0
    return 1 - math.prod(1 - k / j for j in range(max(n - c, 1), n + 1))



# %% exercise=pass_at_k name=choices-and-orders-mixed
# en: Both numbers must count the same thing: choices, or orders? Yours mixes them.
# ko: 두 수는 같은 것을 세어야 합니다. 조합과 순열을 섞지 않았나요?
def pass_at_k(n, c, k):
    return 1 - math.perm(n - c, k) / math.comb(n, k)


# %% exercise=pass_at_k name=rounded
# en: The exact share is asked for: where does yours round?
# ko: 정확한 비율을 돌려줍니다. 어디에서 반올림하나요?
def pass_at_k(n, c, k):
    return round(1 - math.comb(n - c, k) / math.comb(n, k), 4)


# %% exercise=pass_at_k name=all-right-taken-away
# en: You take away the choices in which all are right: which choices hold no right one?
# ko: 모두 정답인 경우를 빼고 있습니다. 정답이 하나도 없는 경우는 어느 것인가요?
def pass_at_k(n, c, k):
    return 1 - math.comb(c, k) / math.comb(n, k)


# %% exercise=pass_at_k name=with-putting-back-but-for-few-wrong
# en: k of n are drawn without putting back: which formula counts choices?
# ko: n개 중 k개를 되돌려 놓지 않고 뽑습니다. 경우의 수를 세는 식은 무엇일까요?
def pass_at_k(n, c, k):
    return 1.0 if n - c < k else 1 - (1 - c / n) ** k


# %% exercise=pass_at_k name=another-formula-for-long-numbers
# en: For thousands of samples yours goes over to another formula: is that one exact?
# ko: 표본이 수천 개면 다른 식을 쓰고 있습니다. 그 식은 정확한가요?
def pass_at_k(n, c, k):
    if n > 1000 and n - c >= k:
        return 1 - ((n - k) / n) ** c
    return 1 - math.comb(n - c, k) / math.comb(n, k)


# %% exercise=pass_at_k name=all-drawn-is-solved
# en: All samples are drawn and none is right: how large is the chance then?
# ko: 모든 표본을 뽑아도 정답이 하나도 없을 수 있습니다. 그때 확률은 얼마인가요?
def pass_at_k(n, c, k):
    return 1.0 if k == n else 1 - math.comb(n - c, k) / math.comb(n, k)


# %% exercise=pass_at_k name=call-within-a-call
# en: Thousands of samples are an error: how many calls of your function are open at once?
# ko: 표본이 수천 개면 오류가 납니다. 함수 호출이 한꺼번에 몇 개나 열려 있나요?
def pass_at_k(n, c, k):
    def missed(total, right):
        return 1.0 if right == 0 else max(0, total - k) / total * missed(total - 1, right - 1)

    return 1 - missed(n, c)


# %% exercise=pass_at_k variant=product
def pass_at_k(n, c, k):
    if n - c < k:
        return 1.0
    return float(1 - np.prod([1 - k / j for j in range(n - c + 1, n + 1)]))


# %% exercise=pass_at_k variant=logarithms
def pass_at_k(n, c, k):
    if n - c < k:
        return 1.0
    missed = sum(math.log(n - c - i) - math.log(n - i) for i in range(k))
    return -math.expm1(missed)


# ------------------------------------------------------------------------------------ rejection_sample
# %% exercise=rejection_sample name=wrong-ones-kept
# en: Wrong answers are kept, too: where is the judge asked, and is its 0 a no?
# ko: 틀린 답도 남습니다. 판정기에 어디에서 묻나요? 판정이 0이면 빼고 있나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        answers = draw(problem, k)
        if distinct:
            answers = list(dict.fromkeys(answers))
        kept += [(problem, answer) for answer in answers[:keep]]
    return kept


# %% exercise=rejection_sample name=cut-before-judging
# en: The first `keep` of the right ones, not the right ones of the first `keep`.
# ko: 맞은 것 중 앞의 `keep`개입니다. 앞의 `keep`개 중 맞은 것이 아닙니다.
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        answers = draw(problem, k)
        if distinct:
            answers = list(dict.fromkeys(answers))
        kept += [(problem, answer) for answer in answers[:keep] if judge(problem, answer) > 0]
    return kept


# %% exercise=rejection_sample name=no-limit
# en: An easy problem fills your training set: where is `keep` used?
# ko: 쉬운 문제가 학습 데이터를 채웁니다. `keep`은 어디에 쓰이나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        kept += [(problem, answer) for answer in (dict.fromkeys(right) if distinct else right)]
    return kept


# %% exercise=rejection_sample name=always-distinct
# en: Repeated texts are dropped even when nobody asked for it: what does `distinct` say?
# ko: 요청하지 않아도 중복을 없애고 있습니다. `distinct`는 무엇을 뜻하나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [a for a in dict.fromkeys(draw(problem, k)) if judge(problem, a) > 0]
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=never-distinct
# en: With `distinct` each text of a problem is kept once. Yours keeps repeated ones: where should they be dropped?
# ko: `distinct`이면 한 문제의 같은 답은 한 번만 남깁니다. 지금은 반복된 답도 남습니다. 어디에서 없애야 하나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=distinct-over-all-problems
# en: The same text behind two problems makes two examples, not one.
# ko: 같은 답이라도 문제가 다르면 서로 다른 예입니다.
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept, seen = [], set()
    for problem in problems:
        right = []
        for answer in draw(problem, k):
            if judge(problem, answer) > 0 and not (distinct and answer in seen):
                seen.add(answer)
                right.append(answer)
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=order-lost
# en: Yours stand in the order of the alphabet: does a sort, or a set, lose the order in which they were drawn?
# ko: 답이 글자 순서대로 나옵니다. 정렬이나 set이 뽑힌 순서를 잃어버리지 않았나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        right = sorted(set(right)) if distinct else sorted(right)
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=stops-at-an-unsolved-one
# en: A problem that is not solved adds nothing; the ones behind it still count.
# ko: 풀지 못한 문제는 아무것도 더하지 않지만, 그다음 문제는 계속해야 합니다.
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        if not right:
            break
        right = list(dict.fromkeys(right)) if distinct else right
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=limit-over-all
# en: `keep` is a limit for each problem, not for all of them together.
# ko: `keep`은 문제마다의 한도입니다. 전체의 한도가 아닙니다.
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        right = list(dict.fromkeys(right)) if distinct else right
        kept += [(problem, answer) for answer in right]
    return kept[:keep]


# %% exercise=rejection_sample name=only-ones-are-right
# en: Is a right answer always worth 1? The contract says when the judge is content.
# ko: 맞은 답의 점수가 늘 1인가요? 언제 맞은 것인지 설명을 다시 보세요.
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) == 1.0]
        right = list(dict.fromkeys(right)) if distinct else right
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=one-at-a-time
# en: How often is `draw` called for a problem, and how many answers does one call give?
# ko: 문제마다 `draw`를 몇 번 부르나요? 한 번에 답이 몇 개 나오나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        drawn = [answer for _ in range(k) for answer in draw(problem, 1)]
        right = [answer for answer in drawn if judge(problem, answer) > 0]
        right = list(dict.fromkeys(right)) if distinct else right
        kept += [(problem, answer) for answer in right[:keep]]
    return kept



# %% exercise=rejection_sample name=judge-asked-the-wrong-way
# en: What do you hand to the judge, and in which order? It takes the problem first, then the answer.
# ko: 판정 함수에 무엇을 어떤 순서로 넘기나요? 문제, 답의 순서로 받습니다.
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(answer, problem) > 0]
        right = list(dict.fromkeys(right)) if distinct else right
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=pairs-turned-round
# en: Each pair is (problem, answer): which comes first in yours?
# ko: 쌍은 (문제, 답)입니다. 어느 것이 먼저인가요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        right = list(dict.fromkeys(right)) if distinct else right
        kept += [(answer, problem) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=a-list-for-each-problem
# en: One list of pairs is asked for: yours holds a list for each problem.
# ko: 쌍의 목록 하나를 돌려줍니다. 문제마다 목록을 따로 만들지 않았나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        right = list(dict.fromkeys(right)) if distinct else right
        kept.append([(problem, answer) for answer in right[:keep]])
    return kept


# %% exercise=rejection_sample name=alphabet-where-distinct
# en: Yours stand in the order of the alphabet: does a sort, or a set, lose the order in which they were drawn?
# ko: 답이 글자 순서대로 나옵니다. 정렬이나 set이 뽑힌 순서를 잃어버리지 않았나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        right = sorted(set(right)) if distinct else right
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=only-neighbours-compared
# en: A text can come again later, with another one between: with which ones do you compare it?
# ko: 같은 글이 다른 글 뒤에 다시 나올 수 있습니다. 어느 글들과 비교하나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = []
        for answer in draw(problem, k):
            if judge(problem, answer) > 0 and not (distinct and right and right[-1] == answer):
                right.append(answer)
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=cut-before-dropping
# en: Repetitions are dropped, and the first `keep` are taken: which of the two do you do first?
# ko: 중복을 없애는 일과 앞의 `keep`개를 고르는 일 중 무엇을 먼저 하나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0][:keep]
        kept += [(problem, answer) for answer in (dict.fromkeys(right) if distinct else right)]
    return kept


# %% exercise=rejection_sample name=no-problems-are-an-error
# en: There may be no problems at all: what does your function give back then?
# ko: 문제가 하나도 없을 수 있습니다. 그때 무엇을 돌려주나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    from functools import reduce

    lists = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        right = list(dict.fromkeys(right)) if distinct else right
        lists.append([(problem, answer) for answer in right[:keep]])
    return reduce(lambda left, more: left + more, lists)


# %% exercise=rejection_sample name=empty-answer-dropped
# en: An empty text is a text, as an answer and as a problem: where do you ask whether something is there?
# ko: 빈 글도 글이고, 답이나 문제가 될 수 있습니다. 무언가 있는지를 어디에서 묻나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if answer and judge(problem, answer) > 0]
        right = list(dict.fromkeys(right)) if distinct else right
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=empty-problem-skipped
# en: An empty text is a text, as an answer and as a problem: where do you ask whether something is there?
# ko: 빈 글도 글이고, 답이나 문제가 될 수 있습니다. 무언가 있는지를 어디에서 묻나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        if not problem:
            continue
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        right = list(dict.fromkeys(right)) if distinct else right
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=best-first
# en: The order is that in which answers were drawn: do you sort them by what the judge says?
# ko: 순서는 답을 뽑은 순서입니다. 판정 점수로 정렬하고 있나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        right = list(dict.fromkeys(right)) if distinct else right
        right.sort(key=lambda answer: -judge(problem, answer))
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=little-is-nothing
# en: A right answer can be worth very little: do you round what the judge says, or compare it with another number than 0?
# ko: 맞은 답의 점수가 아주 작을 수도 있습니다. 점수를 반올림하거나 0이 아닌 수와 비교하나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0.01]
        right = list(dict.fromkeys(right)) if distinct else right
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample name=compared-without-blanks
# en: Two texts that differ by a blank are two: what do you compare?
# ko: 공백 하나만 달라도 다른 글입니다. 무엇을 비교하나요?
def rejection_sample(problems, draw, judge, k, keep, distinct):
    kept = []
    for problem in problems:
        right = [answer for answer in draw(problem, k) if judge(problem, answer) > 0]
        if distinct:
            seen = [answer.strip() for answer in right]
            right = [answer for i, answer in enumerate(right) if seen[i] not in seen[:i]]
        kept += [(problem, answer) for answer in right[:keep]]
    return kept


# %% exercise=rejection_sample variant=plain-loops
def rejection_sample(problems, draw, judge, k, keep, distinct):
    pairs = []
    for problem in problems:
        mine = []
        for answer in draw(problem, k):
            if len(mine) == keep or (distinct and (problem, answer) in mine):
                continue
            if judge(problem, answer) > 0:
                mine.append((problem, answer))
        pairs.extend(mine)
    return pairs


# %% exercise=rejection_sample variant=generator
def rejection_sample(problems, draw, judge, k, keep, distinct):
    def of(problem):
        answers = draw(problem, k)
        right = [a for a in answers if judge(problem, a)]
        return sorted(set(right), key=right.index) if distinct else right

    return [(problem, answer) for problem in problems for answer in of(problem)[:keep]]


# ------------------------------------------------------------------------------------ response_mask
# %% exercise=response_mask name=stop-left-out
# en: The full stop itself was chosen by the model: does it count?
# ko: 마침표도 모델이 고른 기호입니다. 마침표를 세고 있나요?
def response_mask(ids, stop):
    return ((ids == stop).long().cumsum(1) == 0).float()


# %% exercise=response_mask name=every-stop-counts
# en: A second full stop stands behind the answer: only the first one belongs to it.
# ko: 두 번째 마침표는 답 뒤에 있습니다. 첫 번째만 답에 속합니다.
def response_mask(ids, stop):
    stops = ids == stop
    return ((stops.long().cumsum(1) == 0) | stops).float()


# %% exercise=response_mask name=up-to-the-last-stop
# en: The answer ends at the first full stop, not at the last.
# ko: 답은 마지막이 아니라 첫 번째 마침표에서 끝납니다.
def response_mask(ids, stop):
    stops = (ids == stop).long()
    behind = stops.flip(1).cumsum(1).flip(1)
    none = stops.sum(1, keepdim=True) == 0
    return ((behind > 0) | none).float()


# %% exercise=response_mask name=no-stop-no-answer
# en: A row that never stops is all answer: is it empty in your mask?
# ko: 마침표가 없는 행은 모두 답입니다. 마스크에서 비어 있지 않나요?
def response_mask(ids, stop):
    stops = (ids == stop).long()
    mask = (stops.cumsum(1) - stops == 0) & (stops.sum(1, keepdim=True) > 0)
    return mask.float()


# %% exercise=response_mask name=no-stop-ends-at-once
# en: A row without a stop has a single 1 in your mask, at its start: what should it have? (`argmax` of nothing but zeros is 0.)
# ko: 마침표가 없는 행에는 맨 앞에만 1이 있습니다. 어떻게 되어야 하나요? (0만 있는 행의 `argmax`는 0입니다.)
def response_mask(ids, stop):
    first = (ids == stop).long().argmax(1)
    return (torch.arange(ids.shape[1]) <= first[:, None]).float()


# %% exercise=response_mask name=one-behind-the-stop
# en: Your mask goes on for one symbol too many.
# ko: 마스크가 한 칸 더 이어집니다.
def response_mask(ids, stop):
    stops = (ids == stop).long()
    past = torch.cat([torch.zeros_like(stops[:, :2]), stops.cumsum(1)], 1)[:, : ids.shape[1]]
    return (past == 0).float()


# %% exercise=response_mask name=true-and-false
# en: Yours holds True and False: which type does the docstring ask for?
# ko: 마스크가 참과 거짓으로 되어 있습니다. 설명에서는 어떤 자료형을 돌려주라고 했나요?
def response_mask(ids, stop):
    stops = (ids == stop).long()
    return stops.cumsum(1) - stops == 0


# %% exercise=response_mask name=up-to-the-second-stop
# en: Your mask goes on behind the first full stop, up to the second one: where does the answer end?
# ko: 마스크가 첫 마침표를 지나 두 번째 마침표 앞까지 이어집니다. 답은 어디에서 끝나나요?
def response_mask(ids, stop):
    return ((ids == stop).long().cumsum(1) <= 1).float()


# %% exercise=response_mask name=everything-but-stops
# en: You take the stops out; what stands behind the first one is still there.
# ko: 마침표만 뺐습니다. 첫 마침표 뒤에 있는 것은 그대로 남아 있습니다.
def response_mask(ids, stop):
    return (ids != stop).float()



# %% exercise=response_mask name=sum-over-the-batch
# en: Along which axis do the symbols of one answer lie? Yours counts stops down the batch.
# ko: 한 답의 기호는 어느 축에 놓이나요? 마침표를 배치 방향으로 세지 않았나요?
def response_mask(ids, stop):
    stops = (ids == stop).long()
    return (stops.cumsum(dim=0) - stops == 0).float()


# %% exercise=response_mask name=turned-round
# en: Ones and zeros have changed places: which symbols belong to the answer?
# ko: 1과 0이 바뀌었습니다. 어느 기호가 답에 속하나요?
def response_mask(ids, stop):
    stops = (ids == stop).long()
    return (stops.cumsum(dim=1) - stops > 0).float()


# %% exercise=response_mask name=zero-is-no-padding
# en: No id is padding here: does a symbol with the id 0 count?
# ko: 여기에는 패딩이 없습니다. id가 0인 기호도 세나요?
def response_mask(ids, stop):
    stops = (ids == stop).long()
    return ((stops.cumsum(dim=1) - stops == 0) & (ids != 0)).float()


# %% exercise=response_mask name=stop-at-the-start-is-none
# en: A row that begins with a stop is all ones in your mask: a stop at place 0 and no stop at all, how do you tell them apart?
# ko: 마침표로 시작하는 행이 모두 1입니다. 0번 자리의 마침표와 마침표가 없는 행을 어떻게 구별하나요?
def response_mask(ids, stop):
    first = (ids == stop).long().argmax(dim=1)
    last = torch.where(first > 0, first, ids.shape[1] - 1)
    return (torch.arange(ids.shape[1]) <= last[:, None]).float()


# %% exercise=response_mask name=product-runs-over
# en: A long row ends without a stop in your mask: how large does a product of so many numbers get?
# ko: 긴 행이 마침표 없이 끝납니다. 그렇게 많은 수를 곱하면 얼마나 커지나요?
def response_mask(ids, stop):
    product = torch.cumprod(ids - stop, dim=1)
    before = torch.cat([torch.ones_like(product[:, :1]), product[:, :-1]], dim=1)
    return (before != 0).float()


# %% exercise=response_mask name=stop-zero-is-no-stop
# en: 0 can be the id of the full stop: what does `if stop` make of it?
# ko: 마침표의 id가 0일 수 있습니다. `if stop`은 0을 어떻게 보나요?
def response_mask(ids, stop):
    if not stop:
        return torch.ones(ids.shape)
    stops = (ids == stop).long()
    return (stops.cumsum(dim=1) - stops == 0).float()


# %% exercise=response_mask name=double-precision
# en: The ones and zeros are right, and their dtype is not float32.
# ko: 1과 0은 맞지만 dtype이 float32가 아닙니다.
def response_mask(ids, stop):
    stops = (ids == stop).double()
    return (stops.cumsum(dim=1) - stops == 0).double()


# %% exercise=response_mask name=a-column-for-each-id
# en: An id can be any whole number: how long is the row of your table?
# ko: id는 어떤 정수든 될 수 있습니다. 표의 행은 얼마나 긴가요?
def response_mask(ids, stop):
    stops = nn.functional.one_hot(ids, 128)[..., stop]
    return (stops.cumsum(dim=1) - stops == 0).float()


# %% exercise=response_mask name=a-place-for-never
# en: In a long row without a stop your mask ends early: which place stands for "no stop", and can a row be longer than that?
# ko: 마침표가 없는 긴 행에서 마스크가 일찍 끝납니다. '마침표 없음'을 어떤 자리로 나타내나요? 행이 그보다 길 수도 있나요?
def response_mask(ids, stop):
    places = torch.arange(ids.shape[1]).expand(ids.shape)
    first = torch.where(ids == stop, places, torch.full_like(ids, 99)).min(dim=1).values
    return (places <= first[:, None]).float()


# %% exercise=response_mask variant=cumprod
def response_mask(ids, stop):
    going = (ids != stop).float().cumprod(1)
    return torch.cat([torch.ones(len(ids), 1), going[:, :-1]], dim=1)


# %% exercise=response_mask variant=loop
def response_mask(ids, stop):
    mask = torch.zeros(ids.shape, dtype=torch.float32)
    for row, line in enumerate(ids.tolist()):
        end = line.index(stop) + 1 if stop in line else len(line)
        mask[row, :end] = 1
    return mask


# %% exercise=response_mask survivor=`stops.cumsum(dim=1) - stops` -> `stops - stops.cumsum(dim=1)` in `before = stops.cumsum(dim=1) - stops`
# why: Equivalent: only whether it is 0 is asked, and a number is 0 exactly where its negative is.


# ------------------------------------------------------------------------------------ group_advantages
# %% exercise=group_advantages name=over-the-whole-batch
# en: A hard problem is compared with easy ones: whose mean is subtracted?
# ko: 어려운 문제를 쉬운 문제와 비교하고 있습니다. 누구의 평균을 빼야 하나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean()
    return centred / (rewards.std(unbiased=False) + eps) if scale else centred


# %% exercise=group_advantages name=over-the-problems
# en: Along which axis do the answers to one problem lie?
# ko: 한 문제의 답들은 어느 축을 따라 놓여 있나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(0)
    return centred / (rewards.std(0, unbiased=False) + eps) if scale else centred


# %% exercise=group_advantages name=divided-by-one-less
# en: The deviation is asked for over G, and yours is over G - 1. (torch's `std` divides by G - 1 unless it is told not to.)
# ko: 표준편차는 G로 나누어야 하는데, G - 1로 나눈 값입니다. (torch의 `std`는 따로 말하지 않으면 G - 1로 나눕니다.)
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (rewards.std(1, keepdim=True) + eps) if scale else centred


# %% exercise=group_advantages name=zero-by-zero
# en: eps leaves no trace in your numbers: where all rewards of a group are equal, what is divided by what?
# ko: 결과에 eps가 들어 있지 않습니다. 그룹의 보상이 모두 같을 때 무엇을 무엇으로 나누게 되나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / rewards.std(1, keepdim=True, unbiased=False) if scale else centred


# %% exercise=group_advantages name=no-baseline
# en: Is anything subtracted? A group in which all are right must teach nothing.
# ko: 무언가를 빼고 있나요? 모두 맞은 그룹에서는 배울 것이 없어야 합니다.
def group_advantages(rewards, scale=True, eps=1e-4):
    return rewards / (rewards.std(1, keepdim=True, unbiased=False) + eps) if scale else rewards


# %% exercise=group_advantages name=always-scaled
# en: `scale=False` should leave the differences as they are.
# ko: `scale=False`이면 차이를 그대로 두어야 합니다.
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (rewards.std(1, keepdim=True, unbiased=False) + eps)


# %% exercise=group_advantages name=divided-by-the-variance
# en: The deviation is the root of the mean square.
# ko: 표준편차는 제곱 평균의 제곱근입니다.
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (centred.square().mean(1, keepdim=True) + eps) if scale else centred


# %% exercise=group_advantages name=eps-under-the-root
# en: Where does the contract add eps: to the deviation, or under its root?
# ko: eps를 어디에 더하라고 했나요? 표준편차에 더하나요, 제곱근 안에 더하나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (centred.square().mean(1, keepdim=True) + eps).sqrt() if scale else centred


# %% exercise=group_advantages name=mean-of-the-others
# en: Is the answer itself part of the group whose mean is subtracted?
# ko: 빼는 평균의 그룹에 그 답 자신도 들어가나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    others = (rewards.sum(1, keepdim=True) - rewards) / max(rewards.shape[1] - 1, 1)
    centred = rewards - others
    return centred / (rewards.std(1, keepdim=True, unbiased=False) + eps) if scale else centred


# %% exercise=group_advantages name=eps-as-a-floor
# en: eps is added to the deviation, always: yours counts only where the deviation is small.
# ko: eps는 언제나 표준편차에 더합니다. 지금은 표준편차가 작을 때만 쓰이고 있습니다.
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(1, keepdim=True)
    deviation = rewards.std(1, keepdim=True, unbiased=False)
    return centred / deviation.clamp(min=eps) if scale else centred



# %% exercise=group_advantages name=always-float32
# en: Rewards may come in any float dtype: which one goes back?
# ko: 보상의 dtype은 다양합니다. 어떤 dtype으로 돌려주나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    r = rewards.float()
    centred = r - r.mean(1, keepdim=True)
    return centred / (r.std(1, unbiased=False, keepdim=True) + eps) if scale else centred


# %% exercise=group_advantages name=scale-turned-round
# en: With `scale=True` the deviation divides, with False it does not: which way is yours?
# ko: `scale=True`일 때 표준편차로 나눕니다. 반대로 하지 않았나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred if scale else centred / (rewards.std(1, unbiased=False, keepdim=True) + eps)


# %% exercise=group_advantages name=mean-only-where-not-scaled
# en: Scaled or not, the mean of the group is subtracted first.
# ko: 나누든 나누지 않든 먼저 그룹의 평균을 뺍니다.
def group_advantages(rewards, scale=True, eps=1e-4):
    if not scale:
        return rewards - rewards.mean(1, keepdim=True)
    return rewards / (rewards.std(1, unbiased=False, keepdim=True) + eps)


# %% exercise=group_advantages name=nan-made-zero
# en: eps leaves no trace in your numbers: what if all rewards of a group are equal, but for a rounding error in their mean?
# ko: 결과에 eps가 들어 있지 않습니다. 그룹의 보상이 모두 같은데 평균에 반올림 오차가 있으면 어떻게 되나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(dim=1, keepdim=True)
    if not scale:
        return centred
    return (centred / centred.square().mean(dim=1, keepdim=True).sqrt()).nan_to_num(nan=0.0)


# %% exercise=group_advantages name=square-of-the-mean-subtracted
# en: A variance is never below 0: what can rounding make of the difference of two numbers that are nearly equal?
# ko: 분산은 0보다 작을 수 없습니다. 거의 같은 두 수의 차이는 반올림 때문에 어떻게 될 수 있나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    mean = rewards.mean(dim=1, keepdim=True)
    if not scale:
        return rewards - mean
    variance = rewards.square().mean(dim=1, keepdim=True) - mean.square()
    return (rewards - mean) / (variance.sqrt() + eps)


# %% exercise=group_advantages name=bare-deviation-and-nan-made-zero
# en: eps leaves no trace in your numbers: what if all rewards of a group are equal, but for a rounding error in their mean?
# ko: 결과에 eps가 들어 있지 않습니다. 그룹의 보상이 모두 같은데 평균에 반올림 오차가 있으면 어떻게 되나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(dim=1, keepdim=True)
    if not scale:
        return centred
    return (centred / rewards.std(dim=1, keepdim=True, correction=0)).nan_to_num(nan=0.0)


# %% exercise=group_advantages name=always-float64
# en: Rewards may come in any float dtype: which one goes back?
# ko: 보상의 dtype은 다양합니다. 어떤 dtype으로 돌려주나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards.double() - rewards.double().mean(dim=1, keepdim=True)
    return centred / (centred.square().mean(dim=1, keepdim=True).sqrt() + eps) if scale else centred


# %% exercise=group_advantages name=half-precision-comes-back-as-float32
# en: Rewards may come in any float dtype: which one goes back?
# ko: 보상의 dtype은 다양합니다. 어떤 dtype으로 돌려주나요?
def group_advantages(rewards, scale=True, eps=1e-4):
    rewards = rewards if rewards.dtype == torch.float64 else rewards.float()
    centred = rewards - rewards.mean(dim=1, keepdim=True)
    return centred / (centred.square().mean(dim=1, keepdim=True).sqrt() + eps) if scale else centred


# %% exercise=group_advantages name=deviation-of-zeros-and-ones
# en: Rewards need not be 0 and 1: for which rewards is the root of p (1 - p) the deviation?
# ko: 보상은 0과 1이 아닐 수도 있습니다. p(1 - p)의 제곱근은 어떤 보상의 표준편차인가요?
def group_advantages(rewards, scale=True, eps=1e-4):
    p = rewards.mean(dim=1, keepdim=True)
    return (rewards - p) / ((p * (1 - p)).clamp(min=0).sqrt() + eps) if scale else rewards - p


# %% exercise=group_advantages variant=std
def group_advantages(rewards, scale=True, eps=1e-4):
    centred = rewards - rewards.mean(-1, keepdim=True)
    return centred / (rewards.std(-1, keepdim=True, unbiased=False) + eps) if scale else centred


# %% exercise=group_advantages variant=row-by-row
def group_advantages(rewards, scale=True, eps=1e-4):
    rows = []
    for row in rewards:
        mean = row.sum() / len(row)
        deviation = torch.linalg.vector_norm(row - mean) / len(row) ** 0.5
        rows.append((row - mean) / (deviation + eps) if scale else row - mean)
    return torch.stack(rows)


# ------------------------------------------------------------------------------------ kl_k3
# %% exercise=kl_k3 name=the-other-way-round
# en: Whose samples are these? d compares the reference with the policy, in this order.
# ko: 누구의 표본인가요? d는 기준 모델에서 정책을 뺀 값입니다.
def kl_k3(logp, ref):
    d = logp - ref
    return d.exp() - 1 - d


# %% exercise=kl_k3 name=k1
# en: A single value may be negative here: what was to be added to it?
# ko: 값 하나하나가 음수가 될 수 있습니다. 여기에 무엇을 더하기로 했나요?
def kl_k3(logp, ref):
    return logp - ref


# %% exercise=kl_k3 name=k2
# en: Never negative, but its mean is not the KL: which term has mean zero?
# ko: 음수는 아니지만 평균이 KL이 아닙니다. 평균이 0인 항은 무엇일까요?
def kl_k3(logp, ref):
    return 0.5 * (logp - ref) ** 2


# %% exercise=kl_k3 name=one-forgotten
# en: Yours is 1 too high everywhere: with equal models the distance must be 0.
# ko: 모든 값이 1씩 큽니다. 두 모델이 같으면 거리는 0이어야 합니다.
def kl_k3(logp, ref):
    d = ref - logp
    return d.exp() - d


# %% exercise=kl_k3 name=summed-up
# en: The contract wants a value for each symbol.
# ko: 기호마다 값 하나씩을 돌려주어야 합니다.
def kl_k3(logp, ref):
    d = ref - logp
    return (d.exp() - 1 - d).sum(-1)


# %% exercise=kl_k3 name=no-gradient
# en: The leash has to pull: does a gradient reach the policy?
# ko: 목줄은 당겨야 합니다. 기울기가 정책까지 흐르나요?
def kl_k3(logp, ref):
    d = (ref - logp).detach()
    return d.exp() - 1 - d + 0 * logp


# %% exercise=kl_k3 name=absolute-value
# en: Taking the absolute value makes it positive and spoils the mean.
# ko: 절댓값을 쓰면 양수가 되지만 평균이 달라집니다.
def kl_k3(logp, ref):
    return (logp - ref).abs()


# %% exercise=kl_k3 name=sign-of-the-slope
# en: k1 is minus d: which sign has d beside e^d - 1 in yours?
# ko: k1은 -d입니다. 지금은 e^d - 1 옆에 d가 어떤 부호로 있나요?
def kl_k3(logp, ref):
    d = ref - logp
    return d.exp() - 1 + d


# %% exercise=kl_k3 name=distance-cut-short
# en: Nothing was said of a limit: which symbols does yours change?
# ko: 한도를 두라는 말은 없습니다. 어떤 기호의 값이 바뀌나요?
def kl_k3(logp, ref):
    d = (ref - logp).clamp(-5, 5)
    return d.exp() - 1 - d



# %% exercise=kl_k3 name=mean-of-all
# en: A value for each symbol is asked for: yours is the mean of all of them.
# ko: 기호마다 값을 돌려줍니다. 전체의 평균을 내지 않았나요?
def kl_k3(logp, ref):
    d = ref - logp
    return (d.exp() - 1 - d).mean()


# %% exercise=kl_k3 name=weighted-by-probability
# en: The symbols are drawn already: does a probability stand before the logarithms once more?
# ko: 기호는 이미 뽑혔습니다. 로그 차이에 확률을 한 번 더 곱하지 않았나요?
def kl_k3(logp, ref):
    return logp.exp() * (logp - ref)


# %% exercise=kl_k3 name=cut-at-zero
# en: Cutting at 0 makes it never negative and spoils the mean: add a term of mean zero.
# ko: 0에서 자르면 음수는 없지만 평균이 틀어집니다. 평균이 0인 항을 더하세요.
def kl_k3(logp, ref):
    return (logp - ref).clamp(min=0)


# %% exercise=kl_k3 name=probabilities-divided
# en: Very unlikely symbols are wrong: hundreds below 0, what is `exp` of a logarithm? Subtract first.
# ko: 확률이 아주 작은 기호에서 틀립니다. 0보다 수백 작은 로그에 `exp`를 하면 무엇이 되나요? 먼저 빼 보세요.
def kl_k3(logp, ref):
    return torch.exp(ref) / torch.exp(logp) - 1 + (logp - ref)


# %% exercise=kl_k3 name=slope-of-k1-alone
# en: The value is right, and its slope is 1 everywhere: which part of it has no gradient?
# ko: 값은 맞지만 기울기가 어디서나 1입니다. 어느 부분에 기울기가 없나요?
def kl_k3(logp, ref):
    d = ref - logp
    return d.exp().detach() - 1 - d


# %% exercise=kl_k3 name=slope-of-the-ratio-alone
# en: The value is right, and the slope lacks what k1 gives: which part of it has no gradient?
# ko: 값은 맞지만 기울기에 k1의 몫이 빠졌습니다. 어느 부분에 기울기가 없나요?
def kl_k3(logp, ref):
    d = ref - logp
    return d.exp() - 1 - d.detach()


# %% exercise=kl_k3 name=value-cut-short
# en: Nothing was said of a limit: how large can a value be in yours?
# ko: 한도를 두라는 말은 없습니다. 지금 값은 얼마까지 커질 수 있나요?
def kl_k3(logp, ref):
    d = ref - logp
    return (d.exp() - 1 - d).clamp(-10, 10)


# %% exercise=kl_k3 name=far-distance-cut-short
# en: Nothing was said of a limit: how far apart may two logarithms be in yours?
# ko: 한도를 두라는 말은 없습니다. 두 로그는 얼마까지 떨어질 수 있나요?
def kl_k3(logp, ref):
    d = (ref - logp).clamp(-20, 20)
    return d.exp() - 1 - d


# %% exercise=kl_k3 name=k2-for-short-distances
# en: Short distances come out as k2: at d = 0.5, how far is half of d squared from e^d - 1 - d?
# ko: 짧은 거리에서는 k2가 나옵니다. d = 0.5일 때 d 제곱의 절반은 e^d - 1 - d와 얼마나 다른가요?
def kl_k3(logp, ref):
    d = ref - logp
    return torch.where(d.abs() < 0.5, d.square() / 2, d.exp() - 1 - d)


# %% exercise=kl_k3 name=rows-and-columns-expected
# en: Any shape may come, also a single number: how many axes does yours count on?
# ko: 모양은 무엇이든 될 수 있고, 수 하나일 수도 있습니다. 축이 몇 개라고 믿고 있나요?
def kl_k3(logp, ref):
    B, T = logp.shape if logp.dim() == 2 else (1, logp.shape[0])
    d = (ref - logp).view(B, T)
    return (d.exp() - 1 - d).reshape(logp.shape)


# %% exercise=kl_k3 variant=ratio
def kl_k3(logp, ref):
    ratio = torch.exp(ref - logp)
    return ratio - 1 - ratio.log()


# %% exercise=kl_k3 variant=expm1
def kl_k3(logp, ref):
    return torch.expm1(ref - logp) - (ref - logp)


# ------------------------------------------------------------------------------------ policy_loss
# %% exercise=policy_loss name=larger-of-both
# en: Of the two gains the smaller is taken, also for bad answers. If you compare them as losses, with their minus: which of the two is that?
# ko: 두 이득 중 작은 값을 택하며, 나쁜 답에서도 그렇습니다. 음의 부호를 붙인 손실끼리 비교한다면 어느 쪽을 골라야 하나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = ((logp - old) * mask).exp()
    A = advantages[:, None]
    gain = torch.maximum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=clip-alone
# en: A mistake that has become likelier must still be pushed down: what is the clipped value compared with?
# ko: 더 커진 실수는 여전히 눌러야 합니다. 자른 값을 무엇과 비교해야 하나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = ((logp - old) * mask).exp()
    gain = ratio.clamp(1 - clip, 1 + clip) * advantages[:, None] * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=no-clip
# en: Where does the push end? `clip` changes nothing in your loss.
# ko: 미는 힘은 어디서 끝나나요? `clip`이 손실을 전혀 바꾸지 않습니다.
def policy_loss(logp, old, advantages, mask, clip, how):
    gain = ((logp - old) * mask).exp() * advantages[:, None] * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=ratio-upside-down
# en: The ratio is now over then: which is which?
# ko: 비율은 지금을 그때로 나눈 값입니다. 어느 쪽이 지금인가요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = ((old - logp) * mask).exp()
    A = advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=gain-instead-of-loss
# en: An optimizer goes down: should good answers become likelier or rarer?
# ko: 최적화는 값을 줄입니다. 좋은 답은 늘어나야 하나요, 줄어야 하나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = ((logp - old) * mask).exp()
    A = advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return (gain.sum(1) / mask.sum(1)).mean()
    return gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=padding-counts
# en: Places where the mask is 0 still add their advantage to your sum: where are they taken out?
# ko: 마스크가 0인 자리의 이점이 아직 합에 들어 있습니다. 어디에서 빼나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = ((logp - old) * mask).exp()
    A = advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A)
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=lengths-ignored
# en: With "sequence" yours divides by all places of a row: over which symbols is an answer's mean?
# ko: "sequence"에서 행의 모든 자리의 수로 나누고 있습니다. 답의 평균은 어느 기호에 대한 평균인가요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = ((logp - old) * mask).exp()
    A = advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -gain.mean(1).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=always-over-tokens
# en: Three names, three numbers: does `how` change yours?
# ko: 이름이 셋이면 값도 셋입니다. `how`에 따라 값이 달라지나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = ((logp - old) * mask).exp()
    A = advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    return -gain.sum() / mask.sum()


# %% exercise=policy_loss name=masked-after-exp
# en: e to the 800 times 0 is no zero: mask before exp.
# ko: e의 800승에 0을 곱해도 0이 아닙니다. exp 전에 마스크를 쓰세요.
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = (logp - old).exp()
    A = advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=one-number-an-answer-along-the-row
# en: One number an answer, (B,), meets a table (B, T) here: which way does it broadcast? `advantages` is one such.
# ko: 답마다 하나인 수 (B,)가 (B, T) 표와 만납니다. 어느 방향으로 펼쳐지나요? `advantages`도 그런 수입니다.
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = ((logp - old) * mask).exp()
    A = advantages
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=clipped-above-only
# en: The ratio may also have gone too far down: where does the push end then?
# ko: 비율은 아래로도 너무 멀리 갈 수 있습니다. 그때 미는 힘은 어디서 끝나나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio = ((logp - old) * mask).exp()
    A = advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(max=1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=logarithm-clipped
# en: What lies between 1 - clip and 1 + clip: the ratio, or its logarithm?
# ko: 1 - clip과 1 + clip 사이에 두는 것은 비율인가요, 그 로그인가요?
def policy_loss(logp, old, advantages, mask, clip, how):
    far = (logp - old) * mask
    A = advantages[:, None]
    gain = torch.minimum(far.exp() * A, far.clamp(-clip, clip).exp() * A) * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=one-ratio-an-answer
# en: Each symbol has a ratio of its own; yours has one for a whole answer, from the mean of its log differences.
# ko: 기호마다 비율이 따로 있습니다. 지금은 로그 차이의 평균으로 구한 비율 하나를 답 전체에 쓰고 있습니다.
def policy_loss(logp, old, advantages, mask, clip, how):
    far = ((logp - old) * mask).sum(1, keepdim=True) / mask.sum(1, keepdim=True)
    A = advantages[:, None]
    gain = torch.minimum(far.exp() * A, far.exp().clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())



# %% exercise=policy_loss name=product-over-an-answer
# en: Each symbol has a ratio of its own: yours is the product over a whole answer.
# ko: 기호마다 비율이 따로 있습니다. 답 전체의 비율을 곱하지 않았나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio, A = ((logp - old) * mask).sum(1, keepdim=True).exp(), advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=sequence-and-token-exchanged
# en: Which of the two averages answer by answer first, "sequence" or "token"?
# ko: 답마다 먼저 평균을 내는 것은 "sequence"와 "token" 중 어느 쪽인가요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio, A = ((logp - old) * mask).exp(), advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "token":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "sequence" else mask.numel())


# %% exercise=policy_loss name=constant-by-answers-alone
# en: "constant" divides by B times T: by what does yours?
# ko: "constant"는 B 곱하기 T로 나눕니다. 무엇으로 나누었나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio, A = ((logp - old) * mask).exp(), advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(1) / mask.sum(1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else len(mask))


# %% exercise=policy_loss name=taken-out-behind-exp
# en: The value is right and the slope is NaN: 0 times the slope of e^800 is no zero. What should `exp` never see?
# ko: 값은 맞지만 기울기가 NaN입니다. e의 800승의 기울기에 0을 곱해도 0이 아닙니다. `exp`가 보면 안 되는 것은 무엇인가요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio, A = (logp - old).exp(), advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A)
    gain = torch.where(mask > 0, gain, torch.zeros_like(gain))
    if how == "sequence":
        return -(gain.sum(dim=1) / mask.sum(dim=1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=logarithm-of-zero
# en: clip may be 1: what is the logarithm of 1 - clip then?
# ko: clip은 1일 수 있습니다. 그때 1 - clip의 로그는 무엇인가요?
def policy_loss(logp, old, advantages, mask, clip, how):
    moved, A = (logp - old) * mask, advantages[:, None]
    held = moved.clamp(math.log(1 - clip), math.log(1 + clip)).exp()
    gain = torch.minimum(moved.exp() * A, held * A) * mask
    if how == "sequence":
        return -(gain.sum(dim=1) / mask.sum(dim=1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=ones-counted-as-a-length
# en: The ones of a row may have gaps between them: which symbols do you take, and which does the mask name?
# ko: 한 행의 1 사이에는 빈 곳이 있을 수 있습니다. 어떤 기호를 쓰고, 마스크는 어떤 기호를 가리키나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    mask = (torch.arange(mask.shape[1]) < mask.sum(1, keepdim=True)).to(logp.dtype)
    ratio, A = ((logp - old) * mask).exp(), advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(dim=1) / mask.sum(dim=1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=up-to-the-last-one
# en: The ones of a row may have gaps between them: which symbols do you take, and which does the mask name?
# ko: 한 행의 1 사이에는 빈 곳이 있을 수 있습니다. 어떤 기호를 쓰고, 마스크는 어떤 기호를 가리키나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    places = torch.arange(mask.shape[1])
    mask = (places <= (mask * places).amax(1, keepdim=True)).to(logp.dtype)
    ratio, A = ((logp - old) * mask).exp(), advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(dim=1) / mask.sum(dim=1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=clip-zero-is-no-clip
# en: A clip of 0 is a clip: what does `if clip` make of it?
# ko: clip이 0이어도 자릅니다. `if clip`은 0을 어떻게 보나요?
def policy_loss(logp, old, advantages, mask, clip, how):
    ratio, A = ((logp - old) * mask).exp(), advantages[:, None]
    gain = ratio * A
    if clip:
        gain = torch.minimum(gain, ratio.clamp(1 - clip, 1 + clip) * A)
    gain = gain * mask
    if how == "sequence":
        return -(gain.sum(dim=1) / mask.sum(dim=1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=always-float32
# en: The loss should have the dtype of `logp`: which dtype has yours?
# ko: 손실의 dtype은 `logp`의 dtype이어야 합니다. 지금은 어떤 dtype인가요?
def policy_loss(logp, old, advantages, mask, clip, how):
    logp, old, advantages, mask = logp.float(), old.float(), advantages.float(), mask.float()
    ratio, A = ((logp - old) * mask).exp(), advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(dim=1) / mask.sum(dim=1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss name=always-float64
# en: The loss should have the dtype of `logp`: which dtype has yours?
# ko: 손실의 dtype은 `logp`의 dtype이어야 합니다. 지금은 어떤 dtype인가요?
def policy_loss(logp, old, advantages, mask, clip, how):
    logp, mask = logp.double(), mask.double()
    ratio, A = ((logp - old) * mask).exp(), advantages[:, None]
    gain = torch.minimum(ratio * A, ratio.clamp(1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return -(gain.sum(dim=1) / mask.sum(dim=1)).mean()
    return -gain.sum() / (mask.sum() if how == "token" else mask.numel())


# %% exercise=policy_loss variant=where-and-masked-sums
def policy_loss(logp, old, advantages, mask, clip, how):
    real = mask > 0
    far = torch.where(real, logp - old, torch.zeros_like(logp))
    ratio, A = torch.exp(far), advantages.unsqueeze(1)
    loss = torch.max(-ratio * A, -torch.clamp(ratio, 1 - clip, 1 + clip) * A) * mask
    if how == "sequence":
        return torch.mean(loss.sum(-1) / mask.sum(-1))
    if how == "token":
        return loss.sum() / real.sum()
    B, T = logp.shape
    return loss.sum() / (B * T)


# %% exercise=policy_loss variant=answer-by-answer
def policy_loss(logp, old, advantages, mask, clip, how):
    sums, lengths = [], []
    for b in range(logp.shape[0]):
        here = mask[b].bool()
        ratio = (logp[b][here] - old[b][here]).exp()
        pushed = ratio * advantages[b]
        ended = ratio.clamp(1 - clip, 1 + clip) * advantages[b]
        sums.append(torch.min(pushed, ended).sum())
        lengths.append(int(here.sum()))
    if how == "sequence":
        return -sum(s / n for s, n in zip(sums, lengths)) / len(sums)
    return -sum(sums) / (sum(lengths) if how == "token" else logp.shape[0] * logp.shape[1])
