"""Known mistakes and correct variants of week 15: a template, a mask, a memory, sources, a guard.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""


# ------------------------------------------------------------------------------------ chat_template
# %% exercise=chat_template name=no-invitation
# en: Whose turn is it behind the last message, and who writes the line that says so?
# ko: 마지막 메시지 다음은 누구의 차례이며, 그것을 알리는 줄은 누가 쓰나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    return text


# %% exercise=chat_template name=invitation-always
# en: The assistant has spoken already: does it need an invitation behind its own message?
# ko: 비서가 이미 말했습니다. 자기 메시지 뒤에 다시 차례를 알려야 하나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    return f"{text}{START}assistant\n"


# %% exercise=chat_template name=control-tokens-stay
# en: A user types a control token: what does the model read then?
# ko: 사용자가 제어 토큰을 입력하면 모델은 무엇을 읽게 되나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        text += f"{START}{message.role}\n{message.content}{END}\n"
    spoken = messages and messages[-1].role == "assistant"
    return text if spoken else f"{text}{START}assistant\n"


# %% exercise=chat_template name=taken-out-once
# en: Taking a token out can push another one together: is one round enough?
# ko: 토큰을 하나 빼면 다른 토큰이 이어 붙을 수 있습니다. 한 번으로 충분할까요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    spoken = messages and messages[-1].role == "assistant"
    return text if spoken else f"{text}{START}assistant\n"


# %% exercise=chat_template name=users-alone-are-cleaned
# en: Only one role's contents are cleaned: who else can hold a control token, a quoted document?
# ko: 한 역할의 내용만 정리했습니다. 인용한 문서처럼 다른 곳에도 제어 토큰이 있을 수 있지 않나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content
        while message.role == "user" and (START in content or END in content):
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    spoken = messages and messages[-1].role == "assistant"
    return text if spoken else f"{text}{START}assistant\n"


# %% exercise=chat_template name=contents-stripped
# en: Blanks and line breaks at the ends of a content are gone: does the contract say so?
# ko: 내용 양 끝의 공백과 줄바꿈이 사라졌습니다. 설명에 그런 말이 있나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content.strip()}{END}\n"
    spoken = messages and messages[-1].role == "assistant"
    return text if spoken else f"{text}{START}assistant\n"


# %% exercise=chat_template name=no-line-break-between-turns
# en: What stands between the end of a turn and the start of the next one?
# ko: 한 차례의 끝과 다음 차례의 시작 사이에는 무엇이 있나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}"
    spoken = messages and messages[-1].role == "assistant"
    return text if spoken else f"{text}{START}assistant\n"


# %% exercise=chat_template name=any-role
# en: A role that nobody knows goes through: what should happen to "bot" or "System"?
# ko: 알 수 없는 역할이 그대로 통과합니다. "bot"이나 "System"은 어떻게 해야 하나요?
def chat_template(messages):
    text = ""
    for message in messages:
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    spoken = messages and messages[-1].role == "assistant"
    return text if spoken else f"{text}{START}assistant\n"


# %% exercise=chat_template name=empty-dialogue-fails
# en: What is the last message of a dialogue that has none?
# ko: 메시지가 하나도 없는 대화의 마지막 메시지는 무엇인가요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    return text if messages[-1].role == "assistant" else f"{text}{START}assistant\n"


# %% exercise=chat_template name=invitation-behind-users-alone
# en: After a system message, or none at all: who is to go on, if not the assistant?
# ko: 시스템 메시지 뒤나 메시지가 하나도 없을 때, 비서가 아니면 누가 이어 가나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    asked = messages and messages[-1].role == "user"
    return f"{text}{START}assistant\n" if asked else text


# %% exercise=chat_template name=nothing-for-an-empty-dialogue
# en: No message was said: what does the model need in order to begin?
# ko: 아무 말도 없었습니다. 모델이 말을 시작하려면 무엇이 있어야 하나요?
def chat_template(messages):
    if not messages:
        return ""
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    return text if messages[-1].role == "assistant" else f"{text}{START}assistant\n"


# %% exercise=chat_template name=each-token-in-a-loop-of-its-own
# en: You finished with START before END was taken out: what may that have pushed together?
# ko: END를 빼기 전에 START를 다 처리했습니다. END를 빼면 무엇이 이어 붙을 수 있나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(message.role)
        content = message.content
        for token in (START, END):
            while token in content:
                content = content.replace(token, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    spoken = messages and messages[-1].role == "assistant"
    return text if spoken else f"{text}{START}assistant\n"


# %% exercise=chat_template name=blank-behind-the-role
# en: What stands between a role and its content? Compare one turn sign by sign with the form above.
# ko: 역할과 내용 사이에 무엇이 있나요? 한 차례를 위의 형식과 한 글자씩 비교해 보세요.
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(f"there is no role '{message.role}': it is one of {ROLES}")
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role} {content}{END}\n"
    if messages and messages[-1].role == "assistant":
        return text
    return f"{text}{START}assistant\n"


# %% exercise=chat_template name=line-break-before-the-end
# en: A line break stands in front of END: where does the form put it?
# ko: END 앞에 줄바꿈이 있습니다. 형식에서는 어디에 있나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(f"there is no role '{message.role}': it is one of {ROLES}")
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}\n{END}\n"
    if messages and messages[-1].role == "assistant":
        return text
    return f"{text}{START}assistant\n"


# %% exercise=chat_template name=invitation-ends-too-soon
# en: The invitation ends with the role: on which line is the model to begin?
# ko: 초대가 역할에서 끝납니다. 모델은 어느 줄에서 쓰기 시작하나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(f"there is no role '{message.role}': it is one of {ROLES}")
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    if messages and messages[-1].role == "assistant":
        return text
    return f"{text}{START}assistant"


# %% exercise=chat_template name=tokens-become-blanks
# en: Where a control token was, a blank stands now: what is left of it when it is taken out?
# ko: 제어 토큰이 있던 자리에 빈칸이 생겼습니다. 빼면 무엇이 남나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError(f"there is no role '{message.role}': it is one of {ROLES}")
        content = message.content
        while START in content or END in content:
            content = content.replace(START, " ").replace(END, " ")
        text += f"{START}{message.role}\n{content}{END}\n"
    if messages and messages[-1].role == "assistant":
        return text
    return f"{text}{START}assistant\n"


# %% exercise=chat_template name=other-marks-leave-too
# en: Other marks of the form <|…|> are gone as well: which two are to leave a content?
# ko: <|…|> 모양의 다른 표시까지 사라졌습니다. 내용에서 빼야 하는 것은 어느 두 가지인가요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError("no such role")
        content = message.content
        while re.search(r"<\|[^|]*\|>", content):
            content = re.sub(r"<\|[^|]*\|>", "", content)
        text += f"{START}{message.role}\n{content}{END}\n"
    if messages and messages[-1].role == "assistant":
        return text
    return f"{text}{START}assistant\n"


# %% exercise=chat_template name=a-number-of-rounds
# en: A token is left where several were put into each other: how often do you look again?
# ko: 토큰이 여러 겹으로 끼워진 곳에 토큰이 남았습니다. 몇 번이나 다시 살펴보나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError("no such role")
        content = message.content
        for _ in range(3):
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    if messages and messages[-1].role == "assistant":
        return text
    return f"{text}{START}assistant\n"


# %% exercise=chat_template name=empty-message-left-out
# en: A message without a content is gone: does it still take its turn?
# ko: 내용이 빈 메시지가 사라졌습니다. 그 메시지도 한 차례가 아닌가요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError("no such role")
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        if not content:
            continue
        text += f"{START}{message.role}\n{content}{END}\n"
    if messages and messages[-1].role == "assistant":
        return text
    return f"{text}{START}assistant\n"


# %% exercise=chat_template name=any-answer-ends-the-dialogue
# en: Where the assistant spoke earlier and somebody else last there is no invitation: which message decides?
# ko: 비서가 앞에서 말했고 마지막은 다른 사람인데 초대가 없습니다. 어느 메시지가 이것을 정하나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in ROLES:
            raise ValueError("no such role")
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    if any(m.role == "assistant" for m in messages):
        return text
    return f"{text}{START}assistant\n"


# %% exercise=chat_template name=part-of-a-role-is-enough
# en: "use" passes for a role: is yours looked for among the roles, or in a text that holds them?
# ko: "use"가 역할로 통과합니다. 역할 목록에서 찾나요, 역할이 적힌 글 속에서 찾나요?
def chat_template(messages):
    text = ""
    for message in messages:
        if message.role not in " ".join(ROLES):
            raise ValueError("no such role")
        content = message.content
        while START in content or END in content:
            content = content.replace(START, "").replace(END, "")
        text += f"{START}{message.role}\n{content}{END}\n"
    if messages and messages[-1].role == "assistant":
        return text
    return f"{text}{START}assistant\n"


# %% exercise=chat_template variant=joined-with-a-pattern
def chat_template(messages):
    def clean(text):
        shorter = re.sub(r"<\|im_(?:start|end)\|>", "", text)
        return shorter if shorter == text else clean(shorter)

    if any(m.role not in ("system", "user", "assistant") for m in messages):
        raise ValueError("a role that nobody knows")
    turns = [START + m.role + "\n" + clean(m.content) + END + "\n" for m in messages]
    roles = [m.role for m in messages] or [""]
    return "".join(turns) + (START + "assistant\n") * (roles[-1] != "assistant")


# %% exercise=chat_template variant=token-by-token
def chat_template(messages):
    parts = []
    for message in messages:
        if message.role not in set(ROLES):
            raise ValueError("unknown role")
        content = message.content
        while True:
            token = next((t for t in (END, START) if t in content), None)
            if token is None:
                break
            content = content.replace(token, "", 1)
        parts.extend([START, message.role, "\n", content, END, "\n"])
    if not messages or messages[-1].role != "assistant":
        parts.append(START + "assistant\n")
    return "".join(parts)


# ------------------------------------------------------------------------------------ loss_mask
# %% exercise=loss_mask name=end-left-out
# en: The token that ends the turn does not count: how would the model learn to stop?
# ko: 차례를 끝내는 토큰이 빠졌습니다. 모델은 어떻게 멈추는 법을 배우나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside and token != end
            opened = row[max(0, t + 1 - H) : t + 1] == header.tolist()
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=header-counts-too
# en: The header is written by us: should the model learn to write it?
# ko: 머리말은 우리가 씁니다. 모델이 그것을 쓰도록 배워야 하나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside
            opened = not inside and row[max(0, t + 1 - H) : t + 1] == header.tolist()
            if opened:
                mask[b, t + 1 - H : t + 1] = True
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=every-end-token
# en: Every end token counts in yours, also the users' and the padding: whose end should be learned?
# ko: 모든 끝 토큰이 세어집니다. 사용자의 것과 패딩까지도요. 누구의 끝을 배워야 하나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside or token == end
            opened = row[max(0, t + 1 - H) : t + 1] == header.tolist()
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=all-behind-the-first-header
# en: Once it began, it never ends: what closes a turn of the assistant?
# ko: 한 번 시작하면 끝나지 않습니다. 비서의 차례를 닫는 것은 무엇인가요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t in range(len(row)):
            mask[b, t] = inside
            inside = inside or row[max(0, t + 1 - H) : t + 1] == header.tolist()
    return mask


# %% exercise=loss_mask name=first-turn-alone
# en: A dialogue may hold several turns of the assistant: where are the later ones?
# ko: 대화에는 비서의 차례가 여러 번 있을 수 있습니다. 뒤의 것은 어디 있나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        for t in range(len(row)):
            if row[t : t + H] == header.tolist():
                stop = row.index(end, t + H) + 1 if end in row[t + H :] else len(row)
                mask[b, t + H : stop] = True
                break
    return mask


# %% exercise=loss_mask name=last-turn-alone
# en: Only the last answer is learned: does the contract leave the earlier ones out?
# ko: 마지막 답만 배우고 있습니다. 설명에서 앞의 답을 빼라고 했나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        for t in reversed(range(len(row))):
            if row[t : t + H] == header.tolist():
                stop = row.index(end, t + H) + 1 if end in row[t + H :] else len(row)
                mask[b, t + H : stop] = True
                break
    return mask


# %% exercise=loss_mask name=users-turns-too
# en: Other people's turns count as well: which id tells whose turn it is?
# ko: 다른 사람의 차례까지 세었습니다. 누구의 차례인지 알려 주는 것은 어느 id인가요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside
            opened = t + 1 >= H and row[t + 1 - H] == header.tolist()[0]
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=cut-off-turn-lost
# en: Where no end follows, the row was cut off: do its tokens count?
# ko: 끝 토큰이 없으면 잘린 행입니다. 그 토큰들도 세어야 하나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        for t in range(len(row)):
            if row[t : t + H] == header.tolist() and end in row[t + H :]:
                mask[b, t + H : row.index(end, t + H) + 1] = True
    return mask


# %% exercise=loss_mask name=one-place-late
# en: Your mask begins one place too late: is the first token behind the header in it?
# ko: 마스크가 한 칸 늦게 시작합니다. 머리말 바로 뒤의 토큰이 들어 있나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            before = inside
            opened = row[max(0, t - H) : t] == header.tolist()
            inside = token != end if inside else opened
            mask[b, t] = before
    return mask


# %% exercise=loss_mask name=numbers-and-no-truth-values
# en: The contract promises truth values: what is the dtype of your mask?
# ko: 설명에서는 참거짓 값을 약속했습니다. 마스크의 dtype은 무엇인가요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside
            opened = row[max(0, t + 1 - H) : t + 1] == header.tolist()
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=state-leaks-into-the-next-row
# en: A row was cut off in the middle of a turn: who speaks at the beginning of the next row?
# ko: 한 행이 차례 중간에서 잘렸습니다. 다음 행의 처음에는 누가 말하고 있나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    inside = False
    for b, row in enumerate(ids.tolist()):
        for t, token in enumerate(row):
            mask[b, t] = inside
            opened = row[max(0, t + 1 - len(header)) : t + 1] == header.tolist()
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=header-of-three-tokens
# en: A header has as many tokens as it has: where does your 3 come from?
# ko: 머리말의 토큰 수는 정해져 있지 않습니다. 3은 어디에서 온 수인가요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside
            opened = row[max(0, t - 2) : t + 1] == header.tolist()
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=mask-upside-down
# en: True stands where nothing is learned: what does the mask mark?
# ko: 배우지 않는 곳이 True입니다. 마스크는 무엇을 표시하나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside
            opened = row[max(0, t + 1 - H) : t + 1] == header.tolist()
            inside = token != end if inside else opened
    return ~mask


# %% exercise=loss_mask name=header-by-its-last-token
# en: A turn of anybody opens your mask: is one token of the header enough to know it?
# ko: 누구의 차례든 마스크가 열립니다. 헤더의 토큰 하나로 알 수 있나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside
            opened = token == header.tolist()[-1]
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=begins-with-the-header
# en: The last token of the header is marked: who writes it?
# ko: 헤더의 마지막 토큰도 표시했습니다. 그것은 누가 쓰나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            opened = row[max(0, t + 1 - H) : t + 1] == header.tolist()
            mask[b, t] = inside or opened
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=line-break-is-learned
# en: The token behind the end is marked too: whose is it?
# ko: 끝 토큰 다음 토큰도 표시했습니다. 그것은 누구의 것인가요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside or (t > 0 and row[t - 1] == end and bool(mask[b, t - 1]))
            opened = row[max(0, t + 1 - H) : t + 1] == header.tolist()
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=three-tokens-are-compared
# en: A header of one or two tokens is never found: how many tokens do you compare?
# ko: 토큰이 하나나 둘인 헤더를 찾지 못합니다. 토큰을 몇 개 비교하나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    h, H = header.tolist(), len(header)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside
            opened = t >= 2 and row[t - 2 : t + 1] == h
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=empty-answer-runs-on
# en: An answer may be empty: may the end follow the header at once?
# ko: 답이 비어 있을 수도 있습니다. 헤더 바로 뒤에 끝 토큰이 올 수 있나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    h, H = header.tolist(), len(header)
    for b, row in enumerate(ids.tolist()):
        for s in range(len(row) - H + 1):
            if row[s : s + H] == h:
                first = s + H
                ends = [t for t in range(first + 1, len(row)) if row[t] == end]
                mask[b, first : (ends[0] if ends else len(row) - 1) + 1] = True
    return mask


# %% exercise=loss_mask name=header-inside-an-answer
# en: A header that stands inside an answer is taken out of the mask: what ends a turn?
# ko: 답 안에 있는 헤더가 마스크에서 빠집니다. 차례를 끝내는 것은 무엇인가요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    h, H = header.tolist(), len(header)
    for b, row in enumerate(ids.tolist()):
        t, inside = 0, False
        while t < len(row):
            if row[t : t + H] == h:
                t, inside = t + H, True
                continue
            mask[b, t] = inside
            inside = inside and row[t] != end
            t += 1
    return mask


# %% exercise=loss_mask name=search-begins-anew-behind-a-mismatch
# en: A token that breaks off one header may begin the next: what does your search remember then?
# ko: 헤더 하나를 깨뜨린 토큰이 다음 헤더의 시작일 수 있습니다. 그때 무엇을 기억하고 있나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    h = header.tolist()
    for b, row in enumerate(ids.tolist()):
        inside, k = False, 0
        for t, token in enumerate(row):
            if inside:
                mask[b, t], inside = True, token != end
            else:
                k = k + 1 if token == h[k] else 0
                if k == len(h):
                    inside, k = True, 0
    return mask


# %% exercise=loss_mask name=a-header-that-repeats-its-beginning
# en: Where a header begins with the same token twice it is missed behind a third one: how far back does your search look?
# ko: 헤더가 같은 토큰 두 개로 시작하면, 그 토큰이 세 번 이어질 때 헤더를 놓칩니다. 얼마나 앞까지 되돌아보나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    h = header.tolist()
    for b, row in enumerate(ids.tolist()):
        inside, k = False, 0
        for t, token in enumerate(row):
            if inside:
                mask[b, t], inside = True, token != end
            else:
                k = k + 1 if token == h[k] else int(token == h[0])
                if k == len(h):
                    inside, k = True, 0
    return mask


# %% exercise=loss_mask name=row-shorter-than-a-header
# en: A row may be shorter than the header: what do you cut out of it then?
# ko: 행이 헤더보다 짧을 수도 있습니다. 그때 무엇을 잘라 내나요?
def loss_mask(ids, header, end):
    mask = torch.zeros_like(ids, dtype=torch.bool)
    H = len(header)
    opens = (ids.unfold(1, H, 1) == header).all(-1)
    for b, row in enumerate(ids.tolist()):
        inside = False
        for t, token in enumerate(row):
            mask[b, t] = inside
            opened = t + 1 >= H and bool(opens[b, t + 1 - H])
            inside = token != end if inside else opened
    return mask


# %% exercise=loss_mask name=rows-are-one-long-text
# en: The end of one row and the beginning of the next are read as one header: where does a row end in yours?
# ko: 한 행의 끝과 다음 행의 처음을 이어 헤더로 읽습니다. 행이 어디에서 끝나나요?
def loss_mask(ids, header, end):
    B, T = ids.shape
    h, H, flat = header.tolist(), len(header), ids.flatten().tolist()
    mask = torch.zeros(B * T, dtype=torch.bool)
    inside = False
    for i, token in enumerate(flat):
        if i % T == 0 and flat[max(0, i - H) : i] != h:
            inside = False
        mask[i] = inside
        inside = token != end if inside else flat[max(0, i + 1 - H) : i + 1] == h
    return mask.view(B, T)


# %% exercise=loss_mask variant=search-and-fill
def loss_mask(ids, header, end):
    mask = torch.zeros(ids.shape, dtype=torch.bool)
    wanted = header.tolist()
    for b in range(len(ids)):
        row, t = ids[b].tolist(), 0
        while t + len(wanted) <= len(row):
            if row[t : t + len(wanted)] != wanted:
                t += 1
                continue
            start = t + len(wanted)
            t = start
            while t < len(row) and row[t] != end:
                t += 1
            mask[b, start : t + 1] = True
    return mask


# %% exercise=loss_mask variant=counts-of-headers-and-ends
def loss_mask(ids, header, end):
    B, T = ids.shape
    H = len(header)
    opened = torch.zeros(B, T + 1, dtype=torch.long)
    if T >= H:
        hits = (ids.unfold(1, H, 1) == header).all(-1)
        opened[:, H : T + 1] = hits.long()
    last = torch.where(opened.bool(), torch.arange(T + 1), -1).cummax(1).values[:, :T]
    ended = torch.where(ids == end, torch.arange(T), -2)
    before = torch.cat([torch.full((B, 1), -2), ended.cummax(1).values[:, :-1]], 1)
    return (last >= 0) & (before < last)


# ------------------------------------------------------------------------------------ DialogState
# %% exercise=DialogState name=first-name-and-not-the-longest
# en: Korea stands in South Korea too: which of several names counts?
# ko: South Korea 안에는 Korea도 있습니다. 여러 이름 가운데 어느 것을 골라야 하나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        return next((title for name, title in self.names.items() if mentions(text, name)), None)

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=substring-and-no-word
# en: Oman stands in Romania, letter by letter: does `mentions` do what you do?
# ko: Romania 안에도 Oman이라는 글자가 있습니다. `mentions`와 같은 방식인가요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        found = [name for name in self.names if name.lower() in text.lower()]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=assistant-changes-the-subject
# en: The bot named something by itself: whose messages decide what it is about?
# ko: 봇이 스스로 다른 것을 말했습니다. 무엇에 대한 대화인지는 누구의 메시지가 정하나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=forgets-after-one-turn
# en: A message that names nothing wiped the subject out: what should it leave as it is?
# ko: 아무것도 부르지 않은 메시지가 주제를 지웠습니다. 그대로 두어야 할 것은 무엇인가요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content)

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=question-does-not-decide
# en: The question itself names a country, and the old one is looked up: which of the two counts?
# ko: 질문이 직접 나라를 불렀는데 예전 나라를 찾습니다. 어느 쪽이 우선인가요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.subject or self.named(question)
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=query-changes-the-subject
# en: Looking something up must leave the state as it is: what did `query` write?
# ko: 찾아보기만 할 때는 상태가 그대로여야 합니다. `query`가 무엇을 바꾸었나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        self.subject = self.named(question) or self.subject
        return f"{self.subject}: {question}" if self.subject else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=name-and-not-title
# en: A country has many names: under which title do the passages stand?
# ko: 한국과 Korea는 이름입니다. 자료에는 어떤 제목으로 들어 있나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        return max([name for name in self.names if mentions(text, name)], key=len, default=None)

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=oldest-kept
# en: Which end of the dialogue may be forgotten when room is short?
# ko: 자리가 모자라면 대화의 어느 쪽 끝을 잊어도 되나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in self.turns:
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.append(message)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=answer-without-its-question
# en: The window begins with an answer: what is it worth without its question?
# ko: 창이 답으로 시작합니다. 질문 없는 답이 무슨 소용이 있나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=system-message-lost
# en: The system message is missing from your window: where does it stand, if it is not empty?
# ko: 창에 시스템 메시지가 없습니다. 비어 있지 않다면 어디에 있어야 하나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names, self.turns, self.subject = system, names, [], None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return kept


# %% exercise=DialogState name=one-answer-dropped
# en: Two answers may stand at the beginning: is one step enough?
# ko: 처음에 답이 두 개 이어질 수도 있습니다. 하나만 빼면 충분한가요?
class DialogState(DialogState):
    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        if len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=window-forgets-for-good
# en: Asked for a small window and then for a large one: where have the turns gone?
# ko: 작은 창을 얻은 뒤 큰 창을 달라고 하면, 메시지들은 어디로 갔나요?
class DialogState(DialogState):
    def window(self, budget):
        kept = super().window(budget)
        self.turns = [message for message in kept if message.role != "system"]
        return kept


# %% exercise=DialogState survivor=`break` -> `continue`
# why: Equivalent: once the budget is below 0 it stays there, and no older message fits either.


# %% exercise=DialogState name=skips-what-does-not-fit
# en: A message that does not fit is passed over, and older ones come in: what ends the walk?
# ko: 들어가지 않는 메시지를 건너뛰고 더 오래된 것을 넣었습니다. 무엇이 걸음을 끝내나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            size = len(message.content.split())
            if kept and size > budget:
                continue
            budget -= size
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=newest-first
# en: The newest message stands first: in which order is a dialogue read?
# ko: 가장 새 메시지가 맨 앞에 있습니다. 대화는 어떤 순서로 읽나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept[::-1]


# %% exercise=DialogState name=characters-are-counted
# en: The budget is used up too soon: what is counted, words or characters?
# ko: 예산이 너무 빨리 끝납니다. 낱말과 글자 가운데 무엇을 세나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content)
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=first-subject-for-ever
# en: The subject never changes again: what did the user name last?
# ko: 주제가 다시 바뀌지 않습니다. 사용자가 마지막으로 부른 것은 무엇인가요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.subject or self.named(message.content)

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=window-left-empty
# en: Where nothing but answers fits your window is empty: what does the docstring keep then?
# ko: 답만 들어갈 수 있을 때 창이 비어 있습니다. 설명에서는 그때 무엇을 남기나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while kept and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=longest-title
# en: Of several names the longest counts: do you compare the names, or their titles?
# ko: 이름이 여럿이면 가장 긴 이름을 씁니다. 이름을 비교하나요, 제목을 비교하나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [title for name, title in self.names.items() if mentions(text, name)]
        return max(found, key=len) if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=last-of-equally-long-names
# en: Of equally long names the last one counts in yours: which one does the docstring take?
# ko: 길이가 같은 이름 가운데 마지막 것을 고릅니다. 설명에서는 어느 것을 고르나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[sorted(found, key=len)[-1]] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=bytes-are-compared
# en: A Korean name beats a longer one of another alphabet: in what is your length counted?
# ko: 한국어 이름이 더 긴 다른 문자의 이름을 이깁니다. 길이를 무엇으로 세나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=lambda name: len(name.encode()))] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=system-words-are-counted
# en: A message that fits is left out where there is a system message: whose words are not counted?
# ko: 시스템 메시지가 있으면 들어갈 수 있는 메시지가 빠집니다. 누구의 낱말은 세지 않나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        budget -= len(self.system.split())
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=budget-never-used-up
# en: Messages with exactly `budget` words together: do they fit?
# ko: 낱말을 합한 수가 `budget`과 똑같은 메시지들은 들어가나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget <= 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=turns-of-all-dialogues
# en: An empty dialogue holds what was said in another one: where does your list of turns live?
# ko: 빈 대화에 다른 대화에서 한 말이 들어 있습니다. 메시지 목록이 어디에 있나요?
class DialogState:
    turns = []

    def __init__(self, system, names):
        self.system, self.names = system, names
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState name=message-without-words
# en: A message without a word is left out although it costs nothing: when does your walk end?
# ko: 낱말이 없는 메시지는 예산을 쓰지 않는데도 빠집니다. 언제 걸음을 멈추나요?
class DialogState:
    def __init__(self, system, names):
        self.system, self.names = system, names
        self.turns = []
        self.subject = None

    def named(self, text):
        found = [name for name in self.names if mentions(text, name)]
        return self.names[max(found, key=len)] if found else None

    def add(self, message):
        self.turns.append(message)
        if message.role == "user":
            self.subject = self.named(message.content) or self.subject

    def query(self, question):
        title = self.named(question) or self.subject
        return f"{title}: {question}" if title else question

    def window(self, budget):
        kept = []
        for message in reversed(self.turns):
            if kept and budget <= 0:
                break
            budget -= len(message.content.split())
            if kept and budget < 0:
                break
            kept.insert(0, message)
        while len(kept) > 1 and kept[0].role == "assistant":
            kept.pop(0)
        return ([Message("system", self.system)] if self.system else []) + kept


# %% exercise=DialogState variant=indices
class DialogState:
    def __init__(self, system, names):
        self.head = [Message("system", system)] if system else []
        self.names, self.log, self.subject = dict(names), [], None

    def named(self, text):
        best = None
        for name in self.names:
            if mentions(text, name) and (best is None or len(name) > len(best)):
                best = name
        return None if best is None else self.names[best]

    def add(self, message):
        self.log = [*self.log, message]
        title = self.named(message.content) if message.role == "user" else None
        if title is not None:
            self.subject = title

    def query(self, question):
        title = self.named(question)
        title = self.subject if title is None else title
        return question if title is None else title + ": " + question

    def window(self, budget):
        start, words = len(self.log), 0
        while start > 0:
            words += len(self.log[start - 1].content.split())
            if words > budget and start < len(self.log):
                break
            start -= 1
        while start < len(self.log) - 1 and self.log[start].role == "assistant":
            start += 1
        return self.head + self.log[start:]


# %% exercise=DialogState variant=sorted-once
class DialogState:
    def __init__(self, system, names):
        self.system = system
        self.order = sorted(names.items(), key=lambda pair: -len(pair[0]))
        self.said, self.subject = [], None

    def named(self, text):
        return next((title for name, title in self.order if mentions(text, name)), None)

    def add(self, message):
        self.said.append(message)
        if message.role == "user" and self.named(message.content):
            self.subject = self.named(message.content)

    def query(self, question):
        for title in (self.named(question), self.subject):
            if title:
                return f"{title}: {question}"
        return question

    def window(self, budget):
        lengths = [len(m.content.split()) for m in self.said]
        count = len(self.said)
        fits = [i for i in range(count) if sum(lengths[i:]) <= budget or i == count - 1]
        kept = self.said[min(fits) :] if fits else []
        while kept[1:] and kept[0].role == "assistant":
            kept = kept[1:]
        return [Message("system", self.system)] * bool(self.system) + kept


# ------------------------------------------------------------------------------------ retrieve_and_ground
# %% exercise=retrieve_and_ground name=floor-ignored
# en: A bad passage is better than none, says yours: what is the floor for?
# ko: 나쁜 자료라도 없는 것보다 낫다고 하네요. 하한은 무엇을 위한 것인가요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, _score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=above-the-floor-alone
# en: A score that equals the floor: good enough, or not?
# ko: 점수가 하한과 같을 때는 충분한가요, 아닌가요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score > floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=stops-at-the-first-too-long
# en: One passage is too long: may a later, shorter one still fit?
# ko: 한 자료가 너무 깁니다. 뒤의 더 짧은 자료는 아직 들어갈 수 있지 않나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        if score < floor or not text or text in [one.text for one in used]:
            continue
        if len(text.split()) > budget:
            break
        budget -= len(text.split())
        used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=budget-for-each
# en: Each passage fits by itself: do all of them together?
# ko: 자료 하나하나는 들어갑니다. 모두 합쳐도 들어가나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=numbers-of-the-hits
# en: [3] with two sources: which list do the numbers count?
# ko: 자료는 둘인데 [3]이 있습니다. 번호는 어느 목록을 세나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used, lines = [], []
    for n, (passage, score) in enumerate(hits, 1):
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
            lines.append(f"[{n}] {passage.title}: {text}")
    if not used:
        return [], []
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=not-cleaned
# en: An order in a document reached the model: who takes it out?
# ko: 문서 속 명령이 모델에게 전해졌습니다. 누가 그것을 빼야 하나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(passage.text.split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=line-breaks-of-documents
# en: A document with a line break can write a source of its own: on how many lines may it stand?
# ko: 줄바꿈이 있는 문서는 스스로 자료를 지어낼 수 있습니다. 몇 줄에 걸쳐 있어도 되나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = clean(passage.text).strip()
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=question-on-several-lines
# en: The question can forge a source as well: is its white space treated like that of passages?
# ko: 질문도 자료를 지어낼 수 있습니다. 질문의 공백도 자료처럼 다루었나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {question}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=the-same-text-twice
# en: One text stands there twice and costs its words twice: what does the contract say?
# ko: 같은 글이 두 번 나와 자리를 두 배로 씁니다. 설명에는 뭐라고 되어 있나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        if score >= floor and text and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=asks-without-sources
# en: No passage is good enough, and the model is asked all the same: what should come back?
# ko: 쓸 만한 자료가 없는데도 모델에게 묻고 있습니다. 무엇을 돌려주어야 하나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=raw-passages-given-back
# en: What is given back must be what the model read: are these the cleaned texts?
# ko: 모델이 읽은 것을 돌려주어야 합니다. 정리된 글이 맞나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used, texts = [], []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        if score >= floor and text and text not in texts and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(passage)
            texts.append(text)
    if not used:
        return [], []
    lines = [f"[{n}] {p.title}: {t}" for n, (p, t) in enumerate(zip(used, texts), 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=blank-left-by-cleaning
# en: Where `clean` took a sentence out, a blank is left at the edge of your text: which comes first, `clean` or the white space?
# ko: `clean`이 문장을 뺀 뒤 글의 가장자리에 공백이 남습니다. `clean`과 공백 정리 중 어느 것이 먼저인가요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = clean(" ".join(passage.text.split()))
        if score < floor or not text or text in [one.text for one in used]:
            continue
        if len(text.split()) > budget:
            continue
        budget -= len(text.split())
        used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    asked = "\n".join([*lines, "", f"Question: {' '.join(question.split())}"])
    return [Message("system", INSTRUCTION), Message("user", asked)], used


# %% exercise=retrieve_and_ground name=title-left-out
# en: A model reads the texts, but of what do they speak? See the form of a line.
# ko: 모델이 글은 읽지만 무엇에 대한 글인가요? 한 줄의 형식을 보세요.
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=no-empty-line
# en: The question follows right behind the sources: what stands between them?
# ko: 질문이 출처 바로 뒤에 옵니다. 그 사이에 무엇이 있나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += [f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=answers-exchanged
# en: What is returned first, the messages or the passages?
# ko: 먼저 돌려줄 것은 메시지인가요, 글인가요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return used, [Message("system", INSTRUCTION), Message("user", "\n".join(lines))]


# %% exercise=retrieve_and_ground name=characters-in-the-budget
# en: Hardly a passage fits: what does the budget count?
# ko: 들어가는 글이 거의 없습니다. 예산은 무엇을 세나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text) <= budget:
            budget -= len(text)
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=empty-source
# en: A passage of which nothing is left is shown all the same: what does the docstring do with empty ones?
# ko: 남은 글이 하나도 없는 자료를 그대로 보여 줍니다. 설명에서는 빈 자료를 어떻게 하나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=last-of-equal-texts
# en: Of equal texts the last one counts in yours, with its title and its score: which one stands first?
# ko: 같은 글 가운데 마지막 것의 제목과 점수를 씁니다. 먼저 나온 것은 어느 것인가요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    by_text = {}
    for passage, score in hits:
        by_text[" ".join(clean(passage.text).split())] = (passage.title, score)
    by_text.pop("", None)
    used = []
    for text, (title, score) in by_text.items():
        if score >= floor and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=titles-in-the-budget
# en: A passage whose text just fits is skipped: whose words does the budget count?
# ko: 글이 꼭 맞게 들어가는 자료를 건너뜁니다. 예산은 무엇의 낱말을 세나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(f"{passage.title} {text}".split()) <= budget:
            budget -= len(f"{passage.title} {text}".split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=titles-are-compared
# en: The same text under another title is shown again: what has to be new, the title or the text?
# ko: 제목만 다른 같은 글이 다시 나옵니다. 새로워야 하는 것은 제목인가요, 글인가요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or passage.title in [one.title for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=question-cleaned-too
# en: Sentences of the question are gone: which texts does the docstring clean?
# ko: 질문의 문장이 사라졌습니다. 설명에서는 어떤 글을 정리하나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(clean(question).split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=titles-cleaned-too
# en: A title is not what it was: which texts does the docstring change?
# ko: 제목이 원래와 다릅니다. 설명에서는 어떤 글을 바꾸나요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {clean(one.title)}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=white-space-before-cleaning
# en: `clean` gets a text whose lines are gone already: which comes first, `clean` or the white space?
# ko: `clean`이 받는 글에서 줄이 이미 사라졌습니다. `clean`과 공백 정리 중 어느 것이 먼저인가요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(" ".join(passage.text.split())).split())
        known = not text or text in [one.text for one in used]
        if score >= floor and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground name=floor-of-zero-is-no-floor
# en: With a floor of 0 a score below 0 passes: is 0 a floor, or none?
# ko: 하한이 0이면 0보다 낮은 점수가 통과합니다. 0은 하한인가요, 하한이 없는 것인가요?
def retrieve_and_ground(question, hits, clean, floor, budget):
    used = []
    for passage, score in hits:
        text = " ".join(clean(passage.text).split())
        known = not text or text in [one.text for one in used]
        if (not floor or score >= floor) and not known and len(text.split()) <= budget:
            budget -= len(text.split())
            used.append(Passage(passage.title, text))
    if not used:
        return [], []
    lines = [f"[{n}] {one.title}: {one.text}" for n, one in enumerate(used, 1)]
    lines += ["", f"Question: {' '.join(question.split())}"]
    return [Message("system", INSTRUCTION), Message("user", "\n".join(lines))], used


# %% exercise=retrieve_and_ground variant=dictionary-of-texts
def retrieve_and_ground(question, hits, clean, floor, budget):
    titles = {}
    for passage, score in hits:
        text = re.sub(r"\s+", " ", clean(passage.text)).strip()
        if score < floor or text == "" or text in titles:
            continue
        if sum(len(t.split()) for t in titles) + len(text.split()) > budget:
            continue
        titles[text] = passage.title
    if not titles:
        return [], []
    body = "".join(f"[{n + 1}] {title}: {text}\n" for n, (text, title) in enumerate(titles.items()))
    asked = re.sub(r"\s+", " ", question).strip()
    user = Message(role="user", content=f"{body}\nQuestion: {asked}")
    return [Message("system", INSTRUCTION), user], [Passage(t, x) for x, t in titles.items()]


# %% exercise=retrieve_and_ground variant=in-steps
def retrieve_and_ground(question, hits, clean, floor, budget):
    good = [(p.title, " ".join(clean(p.text).split())) for p, score in hits if not score < floor]
    used, left = [], budget
    for title, text in good:
        size = len(text.split())
        if size == 0 or size > left or any(text == old for _, old in used):
            continue
        used.append((title, text))
        left = left - size
    if len(used) == 0:
        return [], []
    rows = []
    for n in range(len(used)):
        rows.append("[" + str(n + 1) + "] " + used[n][0] + ": " + used[n][1])
    rows.append("")
    rows.append("Question: " + " ".join(question.split()))
    messages = [Message("system", INSTRUCTION), Message("user", "\n".join(rows))]
    return messages, [Passage(title, text) for title, text in used]


# ------------------------------------------------------------------------------------ quote
# %% exercise=quote name=counts-and-no-weights
# en: A rare word tells more than a common one: where is the weight?
# ko: 드문 낱말은 흔한 낱말보다 많은 것을 알려 줍니다. 가중치는 어디 있나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        for piece in PIECE.finditer(passage.text):
            share = len(asked & set(terms(piece[0]))) / max(1, len(asked))
            if share >= least and share > best:
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                best = share
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=title-counts
# en: The title's words are asked for in every piece: should they count in the question's weight?
# ko: 제목의 낱말은 모든 조각에 해당합니다. 질문의 무게에 넣어야 하나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=always-says-something
# en: However little a piece shares, it is quoted: what is `least` for?
# ko: 아무리 적게 겹쳐도 인용합니다. `least`는 무엇을 위한 것인가요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=more-than-least
# en: A share that equals `least`: is it enough?
# ko: 비율이 `least`와 같으면 충분한가요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held / whole > least + 1e-9 and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=ties-to-the-last
# en: Two pieces are equally good: which comes first?
# ko: 두 조각이 똑같이 좋습니다. 어느 것이 먼저인가요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole >= best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=first-piece-that-is-enough
# en: You give back the first piece that is enough: where is it compared with later, better ones?
# ko: 충분한 첫 조각을 돌려줍니다. 뒤에 나오는 더 좋은 조각과는 어디에서 비교하나요?
def quote(question, passages, weight, least):
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole:
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                return Span(source, start, piece.start() + len(piece[0].rstrip()))
    return None


# %% exercise=quote name=first-passage-alone
# en: Only one of the sources is read: where else could the answer stand?
# ko: 자료 가운데 하나만 읽고 있습니다. 답은 다른 곳에 있을 수도 있지 않나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages[:1]):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=blanks-at-the-ends
# en: The span holds blanks at its ends: where does the piece itself begin?
# ko: 구간 양 끝에 공백이 들어 있습니다. 조각 자체는 어디서 시작하나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                found = Span(source, piece.start(), piece.end())
    return found


# %% exercise=quote name=end-not-moved-with-the-start
# en: The beginning was moved behind the blanks; from where is the length counted now?
# ko: 시작을 공백 뒤로 옮겼습니다. 이제 길이는 어디서부터 세나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, start + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=repeats-count-again
# en: A word asked for three times: how often does a term count?
# ko: 같은 낱말을 세 번 물었습니다. 한 용어는 몇 번 세나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        title = set(terms(passage.title))
        asked = [term for term in terms(question) if term not in title]
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            there = set(terms(piece[0]))
            held = sum(weight(term) for term in asked if term in there)
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=divides-by-nothing
# en: Nothing in the question has a weight: what is divided by what then?
# ko: 질문에 무게가 하나도 없습니다. 그때 무엇을 무엇으로 나누나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            share = sum(weight(term) for term in asked & set(terms(piece[0]))) / whole
            if share >= least and share > best:
                best = share
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=looked-up-by-its-text
# en: The same letters may stand earlier in the passage: how do you know which place you found?
# ko: 같은 글자가 앞에 또 있을 수 있습니다. 찾은 자리가 그 자리인지 어떻게 아나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = passage.text.find(piece[0].strip())
                found = Span(source, start, start + len(piece[0].strip()))
    return found


# %% exercise=quote name=source-behind-the-last
# en: Your span names a passage that is not there: which of its numbers is the place of the passage, and from where is it counted?
# ko: 구간이 가리키는 자료가 없습니다. 구간의 수 가운데 어느 것이 자료의 자리인가요? 몇부터 세나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages, 1):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=share-of-the-piece
# en: Short pieces win: whose share is it, the question's or the piece's?
# ko: 짧은 조각이 이깁니다. 질문의 몫인가요, 조각의 몫인가요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            mine = sum(weight(term) for term in set(terms(piece[0])))
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * mine and held / mine > best:
                best = held / mine
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=union-below-the-line
# en: A long piece loses although it holds all that was asked: what stands below the line?
# ko: 물은 것을 모두 담은 긴 조각이 집니다. 분모에는 무엇이 있나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            both = sum(weight(term) for term in asked | set(terms(piece[0])))
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * both and held / both > best:
                best = held / both
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=the-title-below-the-line
# en: Shares come out too small: do the title's words count below the line?
# ko: 몫이 너무 작습니다. 제목의 낱말이 분모에 들어가나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in set(terms(question)))
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=titles-of-all-passages
# en: A term is asked for that stands in another passage's title, and yours leaves it out: whose title does not count?
# ko: 다른 자료의 제목에 있는 용어를 물었는데 빠졌습니다. 누구의 제목이 세어지지 않나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - {t for one in passages for t in terms(one.title)}
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=title-of-the-first-passage
# en: The second passage has a title of its own: whose terms do you take out of the question for it?
# ko: 둘째 자료에는 자기 제목이 있습니다. 그 자료에서는 누구의 용어를 질문에서 빼나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passages[0].title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=weights-and-not-shares
# en: Two passages leave different parts of a question: do you compare what a piece holds, or its share?
# ko: 자료마다 질문에서 남는 부분이 다릅니다. 조각이 담은 무게를 비교하나요, 몫을 비교하나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held > best:
                best = held
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=one-title-ends-the-search
# en: One passage's title holds all that was asked, and nothing is found: what about the passages behind it?
# ko: 한 자료의 제목에 물은 것이 다 들어 있으면 아무것도 찾지 못합니다. 그 뒤의 자료는요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        if not asked:
            return None
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote name=first-passage-that-is-enough
# en: A later passage holds more, and yours is not looked at: after which passage do you stop?
# ko: 뒤의 자료에 더 좋은 조각이 있는데 살펴보지 않습니다. 어느 자료에서 멈추나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            if held and held >= least * whole and held / whole > best:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
        if found:
            return found
    return found


# %% exercise=quote name=shortest-of-equal-pieces
# en: Of equal pieces the shorter one wins in yours: which one does the docstring take?
# ko: 같은 조각 가운데 더 짧은 것을 고릅니다. 설명에서는 어느 것을 고르나요?
def quote(question, passages, weight, least):
    best, found = 0.0, None
    for source, passage in enumerate(passages):
        asked = set(terms(question)) - set(terms(passage.title))
        whole = sum(weight(term) for term in asked)
        for piece in PIECE.finditer(passage.text):
            held = sum(weight(term) for term in asked & set(terms(piece[0])))
            shorter = found and len(piece[0]) < found.end - found.start
            better = held / whole > best or (held / whole == best and shorter) if whole else False
            if held and held >= least * whole and better:
                best = held / whole
                start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
                found = Span(source, start, piece.start() + len(piece[0].rstrip()))
    return found


# %% exercise=quote variant=all-pieces-then-max
def quote(question, passages, weight, least):
    rows = []
    for source, passage in enumerate(passages):
        asked = set(terms(question)).difference(terms(passage.title))
        whole = math.fsum(map(weight, sorted(asked)))
        for piece in PIECE.finditer(passage.text):
            held = math.fsum(map(weight, sorted(asked.intersection(terms(piece[0])))))
            share = held / whole if whole else 0.0
            inner = piece[0].strip()
            start = passage.text.index(inner, piece.start()) if inner else piece.start()
            rows.append((share, Span(source, start, start + len(inner))))
    top = max(rows, key=lambda row: row[0], default=(0.0, None))
    return top[1] if top[0] > 0 and top[0] >= least else None


# %% exercise=quote variant=sorted-by-share
def quote(question, passages, weight, least):
    found = []
    for source, passage in enumerate(passages):
        title = terms(passage.title)
        asked = {term: weight(term) for term in terms(question) if term not in title}
        total = sum(asked.values())
        for m in PIECE.finditer(passage.text):
            inside = terms(m.group())
            share = sum(w for term, w in asked.items() if term in inside) / (total or 1)
            left = len(m.group()) - len(m.group().lstrip())
            right = len(m.group()) - len(m.group().rstrip())
            if share > 0 and share >= least:
                found.append((-share, len(found), Span(source, m.start() + left, m.end() - right)))
    return sorted(found)[0][2] if found else None


# ------------------------------------------------------------------------------------ guardrail
# %% exercise=guardrail name=particles-make-another-word
# en: One word with two particles is about the same: which forms of a word are compared?
# ko: '서울은'과 '서울이'는 같은 것을 가리킵니다. 낱말의 어떤 형태끼리 비교하나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {word.replace(",", "").lower() for word in TOKEN.findall(told)}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = word.replace(",", "").lower() in known
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=particles-of-the-answer-alone
# en: The answer's particles are taken off: what about those in the source?
# ko: 답의 조사는 떼었습니다. 자료 쪽의 조사는요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {word.replace(",", "").lower() for word in TOKEN.findall(told)}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=part-of-a-word-is-enough
# en: 19 stands in 1950, letter by letter: what has to be equal, a part or the whole word?
# ko: 1950 안에는 19라는 글자가 있습니다. 일부가 같으면 되나요, 낱말 전체가 같아야 하나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    told = told.replace(",", "").lower()
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = any(form in told for form in forms(word.replace(",", "")))
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=commas-make-another-number
# en: 1,950 and 1950 are the same number: when do commas leave?
# ko: 1,950과 1950은 같은 수입니다. 쉼표는 언제 빼야 하나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word)}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = not known.isdisjoint(forms(word))
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=commas-out-of-the-text
# en: "Seoul,Busan" without its comma is one word: out of what do you take commas?
# ko: "Seoul,Busan"에서 쉼표를 빼면 한 낱말이 됩니다. 쉼표를 어디에서 빼고 있나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told.replace(",", "")) for form in forms(word)}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=question-does-not-support
# en: The user's own words are reported: what else beside the sources supports a claim?
# ko: 사용자가 쓴 말까지 걸렸습니다. 자료 말고 무엇이 주장을 뒷받침하나요?
def guardrail(answer, question, passages):
    told = " ".join(f"{one.title} {one.text}" for one in passages)
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=titles-do-not-support
# en: A name that stands in a title is reported: which parts of a passage are its words?
# ko: 제목에 있는 이름이 걸렸습니다. 자료의 어느 부분이 근거가 되나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(one.text for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=citations-are-claims
# en: [2] is reported as a number: what does it stand for?
# ko: [2]가 숫자로 걸렸습니다. 이것은 무엇을 뜻하나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(answer):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=small-words-are-claims
# en: "The" begins with a capital: does it claim anything?
# ko: "The"는 대문자로 시작합니다. 그것이 무언가를 주장하나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=korean-is-not-checked
# en: Korean has no capitals: which of its words are claims?
# ko: 한국어에는 대문자가 없습니다. 그럼 어떤 낱말이 주장인가요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper()
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=every-word-is-a-claim
# en: Plain small words are reported too: which English words count as names?
# ko: 보통 낱말까지 걸렸습니다. 영어에서는 어떤 낱말이 이름으로 세어지나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        small = word.lower() in SMALL_WORDS
        if not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=reported-again-and-again
# en: One name is reported twice: how often should each claim appear?
# ko: 같은 이름이 두 번 보고되었습니다. 각 주장은 몇 번 나와야 하나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        small = word.lower() in SMALL_WORDS
        if claims and not small and not supported:
            missing.append(word)
    return missing


# %% exercise=guardrail name=names-are-not-checked
# en: A name that stands nowhere passes: which words are claims?
# ko: 어디에도 없는 이름이 통과합니다. 어떤 낱말이 주장인가요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=numbers-are-not-checked
# en: A number that stands nowhere passes: which words are claims?
# ko: 어디에도 없는 수가 통과합니다. 어떤 낱말이 주장인가요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isupper() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=reported-in-small-letters
# en: The words are right, but are they told as the answer writes them?
# ko: 낱말은 맞습니다. 그런데 답에 쓰인 그대로인가요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word.lower() not in missing:
            missing.append(word.lower())
    return missing


# %% exercise=guardrail name=order-lost
# en: The words are right, but in which order does the answer hold them?
# ko: 낱말은 맞습니다. 그런데 답에서는 어떤 순서인가요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return sorted(missing)


# %% exercise=guardrail name=all-capitals-are-no-name
# en: A word in capitals throughout is not reported: does it begin with one?
# ko: 모두 대문자인 낱말이 걸리지 않습니다. 그 낱말은 대문자로 시작하지 않나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word.istitle() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=small-words-as-written
# en: A small word with a capital is reported: in which letters is it compared?
# ko: 대문자로 시작하는 작은 낱말이 걸렸습니다. 어떤 글자로 바꾸어 비교하나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        small = word in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=citations-of-one-digit
# en: [2] is no word in yours and [37] is: how many digits may a citation have?
# ko: [2]는 빠지지만 [37]은 걸립니다. 인용 번호는 몇 자리까지 될 수 있나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=points-leave-too
# en: 35 passes for 3.5: which sign in a number does not count?
# ko: 35가 3.5로 통과합니다. 수에서 무시하는 부호는 무엇인가요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(re.sub("[.,]", "", word))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(re.sub("[.,]", "", word)))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=words-grow-together
# en: What stands before and behind a citation becomes one word: what is left where it was?
# ko: 인용 번호 앞뒤의 말이 한 낱말이 됩니다. 번호가 있던 자리에 무엇이 남나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", "", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=citations-leave-the-sources-too
# en: A number in brackets in a source does not support the answer: in which text is it no word?
# ko: 자료 속 괄호 안의 수가 답을 뒷받침하지 못합니다. 어느 글에서만 낱말로 세지 않나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", told)) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail name=once-whatever-its-capitals
# en: A claim and the same word in other capitals are told once: how does the answer write them?
# ko: 대소문자만 다른 두 주장이 한 번만 나옵니다. 답에는 어떻게 쓰여 있나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        small = word.lower() in SMALL_WORDS
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word.lower() not in [one.lower() for one in missing]:
            missing.append(word)
    return missing


# %% exercise=guardrail name=small-word-with-a-particle
# en: A small word with a particle passes: which form of a word is looked for among the small words?
# ko: 작은 낱말에 조사가 붙어도 통과합니다. 작은 낱말인지는 어떤 형태로 찾나요?
def guardrail(answer, question, passages):
    told = " ".join([question, *(f"{one.title} {one.text}" for one in passages)])
    known = {form for word in TOKEN.findall(told) for form in forms(word.replace(",", ""))}
    missing = []
    for word in TOKEN.findall(re.sub(r"\[\d+\]", " ", answer)):
        claims = word[0].isdigit() or word[0].isupper() or is_korean(word)
        small = not SMALL_WORDS.isdisjoint(forms(word))
        supported = not known.isdisjoint(forms(word.replace(",", "")))
        if claims and not small and not supported and word not in missing:
            missing.append(word)
    return missing


# %% exercise=guardrail variant=sets-for-each-text
def guardrail(answer, question, passages):
    def stems(text):
        return [forms(token.replace(",", "")) for token in TOKEN.findall(text)]

    known = set()
    for text in [question] + [p.title for p in passages] + [p.text for p in passages]:
        known = known.union(*stems(text))
    words = TOKEN.findall(re.sub(r"\[[0-9]+\]", "\n", answer))
    claims = [w for w in words if re.match(r"\d|[가-힣]", w) or w[0].isupper() or is_korean(w)]
    bad = [w for w in claims if not forms(w.replace(",", "")) & known]
    return [w for w in dict.fromkeys(bad) if w.lower() not in SMALL_WORDS]


# %% exercise=guardrail variant=dictionary-in-order
def guardrail(answer, question, passages):
    texts = [question]
    for passage in passages:
        texts += [passage.title, passage.text]
    known = set()
    for text in texts:
        for word in TOKEN.findall(text):
            known |= forms(word.replace(",", ""))
    found = {}
    for word in TOKEN.findall("".join(re.split(r"(?:\[\d+\])", answer.replace("[", " [")))):
        if word.lower() in SMALL_WORDS:
            continue
        if not (word[0].isdigit() or word[0] != word[0].lower() or is_korean(word)):
            continue
        if not any(form in known for form in forms(word.replace(",", ""))):
            found[word] = True
    return list(found)


# ------------------------------------------------------------------------------------ evaluate
# %% exercise=evaluate name=right-of-everything
# en: Of which questions can an answer be right: of all, or of those that have one?
# ko: 어떤 질문에서 답이 맞을 수 있나요? 전부인가요, 답이 있는 질문인가요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [(s, c) for s, c in known if s.text is not None and mentions(s.text, c.answer)]
    return {
        "right": (len(right), len(pairs)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=cited-of-all-that-was-said
# en: A citation is counted where the answer was right: of how many, then?
# ko: 출처는 답이 맞은 곳에서만 셉니다. 그러면 몇 개 가운데인가요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [(one, case) for one, case in pairs if one.text is not None]
    right = [(s, c) for s, c in known if s.text is not None and mentions(s.text, c.answer)]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in spoken), len(spoken)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=made-up-forgets-the-unanswerable
# en: Something was said to a question that has no answer: is that not made up?
# ko: 답이 없는 질문에 무언가를 말했습니다. 그것은 지어낸 것이 아닌가요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one, _ in known if one.text is not None]
    right = [(s, c) for s, c in known if s.text is not None and mentions(s.text, c.answer)]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=made-up-of-all-questions
# en: "Made up" is a share of what was *said*, and you count silence too: which field of an answer shows that the bot was silent?
# ko: 지어낸 것은 *말한 것* 가운데서 세는데, 침묵까지 함께 셉니다. 봇이 침묵했다는 것은 어느 필드에서 알 수 있나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [(s, c) for s, c in known if s.text is not None and mentions(s.text, c.answer)]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(pairs)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=part-of-a-word-is-right
# en: Oman stands in Romania, letter by letter: who judges whether an answer is held?
# ko: Romania 안에도 Oman이라는 글자가 있습니다. 답이 들어 있는지는 무엇으로 판단하나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [(s, c) for s, c in known if s.text and c.answer.lower() in s.text.lower()]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=empty-is-silence
# en: An empty text is not None: did the bot abstain, or say nothing useful?
# ko: 빈 글은 None이 아닙니다. 봇이 답을 유보한 건가요, 쓸모없는 말을 한 건가요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text]
    right = [(s, c) for s, c in known if s.text and mentions(s.text, c.answer)]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(not one.text for one in unknown), len(unknown)),
        "silent by mistake": (sum(not one.text for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=silences-exchanged
# en: Silence where there is no answer is good, where there is one bad: which of yours is which?
# ko: 답이 없을 때의 침묵은 좋고, 있을 때의 침묵은 나쁩니다. 둘이 바뀌지 않았나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [(s, c) for s, c in known if s.text is not None and mentions(s.text, c.answer)]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent by mistake": (sum(one.text is None for one in unknown), len(unknown)),
        "silent": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=silence-of-all-silences
# en: Silent of how many: of all silences, or of the questions that have no answer?
# ko: 침묵은 무엇 가운데서 세나요? 모든 침묵인가요, 답이 없는 질문인가요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [(s, c) for s, c in known if s.text is not None and mentions(s.text, c.answer)]
    silences = len(said) - len(spoken)
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), silences),
        "silent by mistake": (sum(one.text is None for one, _ in known), silences),
    }


# %% exercise=evaluate name=shorter-list-decides
# en: A case without an answer of the bot is dropped silently: what should unequal lists do?
# ko: 짝이 없는 문항이 조용히 사라집니다. 길이가 다르면 어떻게 해야 하나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one, _ in pairs if one.text is not None]
    right = [(s, c) for s, c in known if s.text is not None and mentions(s.text, c.answer)]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=cited-of-all-questions
# en: A citation of a wrong answer helps nobody: of which answers is the share asked for?
# ko: 틀린 답의 출처는 쓸모가 없습니다. 어떤 답 가운데의 비율을 묻고 있나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [(one, case) for one, case in known if one.text and mentions(one.text, case.answer)]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(known)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=shares-for-pairs
# en: One number stands where two belong: 3 of 4 and 300 of 400 are not equally sure.
# ko: 둘이 있을 자리에 수가 하나입니다. 넷 중 셋과 사백 중 삼백은 똑같이 확실하지 않습니다.
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer)
    ]
    counts = {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }
    return {name: k / n if n else 0.0 for name, (k, n) in counts.items()}


# %% exercise=evaluate name=equal-and-not-mentioned
# en: An answer with a word more is no longer right: what does `mentions` look for?
# ko: 한 낱말이 더 있는 답이 틀린 것이 됩니다. `mentions`는 무엇을 찾나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and one.text == case.answer
    ]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=right-if-cited
# en: A right answer with a wrong source does not count as right: which pair is about sources?
# ko: 출처가 틀린 옳은 답이 옳은 것에서 빠졌습니다. 출처를 보는 쌍은 어느 것인가요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer) and one.source == case.source
    ]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=right-of-what-was-said
# en: The rate of right answers leaves out silence: of what is it a part?
# ko: 옳은 답의 비율에서 침묵이 빠졌습니다. 무엇 가운데의 비율인가요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer)
    ]
    return {
        "right": (len(right), sum(one.text is not None for one, _ in known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=made-up-where-nothing-was-known
# en: Only answers to the unanswerable are called made up: what about a wrong answer to the others?
# ko: 답이 없는 질문의 답만 지어낸 것이라 했습니다. 다른 질문의 틀린 답은요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer)
    ]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (sum(one.text is not None for one in unknown), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=every-silence
# en: "silent" counts all silences: of which questions is this pair?
# ko: "silent"가 모든 침묵을 셉니다. 이 쌍은 어떤 질문에 대한 것인가요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer)
    ]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (len(said) - len(spoken), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=letters-and-no-words
# en: Part of a longer Korean word counts as the answer, and OMAN does not count as Oman: which function judges whether an answer is held?
# ko: 서울대의 서울은 답으로 세고, OMAN은 Oman으로 세지 않습니다. 답이 들어 있는지는 어떤 함수로 판단하나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and case.answer in one.text
    ]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=cited-though-wrong
# en: A wrong answer with the right source is counted as cited: of which answers is this pair?
# ko: 출처만 맞은 틀린 답도 세었습니다. 이 쌍은 어떤 답에 대한 것인가요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer)
    ]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.text is not None and one.source == case.source for one, case in known), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=more-answers-than-cases
# en: More answers than cases go through: which of the two lists may be the longer one?
# ko: 답이 문항보다 많아도 그대로 통과합니다. 두 목록 가운데 더 길어도 되는 것이 있나요?
def evaluate(said, cases):
    if len(said) < len(cases):
        raise ValueError("too few answers")
    said = said[: len(cases)]
    pairs = list(zip(said, cases))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer)
    ]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=empty-source-is-never-right
# en: Two empty sources are the same source: do you take an empty one for none?
# ko: 빈 출처 둘은 같은 출처입니다. 빈 출처를 없는 것으로 보나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer)
    ]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(bool(one.source) and one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=no-source-no-answer
# en: A case has an answer although its source is empty: which field tells that the sources do not say?
# ko: 출처가 비어 있어도 답이 있는 문항이 있습니다. 답이 없다는 것은 어느 필드에서 알 수 있나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None and case.source]
    unknown = [one for one, case in pairs if case.answer is None or not case.source]
    spoken = [one for one in said if one.text is not None]
    right = [
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer)
    ]
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate name=equal-answers-once
# en: Two equal answers to two equal cases are counted once: what does a set drop?
# ko: 같은 문항 둘에 같은 답 둘이 한 번만 세어집니다. 집합은 무엇을 버리나요?
def evaluate(said, cases):
    pairs = list(zip(said, cases, strict=True))
    known = [(one, case) for one, case in pairs if case.answer is not None]
    unknown = [one for one, case in pairs if case.answer is None]
    spoken = [one for one in said if one.text is not None]
    right = {
        (one, case)
        for one, case in known
        if one.text is not None and mentions(one.text, case.answer)
    }
    return {
        "right": (len(right), len(known)),
        "cited": (sum(one.source == case.source for one, case in right), len(right)),
        "made up": (len(spoken) - len(right), len(spoken)),
        "silent": (sum(one.text is None for one in unknown), len(unknown)),
        "silent by mistake": (sum(one.text is None for one, _ in known), len(known)),
    }


# %% exercise=evaluate variant=counted-one-by-one
def evaluate(said, cases):
    if len(said) != len(cases):
        raise ValueError("not as many answers as questions")
    right = cited = spoken = quiet = quiet_wrongly = answerable = 0
    for one, case in zip(said, cases):
        quiet_now = one.text is None
        spoken += not quiet_now
        if case.answer is None:
            quiet += quiet_now
            continue
        answerable += 1
        quiet_wrongly += quiet_now
        if not quiet_now and mentions(one.text, case.answer):
            right += 1
            cited += one.source == case.source
    return {
        "right": (right, answerable),
        "cited": (cited, right),
        "made up": (spoken - right, spoken),
        "silent": (quiet, len(cases) - answerable),
        "silent by mistake": (quiet_wrongly, answerable),
    }


# %% exercise=evaluate variant=arrays
def evaluate(said, cases):
    if len(said) != len(cases):
        raise ValueError("unequal lists")
    n = len(cases)
    has = np.array([case.answer is not None for case in cases], dtype=bool).reshape(n)
    spoke = np.array([one.text is not None for one in said], dtype=bool).reshape(n)
    right = np.array(
        [a and b and mentions(o.text, c.answer) for o, c, a, b in zip(said, cases, has, spoke)],
        dtype=bool,
    ).reshape(n)
    same = np.array([o.source == c.source for o, c in zip(said, cases)], dtype=bool).reshape(n)

    def pair(top, below):
        return (int(top.sum()), int(below.sum()))

    return {
        "silent": pair(~has & ~spoke, ~has),
        "silent by mistake": pair(has & ~spoke, has),
        "right": pair(right, has),
        "cited": pair(right & same, right),
        "made up": pair(spoke & ~right, spoke),
    }


# ------------------------------------------------------------------------------------ model_card
# %% exercise=model_card name=missing-parts-stay-missing
# en: A required section is missing, and the card is written all the same: what should happen?
# ko: 꼭 필요한 절이 없는데도 카드가 만들어집니다. 어떻게 되어야 하나요?
def model_card(name, author, sections, results):
    headings = [h for h in REQUIRED if h in sections] + [h for h in sections if h not in REQUIRED]
    return _card(name, author, sections, results, headings)


def _card(name, author, sections, results, headings, z=1.96):
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p = k / n
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=first-missing-part-alone
# en: Two sections are missing, and only one is named: will the author have to try again and again?
# ko: 두 절이 없는데 하나만 알려 줍니다. 쓰는 사람이 몇 번이고 다시 해야 하지 않나요?
def model_card(name, author, sections, results):
    for heading in REQUIRED:
        if not sections.get(heading, "").strip():
            raise ValueError(f"the card says nothing about: {heading}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    return _card(name, author, sections, results, headings)


def _card(name, author, sections, results, headings, z=1.96):
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p = k / n
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=blank-section-is-enough
# en: "Limits" is there and blank: does that say where the model fails?
# ko: "Limits"가 있기는 한데 비어 있습니다. 모델이 어디서 실패하는지 알 수 있나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if heading not in sections]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    return _card(name, author, sections, results, headings)


def _card(name, author, sections, results, headings, z=1.96):
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p = k / n
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=order-as-given
# en: Cards are compared side by side: in which order do the required sections stand?
# ko: 카드는 나란히 놓고 비교합니다. 필수 절은 어떤 순서로 놓이나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    return _card(name, author, sections, results, list(sections))


def _card(name, author, sections, results, headings, z=1.96):
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p = k / n
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=plain-interval
# en: 13 of 13 gives you an interval of no width: which interval did the text ask for?
# ko: 13개 중 13개면 구간의 폭이 0이 됩니다. 본문에서 말한 구간은 어느 것인가요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p = k / n
            half = 1.96 * math.sqrt(p * (1 - p) / n)
            told = f"{p:.0%}, {max(0, p - half):.0%} to {min(1, p + half):.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=other-sections-lost
# en: What the author added beside the required parts is gone: where should it stand?
# ko: 필수 절 말고 더 쓴 내용이 사라졌습니다. 어디에 있어야 하나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    return _card(name, author, sections, results, list(REQUIRED))


def _card(name, author, sections, results, headings, z=1.96):
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p = k / n
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=only-the-words-are-signed
# en: Change a measurement, and the signature still fits: what does the hash have to cover?
# ko: 측정값을 바꿔도 서명이 그대로 맞습니다. 해시는 무엇까지 포함해야 하나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    words = "\n\n".join(blocks)
    digest = hashlib.sha256(words.encode()).hexdigest()[:16]
    body = "\n\n".join([words, "## Evaluation", "\n".join(lines)])
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=other-sections-sorted
# en: In which order did the author give the other sections?
# ko: 작성자는 나머지 절을 어떤 순서로 주었나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(", ".join(missing))
    blocks = [f"# {name}"]
    for heading in [*REQUIRED, *sorted(set(sections) - set(REQUIRED))]:
        blocks += [f"## {heading}", sections[heading].strip()]
    lines = []
    for what, (k, n) in results.items():
        if not n:
            lines.append(f"- {what}: 0 of 0 (not measured)")
            continue
        p, z = k / n, 1.96
        middle, whole = p + z * z / (2 * n), 1 + z * z / n
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = max(0.0, middle - half) / whole, (middle + half) / whole
        lines.append(f"- {what}: {k} of {n} ({p:.0%}, {low:.0%} to {high:.0%})")
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=sections-as-they-are
# en: A section ends with a line break: how many empty lines stand behind it then?
# ko: 어떤 절은 줄바꿈으로 끝납니다. 그러면 그 뒤에 빈 줄이 몇 개 생기나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(", ".join(missing))
    blocks = [f"# {name}"]
    for heading in [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]:
        blocks += [f"## {heading}", sections[heading]]
    lines = []
    for what, (k, n) in results.items():
        if not n:
            lines.append(f"- {what}: 0 of 0 (not measured)")
            continue
        p, z = k / n, 1.96
        middle, whole = p + z * z / (2 * n), 1 + z * z / n
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = max(0.0, middle - half) / whole, (middle + half) / whole
        lines.append(f"- {what}: {k} of {n} ({p:.0%}, {low:.0%} to {high:.0%})")
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=the-gap-is-signed-too
# en: Does the empty line in front of the signature belong to what is signed?
# ko: 서명 앞의 빈 줄도 서명한 글에 들어가나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(", ".join(missing))
    blocks = [f"# {name}"]
    for heading in [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]:
        blocks += [f"## {heading}", sections[heading].strip()]
    lines = []
    for what, (k, n) in results.items():
        if not n:
            lines.append(f"- {what}: 0 of 0 (not measured)")
            continue
        p, z = k / n, 1.96
        middle, whole = p + z * z / (2 * n), 1 + z * z / n
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = max(0.0, middle - half) / whole, (middle + half) / whole
        lines.append(f"- {what}: {k} of {n} ({p:.0%}, {low:.0%} to {high:.0%})")
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)]) + "\n\n"
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}Signed by {author}: {digest}"


# %% exercise=model_card name=interval-not-divided
# en: The interval is a little too high and too wide: what stands below the line of the formula?
# ko: 구간이 조금 높고 넓습니다. 식의 분모에는 무엇이 있나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1.0
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=quarter-by-n-alone
# en: The interval is too wide where n is large: read what stands below z² under the root.
# ko: n이 클 때 구간이 너무 넓습니다. 제곱근 안의 z² 아래를 다시 읽어 보세요.
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=no-z-before-the-root
# en: The interval is too narrow: how many standard errors wide is it on each side?
# ko: 구간이 너무 좁습니다. 양쪽으로 표준 오차의 몇 배인가요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=whole-hash
# en: The signature is longer than it should be: how many digits are asked for?
# ko: 서명이 너무 깁니다. 몇 자리인가요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=results-apart
# en: Empty lines stand between the results: how many blocks do they make?
# ko: 결과 사이에 빈 줄이 있습니다. 결과는 몇 개의 블록인가요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=text-right-below-its-heading
# en: A heading and its text stand in one block: where does the form want an empty line?
# ko: 제목과 본문이 한 블록입니다. 빈 줄은 어디에 있어야 하나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks.append(f"## {heading}\n{sections[heading].strip()}")
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=nothing-right-is-not-measured
# en: 0 of 20 was measured: when is there nothing to measure?
# ko: 20개 중 0개도 측정한 값입니다. 측정할 것이 없는 때는 언제인가요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if k:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=percents-cut-off
# en: Your percents are cut off: what does `:.0%` do with 66.7?
# ko: 백분율의 소수점 아래를 버렸습니다. `:.0%`는 66.7을 어떻게 쓰나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            high = (middle + half) / whole
            told = f"{int(100 * p)}%, {int(100 * low)}% to {int(100 * high)}%"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=halves-go-up
# en: 1 of 8 is 12.5%, and you write 13%: what does `:.0%` write?
# ko: 8개 중 1개는 12.5%인데 13%라고 썼습니다. `:.0%`는 무엇이라고 쓰나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{int(100 * p + 0.5)}%, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=low-below-zero
# en: Where nothing was right LOW is written as -0%: below what must it never be?
# ko: 맞은 것이 없으면 LOW가 -0%로 쓰입니다. LOW는 무엇보다 작을 수 없나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = (middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=results-sorted
# en: In which order are the results given, and in which do you tell them?
# ko: 결과가 어떤 순서로 주어지나요? 카드에는 어떤 순서로 쓰나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in sorted(results.items()):
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=z-of-two
# en: The interval is a little too wide: which z does the docstring ask for?
# ko: 구간이 조금 넓습니다. 설명에서 말한 z는 얼마인가요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 2.0
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", sections[heading].strip()]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card name=lines-stripped
# en: Inside a section blanks at the beginning or end of a line are gone: at whose ends are they dropped?
# ko: 절 안에서 줄의 앞뒤 공백이 사라졌습니다. 어디의 앞뒤 공백을 버리기로 했나요?
def model_card(name, author, sections, results):
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise ValueError(f"the card says nothing about: {', '.join(missing)}")
    headings = [*REQUIRED, *(heading for heading in sections if heading not in REQUIRED)]
    lines = []
    for what, (k, n) in results.items():
        told = "not measured"
        if n:
            p, z = k / n, 1.96
            middle, whole = p + z * z / (2 * n), 1 + z * z / n
            half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low = max(0.0, middle - half) / whole
            told = f"{p:.0%}, {low:.0%} to {(middle + half) / whole:.0%}"
        lines.append(f"- {what}: {k} of {n} ({told})")
    blocks = [f"# {name}"]
    for heading in headings:
        blocks += [f"## {heading}", "\n".join(map(str.strip, sections[heading].strip().split("\n")))]
    body = "\n\n".join([*blocks, "## Evaluation", "\n".join(lines)])
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f"{body}\n\nSigned by {author}: {digest}"


# %% exercise=model_card variant=line-by-line
def model_card(name, author, sections, results):
    missing = []
    for heading in REQUIRED:
        if heading not in sections or sections[heading].strip() == "":
            missing.append(heading)
    if missing:
        raise ValueError("missing: " + "; ".join(missing))
    text = "# " + name
    for heading in list(REQUIRED) + [h for h in sections if h not in REQUIRED]:
        text += "\n\n## " + heading + "\n\n" + sections[heading].strip()
    text += "\n\n## Evaluation\n\n"
    rows = []
    for what in results:
        k, n = results[what]
        if n == 0:
            rows.append(f"- {what}: {k} of {n} (not measured)")
            continue
        z2, p = 1.96**2, k / n
        root = math.sqrt(1.96**2 * (p * (1 - p) / n + z2 / (4 * n**2)))
        low = (p + z2 / (2 * n) - root) / (1 + z2 / n)
        high = (p + z2 / (2 * n) + root) / (1 + z2 / n)
        rows.append(f"- {what}: {k} of {n} ({p:.0%}, {low:.0%} to {high:.0%})")
    text += "\n".join(rows)
    return (
        text + f"\n\nSigned by {author}: " + hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
    )


# %% exercise=model_card variant=helpers
def model_card(name, author, sections, results):
    def wilson(k, n):
        z = 1.96
        low, high = (
            (2 * k + z * z + sign * z * math.sqrt(z * z + 4 * k * (n - k) / n)) / (2 * (n + z * z))
            for sign in (-1, 1)
        )
        return f"{k / n:.0%}, {abs(low):.0%} to {high:.0%}"

    blank = [heading for heading in REQUIRED if not (sections.get(heading) or "").strip()]
    if blank:
        raise ValueError(str(blank))
    others = {heading: text for heading, text in sections.items() if heading not in REQUIRED}
    ordered = {**{heading: sections[heading] for heading in REQUIRED}, **others}
    parts = [f"# {name}"] + [f"## {h}\n\n{t.strip()}" for h, t in ordered.items()]
    told = [
        f"- {what}: {k} of {n} ({wilson(k, n) if n else 'not measured'})"
        for what, (k, n) in results.items()
    ]
    parts.append("## Evaluation\n\n" + "\n".join(told))
    card = "\n\n".join(parts)
    return card + "\n\nSigned by " + author + ": " + hashlib.sha256(card.encode()).hexdigest()[:16]
