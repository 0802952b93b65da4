"""Known mistakes and correct variants of week 09: prompts, parsers, votes, chunks, an index, sources.

Each cell runs in the notebook's namespace, right after the reference's solution cell.
"""

# ------------------------------------------------------------------------------------ build_prompt
# %% exercise=build_prompt name=blank-behind-the-cue
# en: What stands behind the cue? A blank there is a token of its own.
# ko: 마지막 단서 뒤에 무엇이 있나요? 공백 하나도 토큰이 됩니다.
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)] if line(task) else []
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought: " if shots else "Thought: Let's think step by step. "
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer: '}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=line-breaks-get-through
# en: What others wrote may hold line breaks: what do they look like in your prompt?
# ko: 다른 사람이 쓴 글에는 줄바꿈이 있을 수 있습니다. 프롬프트에서는 어떻게 보일까요?
def build_prompt(task, shots, question, steps=False):
    blocks = [task.strip()] if task.strip() else []
    for asked, thought, answer in shots:
        middle = f"Thought: {thought.strip()}\n" if steps else ""
        blocks.append(f"Question: {asked.strip()}\n{middle}Answer: {answer.strip()}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {question.strip()}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=only-the-question-is-cleaned
# en: The question is one line now; are the examples and the task?
# ko: 질문은 한 줄이 되었습니다. 예시와 과제 설명도 그런가요?
def build_prompt(task, shots, question, steps=False):
    blocks = [task.strip()] if task.strip() else []
    for asked, thought, answer in shots:
        middle = f"Thought: {thought}\n" if steps else ""
        blocks.append(f"Question: {asked}\n{middle}Answer: {answer}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {' '.join(question.split())}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=thoughts-always-shown
# en: Should the examples show their thoughts when no steps are asked for?
# ko: 단계를 요구하지 않을 때도 예시에 생각을 보여 주나요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)] if line(task) else []
    for asked, thought, answer in shots:
        blocks.append(
            f"Question: {line(asked)}\nThought: {line(thought)}\nAnswer: {line(answer)}"
        )
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=always-step-by-step
# en: Examples show what a thought looks like: does the cue still need the sentence?
# ko: 예시가 생각의 형식을 보여 줍니다. 그때도 그 문장이 필요한가요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)] if line(task) else []
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    cue = "Thought: Let's think step by step." if steps else "Answer:"
    blocks.append(f"Question: {line(question)}\n{cue}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=no-step-by-step
# en: Without examples nothing tells the model what a thought is: which words do?
# ko: 예시가 없으면 무엇이 단계별로 생각하라고 알려 주나요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)] if line(task) else []
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    blocks.append(f"Question: {line(question)}\n{'Thought:' if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=empty-task-leaves-a-gap
# en: Without a task, what does the prompt begin with?
# ko: 과제 설명이 없으면 프롬프트는 무엇으로 시작하나요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)]
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=no-empty-lines
# en: What separates two blocks? One line break joins them.
# ko: 두 블록 사이에는 무엇이 있어야 하나요? 줄바꿈 하나로는 이어집니다.
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)] if line(task) else []
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n".join(blocks)


# %% exercise=build_prompt name=blank-task-is-a-block
# en: A task of blanks alone is no task: ask after you have cleaned it.
# ko: 공백뿐인 과제 설명은 과제가 아닙니다. 정리한 다음에 물어보세요.
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)] if task else []
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=task-is-not-cleaned
# en: Questions and examples are one line now; is the task?
# ko: 질문과 예시는 한 줄이 되었습니다. 과제 설명도 그런가요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [task.strip()] if task.strip() else []
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=line-breaks-alone-are-blanks
# en: A run of several blanks, or a tab, is to be one blank too.
# ko: 공백 여러 개나 탭도 공백 하나가 되어야 합니다.
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return text.replace("\n", " ").strip()

    blocks = [line(task)] if line(task) else []
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=a-task-taken-for-an-example
# en: A task alone is no example: behind it, too, the cue asks to think step by step.
# ko: 과제만 있고 예시는 없습니다. 이때도 단서는 단계별로 생각하라는 문장입니다.
def build_prompt(task, shots, question, steps=False):
    one = lambda piece: " ".join(piece.split())
    blocks = [one(task)] if one(task) else []
    for q, thought, answer in shots:
        lines = [f"Question: {one(q)}", f"Answer: {one(answer)}"]
        blocks.append("\n".join(lines[:1] + [f"Thought: {one(thought)}"] * steps + lines[1:]))
    cue = "Answer:"
    if steps:
        cue = "Thought:" if blocks else "Thought: Let's think step by step."
    return "\n\n".join([*blocks, f"Question: {one(question)}\n{cue}"])


# %% exercise=build_prompt name=answers-are-not-cleaned
# en: What stands in the answers of examples is cleaned as everything else is.
# ko: 예시의 답에 있는 것도 다른 글과 똑같이 정리합니다.
def build_prompt(task, shots, question, steps=False):
    one = lambda piece: " ".join(piece.split())
    blocks = [one(task)] if one(task) else []
    for q, thought, answer in shots:
        lines = [f"Question: {one(q)}", f"Answer: {answer.strip()}"]
        blocks.append("\n".join(lines[:1] + [f"Thought: {one(thought)}"] * steps + lines[1:]))
    cue = "Answer:"
    if steps:
        cue = "Thought:" if shots else "Thought: Let's think step by step."
    return "\n\n".join([*blocks, f"Question: {one(question)}\n{cue}"])


# %% exercise=build_prompt name=blank-thoughts-left-out
# en: With steps every example has its line "Thought:", even where nothing stands behind it.
# ko: steps가 참이면 내용이 비어 있어도 모든 예시에 "Thought:" 줄이 있습니다.
def build_prompt(task, shots, question, steps=False):
    line = lambda text: " ".join(text.split())
    blocks = [line(task)] if line(task) else []
    for q, thought, answer in shots:
        rows = [f"Question: {line(q)}"]
        rows += [f"Thought: {line(thought)}"] if steps and line(thought) else []
        blocks.append("\n".join([*rows, f"Answer: {line(answer)}"]))
    cue = "Answer:"
    if steps:
        cue = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{cue}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=braces-are-fields
# en: Curly braces in a piece are letters like any other: what does `format` make of them?
# ko: 조각 안의 중괄호도 그냥 글자입니다. `format`은 그것을 무엇으로 보나요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    text = line(task) + "\n\n" if line(task) else ""
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        text += f"Question: {line(asked)}\n{middle}Answer: {line(answer)}\n\n"
    text += "Question: {question}\n{cue}"
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    return text.format(question=line(question), cue=alone if steps else "Answer:")


# %% exercise=build_prompt name=carriage-returns-stay
# en: The line break of Windows, `\r\n`, is one blank too: which characters do you name?
# ko: 윈도우의 줄 바꿈 `\r\n`도 빈칸 하나입니다. 어떤 문자를 적었나요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return re.sub(r"[ \t\n]+", " ", text).strip()

    blocks = [line(task)] if line(task) else []
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=thought-and-answer-exchanged
# en: Thought and answer have changed places: in which order come the pieces of an example?
# ko: 생각과 답의 자리가 바뀌었습니다. 예시의 조각은 어떤 순서로 오나요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)] if line(task) else []
    for asked, answer, thought in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=examples-run-together
# en: Between two examples stands no empty line: how are they joined?
# ko: 두 예시 사이에 빈 줄이 없습니다. 예시를 어떻게 이어 붙이나요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    examples = []
    for asked, thought, answer in shots:
        middle = f"Thought: {line(thought)}\n" if steps else ""
        examples.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    last = f"Question: {line(question)}\n{alone if steps else 'Answer:'}"
    return "\n\n".join(block for block in (line(task), "\n".join(examples), last) if block)


# %% exercise=build_prompt name=examples-are-not-cleaned
# en: The task and the question are one line each now; are the pieces of the examples?
# ko: 작업과 질문은 이제 한 줄입니다. 예시의 조각들도 그런가요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)] if line(task) else []
    for asked, thought, answer in shots:
        middle = f"Thought: {thought}\n" if steps else ""
        blocks.append(f"Question: {asked}\n{middle}Answer: {answer}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt name=equal-examples-once
# en: An example that was given twice is shown once in yours: what are the examples put into?
# ko: 두 번 주어진 예시가 한 번만 나옵니다. 예시를 어디에 담나요?
def build_prompt(task, shots, question, steps=False):
    def line(text):
        return " ".join(text.split())

    blocks = [line(task)] if line(task) else []
    for asked, thought, answer in dict.fromkeys(shots):
        middle = f"Thought: {line(thought)}\n" if steps else ""
        blocks.append(f"Question: {line(asked)}\n{middle}Answer: {line(answer)}")
    alone = "Thought:" if shots else "Thought: Let's think step by step."
    blocks.append(f"Question: {line(question)}\n{alone if steps else 'Answer:'}")
    return "\n\n".join(blocks)


# %% exercise=build_prompt variant=one-text
def build_prompt(task, shots, question, steps=False):
    flat = re.compile(r"\s+")
    made = flat.sub(" ", task).strip()
    made += "\n\n" if made else ""
    for shot in shots:
        q, t, a = (flat.sub(" ", piece).strip() for piece in shot)
        made += f"Question: {q}\n" + (f"Thought: {t}\n" if steps else "") + f"Answer: {a}\n\n"
    made += "Question: " + flat.sub(" ", question).strip() + "\n"
    if not steps:
        return made + "Answer:"
    return made + "Thought:" + ("" if len(shots) else " Let's think step by step.")


# %% exercise=build_prompt variant=lines-of-blocks
def build_prompt(task, shots, question, steps=False):
    one = lambda text: " ".join(text.split())
    rows = [[one(task)]] if task.split() else []
    for q, t, a in shots:
        rows.append(["Question: " + one(q), "Thought: " + one(t), "Answer: " + one(a)])
        if not steps:
            rows[-1].pop(1)
    cues = {(0, 0): "Answer:", (0, 1): "Answer:", (1, 1): "Thought:"}
    cue = cues.get((int(steps), int(len(shots) > 0)), "Thought: Let's think step by step.")
    rows.append(["Question: " + one(question), cue])
    return "\n\n".join("\n".join(row) for row in rows)


# ------------------------------------------------------------------------------------ parse_answer
# %% exercise=parse_answer name=first-answer-line
# en: Steps may hold earlier tries: which of several answers to the same question counts?
# ko: 풀이 중에 먼저 시도한 답이 있을 수 있습니다. 여러 답 중 어느 것을 골라야 하나요?
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", own)
    marks = " \t\"'“”"
    return (found[0].lstrip(marks).rstrip(marks + ".") or None) if found else None


# %% exercise=parse_answer name=runs-into-the-next-question
# en: The model went on with a question of its own: where does your part end?
# ko: 모델이 스스로 다음 질문을 이어 썼습니다. 내 질문의 답은 어디까지인가요?
def parse_answer(text):
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", text)
    marks = " \t\"'“”"
    return (found[-1].lstrip(marks).rstrip(marks + ".") or None) if found else None


# %% exercise=parse_answer name=full-stop-in-front-lost
# en: `.kr` begins with a full stop: at which end are full stops cut off?
# ko: `.kr`은 마침표로 시작합니다. 마침표는 어느 쪽 끝에서 지워야 하나요?
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", own)
    return (found[-1].strip(" \t\"'“”.") or None) if found else None


# %% exercise=parse_answer name=empty-text-for-none
# en: Nothing is left of the answer: is that an empty text, or no answer?
# ko: 답에 남은 것이 없습니다. 빈 문자열인가요, 답이 없는 것인가요?
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", own)
    marks = " \t\"'“”"
    return found[-1].lstrip(marks).rstrip(marks + ".") if found else None


# %% exercise=parse_answer name=everything-where-no-line
# en: There is no line with an answer: you hand back what was written, which is a guess.
# ko: 답이 있는 줄이 없는데 쓰인 글을 그대로 돌려주고 있습니다. 그것은 추측입니다.
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", own) or [own]
    marks = " \t\r\n\"'“”"
    return found[-1].lstrip(marks).rstrip(marks + ".") or None


# %% exercise=parse_answer name=anywhere-in-a-line
# en: "My Answer:" is no line that begins with the word: where must it stand?
# ko: "My Answer:"는 그 말로 시작하는 줄이 아닙니다. 어디에 있어야 하나요?
def parse_answer(text):
    own = re.split(r"(?i)(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?i)(?:answer|답)[ \t]*:(.*)", own)
    marks = " \t\"'“”"
    return (found[-1].lstrip(marks).rstrip(marks + ".") or None) if found else None


# %% exercise=parse_answer name=letter-case-matters
# en: Models shout now and then: is ANSWER the same word as Answer?
# ko: 모델은 대문자로 쓰기도 합니다. ANSWER와 Answer는 같은 말인가요?
def parse_answer(text):
    own = re.split(r"(?m)^\s*(?:Question|질문)\s*:", text)[0]
    found = re.findall(r"(?m)^[ \t]*(?:Answer|답)[ \t]*:(.*)$", own)
    marks = " \t\"'“”"
    return (found[-1].lstrip(marks).rstrip(marks + ".") or None) if found else None


# %% exercise=parse_answer name=english-labels-only
# en: A Korean answer has Korean labels: which two does the contract name?
# ko: 한국어 답에는 한국어 표시가 있습니다. 설명에 나온 두 가지는 무엇인가요?
def parse_answer(text):
    own = re.split(r"(?im)^\s*question\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*answer[ \t]*:(.*)$", own)
    marks = " \t\"'“”"
    return (found[-1].lstrip(marks).rstrip(marks + ".") or None) if found else None


# %% exercise=parse_answer name=rest-of-the-text
# en: The answer ends with its line; you take all that follows.
# ko: 답은 그 줄에서 끝납니다. 뒤에 오는 것까지 모두 가져오고 있습니다.
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.split(r"(?im)^[ \t]*(?:answer|답)[ \t]*:", own)[1:]
    marks = " \t\r\n\"'“”"
    return (found[-1].lstrip(marks).rstrip(marks + ".") or None) if found else None


# %% exercise=parse_answer name=next-line-counts-too
# en: Where nothing stands behind the colon, yours takes the next line: does a pattern such as `\s*` run over the line break?
# ko: 콜론 뒤에 아무것도 없으면 다음 줄을 가져옵니다. `\s*` 같은 패턴이 줄바꿈을 넘어가지 않나요?
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^\s*(?:answer|답)\s*:\s*(.*)$", own)
    marks = " \t\"'“”"
    return (found[-1].lstrip(marks).rstrip(marks + ".") or None) if found else None


# %% exercise=parse_answer name=earlier-line-where-the-last-is-empty
# en: The last answer line counts, even where nothing is left of it: then there is no answer.
# ko: 마지막 답 줄이 기준입니다. 거기에 남은 것이 없으면 답이 없는 것입니다.
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", own)
    marks = " \t\"'“”"
    cut = [one.lstrip(marks).rstrip(marks + ".") for one in found]
    return next((one for one in reversed(cut) if one), None)


# %% exercise=parse_answer name=ends-cut-once-each
# en: Marks, blanks and full stops come in any order: one `strip` after the other leaves some.
# ko: 따옴표, 공백, 마침표는 순서 없이 섞여 있습니다. `strip`을 하나씩 차례로 하면 남는 것이 있습니다.
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", own)
    return (found[-1].strip().rstrip(".").strip("\"'“”").strip() or None) if found else None


# %% exercise=parse_answer name=first-full-stop-ends-it
# en: An answer may hold a full stop, as in "St. Petersburg": only those at its end are cut off.
# ko: "St. Petersburg"처럼 답 안에 마침표가 있을 수 있습니다. 끝에 있는 것만 자르세요.
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[^\S\n]*(?:answer|답)[^\S\n]*:(.*)$", own)
    if not found:
        return None
    said = re.split(r"(?<=\w)\.\s", found[-1])[0]
    return said.lstrip(" \t\"'“”").rstrip(" \t\"'“”.") or None


# %% exercise=parse_answer name=question-without-a-colon
# en: A line that begins with the word alone is no new question: its colon belongs to it.
# ko: 그 단어로 시작하기만 하는 줄은 새 질문이 아닙니다. 콜론까지 있어야 합니다.
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)", text)[0]
    found = re.findall(r"(?im)^[^\S\n]*(?:answer|답)[^\S\n]*:(.*)$", own)
    if not found:
        return None
    return found[-1].lstrip(" \t\"'“”").rstrip(" \t\"'“”.") or None


# %% exercise=parse_answer name=second-colon-ends-it
# en: An answer may hold a colon: split at the first one only.
# ko: 답 안에도 콜론이 있을 수 있습니다. 첫 콜론에서만 나누세요.
def parse_answer(text):
    last = None
    for line in text.split("\n"):
        label, *rest = line.split(":")
        label = label.strip().casefold()
        if rest and label in ("question", "질문"):
            break
        if rest and label in ("answer", "답"):
            last = rest[0]
    return (last or "").lstrip(" \t\"'“”").rstrip(" \t\"'“”.") or None


# %% exercise=parse_answer name=curly-quotes-stay
# en: Four quotation marks are cut off at the ends: “ and ” are two of them.
# ko: 양 끝에서 자르는 따옴표는 네 가지입니다. “와 ”도 그 가운데 있습니다.
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[^\S\n]*(?:answer|답)[^\S\n]*:(.*)$", own)
    if not found:
        return None
    return found[-1].lstrip(" \t\"'").rstrip(" \t\"'.") or None


# %% exercise=parse_answer name=question-in-front-passed
# en: Where the text begins with a question line, yours gives an answer all the same: is that line seen?
# ko: 글이 질문 줄로 시작해도 답을 돌려줍니다. 그 줄을 알아보나요?
def parse_answer(text):
    own = re.split(r"(?i)\n\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", own)
    if not found:
        return None
    marks = " \t\"'“”"
    return found[-1].lstrip(marks).rstrip(marks + ".") or None


# %% exercise=parse_answer name=last-line-of-all
# en: The last answer line of the whole text counts in yours: where does the part end that you may look at?
# ko: 글 전체의 마지막 답 줄을 골랐습니다. 볼 수 있는 부분은 어디에서 끝나나요?
def parse_answer(text):
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", text)
    if not found:
        return None
    marks = " \t\"'“”"
    own = re.split(r"(?i)(?:question|질문)[ \t]*:", found[-1])[0]
    return own.lstrip(marks).rstrip(marks + ".") or None


# %% exercise=parse_answer name=brackets-and-signs-cut-off
# en: Brackets and a minus sign are gone in yours: which marks are no part of an answer?
# ko: 괄호와 빼기 부호가 사라졌습니다. 답에 들어가지 않는 기호는 어떤 것인가요?
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", own)
    if not found:
        return None
    marks = " \t\"'“”()[]-"
    return found[-1].lstrip(marks).rstrip(marks + ".") or None


# %% exercise=parse_answer name=longer-word-counts
# en: A longer word that only begins like the label counts in yours: what may stand between the label and its colon?
# ko: `답변:`은 `답:`과 다른 낱말로 시작합니다. 낱말과 콜론 사이에 무엇이 올 수 있나요?
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer[ \t]*|답[^:\n]*):(.*)$", own)
    if not found:
        return None
    marks = " \t\"'“”"
    return found[-1].lstrip(marks).rstrip(marks + ".") or None


# %% exercise=parse_answer name=blanks-within-made-single
# en: Two blanks within an answer become one in yours: where are blanks to be taken out?
# ko: 답 안의 빈칸 두 개가 하나가 됩니다. 빈칸은 어디에서만 없애나요?
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?im)^[ \t]*(?:answer|답)[ \t]*:(.*)$", own)
    if not found:
        return None
    marks = " \t\"'“”"
    return " ".join(found[-1].lstrip(marks).rstrip(marks + ".").split()) or None


# %% exercise=parse_answer name=answer-within-a-line
# en: "My Answer:" is no line that begins with the word: where must it stand?
# ko: "My Answer:"는 그 낱말로 시작하는 줄이 아닙니다. 어디에 있어야 하나요?
def parse_answer(text):
    own = re.split(r"(?im)^\s*(?:question|질문)\s*:", text)[0]
    found = re.findall(r"(?i)(?:answer|답)[ \t]*:(.*)", own)
    if not found:
        return None
    marks = " \t\"'“”"
    return found[-1].lstrip(marks).rstrip(marks + ".") or None


# %% exercise=parse_answer variant=line-by-line
def parse_answer(text):
    answer = None
    for line in text.splitlines():
        label, colon, rest = line.partition(":")
        label = label.strip().lower()
        if not colon:
            continue
        if label in {"question", "질문"}:
            break
        if label in {"answer", "답"}:
            answer = rest
    if answer is None:
        return None
    answer = answer.strip().lstrip(" \t\"'“”").rstrip(" \t\"'“”.")
    return answer if answer else None


# %% exercise=parse_answer variant=finditer
def parse_answer(text):
    last = None
    pattern = r"^[^\S\n]*(?:(?P<q>question|질문)|answer|답)[^\S\n]*:(?P<rest>[^\n]*)"
    for match in re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE):
        if match["q"]:
            break
        last = match["rest"]
    cleaned = re.sub(r"^[\s\"'“”]+|[\s\"'“”.]+$", "", last or "")
    return cleaned or None


# ------------------------------------------------------------------------------------ self_consistency
# %% exercise=self_consistency name=share-of-the-readable
# en: A sample that could not be read is no vote: is it a sample?
# ko: 읽을 수 없는 표본은 표가 아닙니다. 그러면 표본이기는 한가요?
def self_consistency(answers, least):
    read = [a for a in answers if a is not None]
    votes = Counter(normalise(a) for a in read)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(read)
    first = next(a for a in read if normalise(a) == winner)
    return (first if share >= least else None), share


# %% exercise=self_consistency name=compared-as-written
# en: Are "Seoul" and "seoul." two answers?
# ko: "Seoul"과 "seoul."은 서로 다른 답인가요?
def self_consistency(answers, least):
    read = [a for a in answers if a is not None]
    votes = Counter(read)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    return (winner if share >= least else None), share


# %% exercise=self_consistency name=normal-form-given-back
# en: The form is for counting: how is the answer to be written?
# ko: 정규화한 형태는 세기 위한 것입니다. 답은 어떻게 써야 하나요?
def self_consistency(answers, least):
    votes = Counter(normalise(a) for a in answers if a is not None)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    return (winner if share >= least else None), share


# %% exercise=self_consistency name=none-has-a-vote
# en: An answer that could not be read wins your vote: may it?
# ko: 읽을 수 없는 답이 이기고 있습니다. 그래도 되나요?
def self_consistency(answers, least):
    votes = Counter(None if a is None else normalise(a) for a in answers)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    first = next(a for a in answers if (None if a is None else normalise(a)) == winner)
    return (first if share >= least else None), share


# %% exercise=self_consistency name=more-than-least
# en: Is a share of exactly `least` enough?
# ko: 비율이 정확히 `least`이면 충분한가요?
def self_consistency(answers, least):
    read = [a for a in answers if a is not None]
    votes = Counter(normalise(a) for a in read)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    first = next(a for a in read if normalise(a) == winner)
    return (first if share > least else None), share


# %% exercise=self_consistency name=never-abstains
# en: What is `least` for? Your answer does not depend on it.
# ko: `least`는 무엇에 쓰이나요? 답이 그 값과 무관합니다.
def self_consistency(answers, least):
    read = [a for a in answers if a is not None]
    votes = Counter(normalise(a) for a in read)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    return next(a for a in read if normalise(a) == winner), count / len(answers)


# %% exercise=self_consistency name=ties-to-the-last
# en: Of two equally frequent answers, which was seen first?
# ko: 표가 같은 두 답 중 먼저 나온 것은 무엇인가요?
def self_consistency(answers, least):
    read = [a for a in answers if a is not None]
    votes = Counter(normalise(a) for a in reversed(read))
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    first = next(a for a in read if normalise(a) == winner)
    return (first if share >= least else None), share


# %% exercise=self_consistency name=first-to-get-there
# en: Of equally frequent answers the first seen wins, not the one whose count got there first.
# ko: 횟수가 같으면 먼저 나타난 답이 이깁니다. 그 횟수에 먼저 이른 답이 아닙니다.
def self_consistency(answers, least):
    votes, first, best, most = Counter(), {}, None, 0
    for answer in answers:
        if answer is None:
            continue
        form = normalise(answer)
        votes[form] += 1
        first.setdefault(form, answer)
        if votes[form] > most:
            best, most = form, votes[form]
    if best is None:
        return None, 0.0
    share = most / len(answers)
    return (first[best] if share >= least else None), share


# %% exercise=self_consistency name=last-writing
# en: The winner was written in several ways: which of them came first?
# ko: 이긴 답은 여러 모양으로 쓰였습니다. 처음 나온 모양은 무엇인가요?
def self_consistency(answers, least):
    forms = {normalise(a): a for a in answers if a is not None}
    votes = Counter(normalise(a) for a in answers if a is not None)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    return (forms[winner] if share >= least else None), share


# %% exercise=self_consistency name=empty-text-is-no-answer
# en: An empty text was read: only None was not.
# ko: 빈 문자열은 읽은 것입니다. 읽지 못한 것은 None뿐입니다.
def self_consistency(answers, least):
    read = [a for a in answers if a]
    votes = Counter(normalise(a) for a in read)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    first = next(a for a in read if normalise(a) == winner)
    return (first if share >= least else None), share


# %% exercise=self_consistency name=most-frequent-writing
# en: The answer is written as it came first, not as it came most often.
# ko: 답은 가장 자주 쓰인 모양이 아니라 처음 나온 모양으로 써야 합니다.
def self_consistency(answers, least):
    read = [a for a in answers if a is not None]
    votes = Counter(normalise(a) for a in read)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    often = Counter(a for a in read if normalise(a) == winner).most_common(1)[0][0]
    return (often if share >= least else None), share


# %% exercise=self_consistency name=unread-ones-may-win
# en: Where most samples are unread, nobody wins in your count. None is no vote.
# ko: 읽지 못한 표본이 가장 많으면 None이 이깁니다. None은 표가 아닙니다.
def self_consistency(answers, least):
    votes = Counter(None if a is None else normalise(a) for a in answers)
    if set(votes) <= {None}:
        return None, 0.0
    form, count = votes.most_common(1)[0]
    share = count / len(answers)
    if form is None or share < least:
        return None, share
    return next(a for a in answers if a is not None and normalise(a) == form), share


# %% exercise=self_consistency name=last-of-the-sorted
# en: Of equally frequent answers yours gives the one that was seen last: which one is asked for?
# ko: 표가 같은 답 중 마지막에 나온 것을 골랐습니다. 어느 것을 골라야 하나요?
def self_consistency(answers, least):
    read = [answer for answer in answers if answer is not None]
    votes = Counter(normalise(answer) for answer in read)
    if not votes:
        return None, 0.0
    winner, count = sorted(votes.items(), key=lambda item: item[1])[-1]
    share = count / len(answers)
    first = next(answer for answer in read if normalise(answer) == winner)
    return (first if share >= least else None), share


# %% exercise=self_consistency name=first-of-the-alphabet
# en: Of equally frequent answers yours takes the first of the alphabet: which one was seen first?
# ko: 표가 같은 답 중 알파벳순으로 앞선 것을 골랐습니다. 먼저 나온 것은 무엇인가요?
def self_consistency(answers, least):
    read = [answer for answer in answers if answer is not None]
    votes = Counter(sorted(normalise(answer) for answer in read))
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    first = next(answer for answer in read if normalise(answer) == winner)
    return (first if share >= least else None), share


# %% exercise=self_consistency name=full-width-letters-differ
# en: Full-width letters are another answer in yours: do you compare in the form of `normalise`?
# ko: 전각 글자를 다른 답으로 봅니다. `normalise`의 형태로 비교하나요?
def self_consistency(answers, least):
    def plain(text):
        return " ".join(re.findall(r"\w+", text.casefold())).removeprefix("the ")

    read = [answer for answer in answers if answer is not None]
    votes = Counter(plain(answer) for answer in read)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    first = next(answer for answer in read if plain(answer) == winner)
    return (first if share >= least else None), share


# %% exercise=self_consistency name=ends-taken-off
# en: The answer is written as it came first: what do you take off at its ends?
# ko: 답은 처음 나온 그대로 적습니다. 양 끝에서 무엇을 없앴나요?
def self_consistency(answers, least):
    read = [answer.strip() for answer in answers if answer is not None]
    votes = Counter(normalise(answer) for answer in read)
    if not votes:
        return None, 0.0
    winner, count = votes.most_common(1)[0]
    share = count / len(answers)
    first = next(answer for answer in read if normalise(answer) == winner)
    return (first if share >= least else None), share


# %% exercise=self_consistency variant=dictionary
def self_consistency(answers, least):
    groups = {}
    for answer in answers:
        if answer is not None:
            groups.setdefault(normalise(answer), []).append(answer)
    if not groups:
        return None, 0.0
    best = max(groups.values(), key=len)
    share = len(best) / len(answers)
    return (best[0], share) if share >= least else (None, share)


# %% exercise=self_consistency variant=pairs
def self_consistency(answers, least):
    forms = [None if a is None else normalise(a) for a in answers]
    best, most = None, 0
    for at, form in enumerate(forms):
        if form is not None and forms.count(form) > most:
            best, most = answers[at], forms.count(form)
    share = most / max(1, len(forms))
    return (best if share >= least else None), float(share)


# ------------------------------------------------------------------------------------ chunk
# %% exercise=chunk name=tail-inside-the-last
# en: Your last chunk lies within the one before it: when is the document done?
# ko: 마지막 조각이 앞 조각 안에 들어 있습니다. 문서는 언제 끝난 것인가요?
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    return [(s, min(s + size, len(words))) for s in range(0, len(words), size - overlap)]


# %% exercise=chunk name=short-tail-dropped
# en: The end of the document is in no chunk.
# ko: 문서의 끝부분이 어느 조각에도 없습니다.
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    step = size - overlap
    return [(s, s + size) for s in range(0, len(words) - size + 1, step)]


# %% exercise=chunk name=beyond-the-end
# en: The last chunk ends behind the document: where should it end?
# ko: 마지막 조각이 문서보다 길게 끝납니다. 어디에서 끝나야 하나요?
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    spans, start = [], 0
    while start < len(words):
        spans.append((start, start + size))
        if start + size >= len(words):
            break
        start += size - overlap
    return spans


# %% exercise=chunk name=no-overlap
# en: Two neighbouring chunks share no word: what is `overlap` for?
# ko: 이웃한 두 조각이 겹치는 낱말이 없습니다. `overlap`은 무엇에 쓰이나요?
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    return [(s, min(s + size, len(words))) for s in range(0, len(words), size)]


# %% exercise=chunk name=step-is-the-overlap
# en: How far apart do two chunks begin?
# ko: 두 조각의 시작은 얼마나 떨어져 있나요?
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    spans, start = [], 0
    while start < len(words):
        spans.append((start, min(start + size, len(words))))
        if start + size >= len(words):
            break
        start += overlap or size
    return spans


# %% exercise=chunk name=one-empty-chunk
# en: A document without words has no chunk, not an empty one.
# ko: 낱말이 없는 문서에는 빈 조각이 아니라 조각이 없습니다.
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    spans, start = [], 0
    while True:
        spans.append((start, min(start + size, len(words))))
        if start + size >= len(words):
            return spans
        start += size - overlap


# %% exercise=chunk name=overlap-is-not-checked
# en: With an overlap as large as the chunk nothing gets on: what does the contract ask for?
# ko: 겹침이 조각만큼 크면 앞으로 나아가지 못합니다. 설명에서는 무엇을 하라고 했나요?
def chunk(words, size, overlap):
    spans, start = [], 0
    while start < len(words):
        spans.append((start, min(start + size, len(words))))
        if start + size >= len(words):
            break
        start += max(1, size - overlap)
    return spans


# %% exercise=chunk name=negative-overlap-allowed
# en: A negative overlap leaves gaps between chunks: is it allowed?
# ko: 음수 겹침은 조각 사이에 틈을 만듭니다. 허용되나요?
def chunk(words, size, overlap):
    if overlap >= size:
        raise ValueError("overlap")
    spans, start = [], 0
    while start < len(words):
        spans.append((start, min(start + size, len(words))))
        if start + size >= len(words):
            break
        start += size - overlap
    return spans


# %% exercise=chunk name=last-one-moved-back
# en: The last chunk may be shorter: yours begins early to be full.
# ko: 마지막 조각은 짧아도 됩니다. 길이를 채우려고 앞에서 시작하고 있습니다.
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    spans, start = [], 0
    while start < len(words):
        stop = min(start + size, len(words))
        spans.append((max(0, stop - size), stop))
        if stop == len(words):
            break
        start += size - overlap
    return spans


# %% exercise=chunk name=last-word-left-out
# en: `stop` is the place behind the last word, as in a slice.
# ko: `stop`은 슬라이스처럼 마지막 낱말의 다음 자리입니다.
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    spans, start = [], 0
    while start < len(words):
        stop = min(start + size, len(words))
        spans.append((start, stop - 1))
        if stop == len(words):
            break
        start += size - overlap
    return spans


# %% exercise=chunk name=one-more-where-it-fits-exactly
# en: A chunk that ends exactly with the document is the last one: which comparison forgets it?
# ko: 문서와 정확히 함께 끝나는 조각이 마지막입니다. 어느 비교가 그것을 놓치나요?
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    spans, start = [], 0
    while start < len(words):
        spans.append((start, min(start + size, len(words))))
        if start + size > len(words):
            break
        start += size - overlap
    return spans


# %% exercise=chunk name=shorter-than-the-overlap
# en: A document of fewer words than the overlap is still one chunk.
# ko: 겹치는 낱말 수보다 짧은 문서도 조각 하나입니다.
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    places = range(0, len(words) - overlap, size - overlap)
    return [(s, min(s + size, len(words))) for s in places]


# %% exercise=chunk name=unchecked-without-words
# en: An overlap that cannot be is refused even where there are no words: check it first.
# ko: 불가능한 겹침은 단어가 없을 때에도 거부해야 합니다. 먼저 확인하세요.
def chunk(words, size, overlap):
    if not words:
        return []
    if not 0 <= overlap < size:
        raise ValueError("the overlap must be from 0 to size - 1")
    starts = range(0, max(1, len(words) - overlap), size - overlap)
    return [(start, min(start + size, len(words))) for start in starts]


# %% exercise=chunk name=found-by-its-word
# en: A word may occur more than once: how do you find the place where a chunk begins?
# ko: 같은 낱말이 여러 번 나올 수 있습니다. 조각이 시작하는 자리를 어떻게 찾나요?
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    spans, begin, stop = [], 0, 0
    while stop < len(words):
        piece = words[begin : begin + size]
        spans.append((words.index(piece[0]), words.index(piece[0]) + len(piece)))
        stop = begin + len(piece)
        begin += size - overlap
    return spans


# %% exercise=chunk name=last-words-in-no-chunk
# en: The last words of a document are in no chunk: which one takes what stands behind the last full window?
# ko: 문서의 마지막 낱말들이 어느 조각에도 없습니다. 마지막 온전한 창 뒤에 남은 것은 어디에 들어가나요?
def chunk(words, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap")
    n = len(words)
    if n <= size:
        return [(0, n)] if n else []
    return [(start, start + size) for start in range(0, n - size + 1, size - overlap)]


# %% exercise=chunk variant=range
def chunk(words, size, overlap):
    if overlap < 0 or overlap >= size:
        raise ValueError("overlap has to be smaller than size")
    n = len(words)
    if n == 0:
        return []
    starts = range(0, max(1, n - overlap), size - overlap)
    return [(s, s + size if s + size < n else n) for s in starts]


# %% exercise=chunk variant=recursive-lists
def chunk(words, size, overlap):
    if overlap not in range(0, size):
        raise ValueError
    spans = [[0, min(size, len(words))]] if len(words) else []
    while spans and spans[-1][1] != len(words):
        start = spans[-1][0] + size - overlap
        spans.append([start, min(start + size, len(words))])
    return [tuple(span) for span in spans]


# ------------------------------------------------------------------------------------ bm25
# %% exercise=bm25 name=no-saturation
# en: Ten times the word gives ten times the weight: where is f in the denominator?
# ko: 낱말이 열 번이면 가중치도 열 배가 됩니다. 분모의 f는 어디에 있나요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = f * (k1 + 1) / (1 + k1 * long)
    for row in index.values():
        rare = math.log(1 + (N - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rare
    return index


# %% exercise=bm25 name=lengths-ignored
# en: A long document is not held back: where does its length stand in the formula?
# ko: 긴 문서가 불이익을 받지 않습니다. 식에서 문서 길이는 어디에 있나요?
def bm25(documents, k1=1.2, b=0.75):
    N = len(documents)
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            index.setdefault(word, {})[place] = f * (k1 + 1) / (f + k1)
    for row in index.values():
        rare = math.log(1 + (N - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rare
    return index


# %% exercise=bm25 name=length-upside-down
# en: Which is divided by which: the document's length, or the mean?
# ko: 무엇을 무엇으로 나누나요? 문서 길이인가요, 평균 길이인가요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            long = 1 - b + b * total / N / len(document)
            index.setdefault(word, {})[place] = f * (k1 + 1) / (f + k1 * long)
    for row in index.values():
        rare = math.log(1 + (N - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rare
    return index


# %% exercise=bm25 name=different-words-for-length
# en: The length counts words, repeated ones too: yours counts different ones.
# ko: 길이는 반복된 낱말도 셉니다. 지금은 서로 다른 낱말만 세고 있습니다.
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(len(set(d)) for d in documents)
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            long = 1 - b + b * len(set(document)) * N / total
            index.setdefault(word, {})[place] = f * (k1 + 1) / (f + k1 * long)
    for row in index.values():
        rare = math.log(1 + (N - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rare
    return index


# %% exercise=bm25 name=rarity-by-occurrences
# en: Is n how often a word occurs, or in how many documents?
# ko: n은 낱말이 나온 횟수인가요, 낱말이 들어 있는 문서의 수인가요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    counts = Counter(word for document in documents for word in document)
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            n = counts[word]
            rare = math.log(1 + (N - n + 0.5) / (n + 0.5))
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = rare * f * (k1 + 1) / (f + k1 * long)
    return index


# %% exercise=bm25 name=rarity-without-one
# en: A word in most documents gets a negative weight: which 1 keeps the logarithm above 0?
# ko: 대부분의 문서에 있는 낱말의 가중치가 음수가 됩니다. 로그를 양수로 만드는 1은 어디에 있나요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = f * (k1 + 1) / (f + k1 * long)
    for row in index.values():
        rare = math.log((N - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rare
    return index


# %% exercise=bm25 name=no-rarity
# en: "the" counts as much as "Halla-san": which factor is missing?
# ko: "the"와 "Halla-san"의 무게가 같습니다. 어떤 인수가 빠졌나요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = f * (k1 + 1) / (f + k1 * long)
    return index


# %% exercise=bm25 name=plain-idf
# en: ln(N / n) is TF-IDF's rarity: which one does the formula have?
# ko: ln(N / n)은 TF-IDF의 희소성입니다. 이 식의 희소성은 무엇인가요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = f * (k1 + 1) / (f + k1 * long)
    for row in index.values():
        rare = math.log(N / len(row))
        for place in row:
            row[place] *= rare
    return index


# %% exercise=bm25 name=k1-plus-one-missing
# en: With one occurrence and mean length the fraction should be 1: what stands above its line beside f?
# ko: 한 번 나오고 길이가 평균이면 분수는 1이어야 합니다. 분자에는 f 말고 무엇이 있나요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = f / (f + k1 * long)
    for row in index.values():
        rare = math.log(1 + (N - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rare
    return index


# %% exercise=bm25 name=zeros-in-every-row
# en: A row holds the documents with the word and no others: an index full of zeros is a table.
# ko: 행에는 그 낱말이 있는 문서만 있어야 합니다. 0으로 채우면 색인이 아니라 표입니다.
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    index = {}
    for word in {w for d in documents for w in d}:
        n = sum(word in d for d in documents)
        rare = math.log(1 + (N - n + 0.5) / (n + 0.5))
        index[word] = {}
        for place, d in enumerate(documents):
            f, long = list(d).count(word), 1 - b + b * len(d) * N / total
            index[word][place] = rare * f * (k1 + 1) / (f + k1 * long) if f else 0.0
    return index


# %% exercise=bm25 name=empty-documents-not-counted
# en: An empty document is a document: does it count in N and in the mean length?
# ko: 빈 문서도 문서입니다. N과 평균 길이에 들어가나요?
def bm25(documents, k1=1.2, b=0.75):
    full = [d for d in documents if len(d)]
    N, total = len(full), sum(map(len, full))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = f * (k1 + 1) / (f + k1 * long)
    for row in index.values():
        rare = math.log(1 + (N - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rare
    return index


# %% exercise=bm25 name=mean-length-of-the-others
# en: Empty documents count in the mean length as well as in N.
# ko: 빈 문서는 N뿐 아니라 평균 길이에도 들어갑니다.
def bm25(documents, k1=1.2, b=0.75):
    N, full = len(documents), [d for d in documents if d]
    mean = sum(map(len, full)) / max(1, len(full))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            long = 1 - b + b * len(document) / mean
            index.setdefault(word, {})[place] = f * (k1 + 1) / (f + k1 * long)
    for row in index.values():
        rare = math.log(1 + (N - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rare
    return index


# %% exercise=bm25 name=letter-case-merged
# en: Words are taken as they are given: you merge those that differ in letter case.
# ko: 단어는 주어진 그대로 씁니다. 대소문자만 다른 단어를 합쳤습니다.
def bm25(documents, k1=1.2, b=0.75):
    total = sum(map(len, documents))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(w.casefold() for w in document).items():
            length = len(document) * len(documents) / total
            weight = f * (k1 + 1) / (f + k1 * (1 - b + b * length))
            index.setdefault(word, {})[place] = weight
    for row in index.values():
        rarity = math.log(1 + (len(documents) - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rarity
    return index


# %% exercise=bm25 name=equal-documents-merged
# en: Two documents may be equal. Each has a place of its own.
# ko: 두 문서가 같을 수 있습니다. 문서마다 자기 자리가 있습니다.
def bm25(documents, k1=1.2, b=0.75):
    total, seen = sum(map(len, documents)), set()
    index = {}
    for place, document in enumerate(documents):
        if tuple(document) in seen:
            continue
        seen.add(tuple(document))
        for word, f in Counter(document).items():
            length = len(document) * len(documents) / total
            weight = f * (k1 + 1) / (f + k1 * (1 - b + b * length))
            index.setdefault(word, {})[place] = weight
    for row in index.values():
        rarity = math.log(1 + (len(documents) - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rarity
    return index


# %% exercise=bm25 name=b-for-its-complement
# en: With b = 0 lengths do not matter. In yours that is so with b = 1.
# ko: b = 0이면 길이가 영향을 주지 않습니다. 지금은 b = 1일 때 그렇습니다.
def bm25(documents, k1=1.2, b=0.75):
    total = sum(map(len, documents))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            length = len(document) * len(documents) / total
            weight = f * (k1 + 1) / (f + k1 * (b + (1 - b) * length))
            index.setdefault(word, {})[place] = weight
    for row in index.values():
        rarity = math.log(1 + (len(documents) - len(row) + 0.5) / (len(row) + 0.5))
        for place in row:
            row[place] *= rarity
    return index


# %% exercise=bm25 name=rarity-cut-at-zero
# en: You leave the 1 out of the logarithm and cut at 0. With the 1 nothing has to be cut.
# ko: 로그 안의 1을 빼고 0에서 잘랐습니다. 1이 있으면 자를 것이 없습니다.
def bm25(documents, k1=1.2, b=0.75):
    total = sum(map(len, documents))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            length = len(document) * len(documents) / total
            weight = f * (k1 + 1) / (f + k1 * (1 - b + b * length))
            index.setdefault(word, {})[place] = weight
    for row in index.values():
        rarity = max(0.0, math.log((len(documents) - len(row) + 0.5) / (len(row) + 0.5)))
        for place in row:
            row[place] *= rarity
    return index


# %% exercise=bm25 name=rarity-too-early
# en: A word's rarity needs all documents: how many has your loop seen when it computes it?
# ko: 희귀도에는 모든 문서가 필요합니다. 계산할 때 반복문이 문서를 몇 개나 보았나요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    index, holders = {}, Counter()
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            holders[word] += 1
            rare = math.log(1 + (N - holders[word] + 0.5) / (holders[word] + 0.5))
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = rare * f * (k1 + 1) / (f + k1 * long)
    return index


# %% exercise=bm25 name=k1-fixed-above
# en: With another k1 only what stands below the line changes in yours: where else does k1 stand?
# ko: k1을 바꾸면 분모만 바뀝니다. k1은 또 어디에 있나요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    holders = Counter(word for document in documents for word in set(document))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            rare = math.log(1 + (N - holders[word] + 0.5) / (holders[word] + 0.5))
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = rare * f * 2.2 / (f + k1 * long)
    return index


# %% exercise=bm25 name=first-of-equal-documents
# en: Of equal documents only the first one has a weight: how do you find a document's place?
# ko: 같은 문서 중 첫 문서에만 가중치가 있습니다. 문서의 자리를 어떻게 찾나요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    holders = Counter(word for document in documents for word in set(document))
    index = {}
    for document in documents:
        place = documents.index(document)
        for word, f in Counter(document).items():
            rare = math.log(1 + (N - holders[word] + 0.5) / (holders[word] + 0.5))
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = rare * f * (k1 + 1) / (f + k1 * long)
    return index


# %% exercise=bm25 name=rarity-without-empty-ones
# en: An empty document is a document: does the N of the rarity count it?
# ko: 빈 문서도 문서입니다. 희귀도의 N에 들어가나요?
def bm25(documents, k1=1.2, b=0.75):
    N, total = len(documents), sum(map(len, documents))
    full = sum(1 for document in documents if document)
    holders = Counter(word for document in documents for word in set(document))
    index = {}
    for place, document in enumerate(documents):
        for word, f in Counter(document).items():
            rare = math.log(1 + (full - holders[word] + 0.5) / (holders[word] + 0.5))
            long = 1 - b + b * len(document) * N / total
            index.setdefault(word, {})[place] = rare * f * (k1 + 1) / (f + k1 * long)
    return index


# %% exercise=bm25 variant=two-passes
def bm25(documents, k1=1.2, b=0.75):
    bags = [Counter(d) for d in documents]
    n = Counter(word for bag in bags for word in bag)
    mean = sum(len(d) for d in documents) / len(documents) if documents else 0.0
    idf = {w: math.log((len(bags) + 1) / (c + 0.5)) for w, c in n.items()}
    index = {}
    for place, bag in enumerate(bags):
        room = k1 * ((1 - b) + b * sum(bag.values()) / mean) if mean else k1
        for word, f in bag.items():
            index.setdefault(word, {})[place] = idf[word] * (k1 + 1) / (1 + room / f)
    return index


# %% exercise=bm25 variant=by-word
def bm25(documents, k1=1.2, b=0.75):
    docs = [list(d) for d in documents]
    lengths = np.array([len(d) for d in docs], dtype=float)
    index = {}
    for word in sorted({w for d in docs for w in d}):
        f = np.array([d.count(word) for d in docs], dtype=float)
        holds = np.flatnonzero(f)
        idf = np.log1p((len(docs) - len(holds) + 0.5) / (len(holds) + 0.5))
        norm = k1 * (1 - b + b * lengths[holds] / lengths.mean())
        weights = idf * f[holds] * (k1 + 1) / (f[holds] + norm)
        index[word] = {int(p): float(w) for p, w in zip(holds, weights)}
    return index


# ------------------------------------------------------------------------------------ recall_and_mrr
# %% exercise=recall_and_mrr name=hits-over-k
# en: That share is the precision: recall divides by how many are right.
# ko: 그 비율은 정밀도입니다. 재현율은 정답의 수로 나눕니다.
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / k)
        ranks.append(next((1 / r for r, p in enumerate(ranking, 1) if p in right), 0.0))
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=any-hit-is-all
# en: A question with three right places and one hit has a recall of a third.
# ko: 정답 자리가 셋이고 하나를 찾았다면 재현율은 3분의 1입니다.
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(float(bool(right & set(ranking[:k]))))
        ranks.append(next((1 / r for r, p in enumerate(ranking, 1) if p in right), 0.0))
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=pooled-over-questions
# en: Each question counts the same: you add up hits over all of them first.
# ko: 질문마다 같은 무게입니다. 지금은 모든 질문의 적중을 먼저 더하고 있습니다.
def recall_and_mrr(rankings, relevant, k):
    hits = sum(len(right & set(r[:k])) for r, right in zip(rankings, relevant))
    ranks = [
        next((1 / r for r, p in enumerate(ranking, 1) if p in right), 0.0)
        for ranking, right in zip(rankings, relevant)
    ]
    return hits / sum(map(len, relevant)), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=mrr-within-k
# en: The reciprocal rank looks at the whole ranking, also behind k.
# ko: 역순위는 k 뒤까지 전체 순위를 봅니다.
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / len(right))
        ranks.append(next((1 / r for r, p in enumerate(ranking[:k], 1) if p in right), 0.0))
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=ranks-one-too-large
# en: The first place has rank 1: which rank does it get in yours?
# ko: 첫 자리의 순위는 1입니다. 지금은 몇으로 세나요?
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / len(right))
        ranks.append(next((1 / (r + 1) for r, p in enumerate(ranking, 1) if p in right), 0.0))
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=all-hits-added
# en: Only the first right place counts for the reciprocal rank.
# ko: 역순위에는 처음 나온 정답 자리만 셉니다.
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / len(right))
        ranks.append(sum(1 / r for r, p in enumerate(ranking, 1) if p in right))
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=failures-left-out
# en: A question whose answer was not found counts as 0, not as no question.
# ko: 찾지 못한 질문은 0으로 세어야지 빼면 안 됩니다.
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / len(right))
        ranks += [1 / r for r, p in enumerate(ranking, 1) if p in right][:1]
    return sum(recalls) / len(recalls), sum(ranks) / max(1, len(ranks))


# %% exercise=recall_and_mrr name=mean-rank-inverted
# en: The mean of reciprocals is not the reciprocal of the mean.
# ko: 역수의 평균은 평균의 역수가 아닙니다.
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / len(right))
        ranks += [r for r, p in enumerate(ranking, 1) if p in right][:1]
    return sum(recalls) / len(recalls), len(ranks) / sum(ranks) if ranks else 0.0


# %% exercise=recall_and_mrr name=recall-over-at-most-k
# en: Recall divides by all right places of the question, even where more than k are right.
# ko: 재현율은 그 질문의 정답 위치 전부로 나눕니다. k개보다 많아도 그렇습니다.
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / min(k, len(right)))
        ranks.append(next((1 / at for at, p in enumerate(ranking, 1) if p in right), 0.0))
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=empty-rankings-skipped
# en: A question for which nothing was found counts as 0 in both means.
# ko: 아무것도 찾지 못한 질문은 두 평균에서 모두 0으로 셉니다.
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        if not ranking:
            continue
        recalls.append(len(right.intersection(ranking[:k])) / len(right))
        ranks.append(next((1 / r for r, p in enumerate(ranking, 1) if p in right), 0.0))
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=any-right-place-for-the-first
# en: The reciprocal rank is of the right place that comes first in the ranking, not first in the set.
# ko: 순위의 역수는 집합이 아니라 순위에서 처음 나오는 맞는 자리의 것입니다.
def recall_and_mrr(rankings, relevant, k):
    shares, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        shares.append(len(right & set(ranking[:k])) / len(right))
        found = [place for place in sorted(right) if place in ranking]
        ranks.append(1 / (list(ranking).index(found[0]) + 1) if found else 0.0)
    return sum(shares) / len(shares), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=filled-up-with-zeros
# en: Place 0 counts as found by a ranking that does not hold it: are short rankings filled up, and with what?
# ko: 순위에 없는 0번 자리를 찾은 것으로 셉니다. 짧은 순위의 빈칸을 무엇으로 채웠나요?
def recall_and_mrr(rankings, relevant, k):
    longest = max(map(len, rankings))
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        ranking = list(ranking) + [0] * (longest - len(ranking))
        recalls.append(len(right & set(ranking[:k])) / len(right))
        hits = [1 / rank for rank, place in enumerate(ranking, 1) if place in right]
        ranks.append(hits[0] if hits else 0.0)
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=smallest-of-nothing
# en: Where no right place was found, yours stops: what is the smallest of nothing?
# ko: 맞는 자리를 찾지 못하면 멈춥니다. 아무것도 없을 때 가장 작은 값은 무엇인가요?
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / len(right))
        ranks.append(1 / min(rank for rank, place in enumerate(ranking, 1) if place in right))
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=nothing-counted-as-the-first
# en: A ranking without a right place counts as if its first one were right: what does `argmax` give where nothing is true, or is a number of the question before still there?
# ko: 맞는 자리가 없는 순위를 첫째가 맞은 것처럼 셉니다. 참이 하나도 없을 때 `argmax`는 무엇인가요? 아니면 앞 질문의 값이 그대로 남아 있나요?
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        hits = np.isin(ranking, list(right))
        recalls.append(hits[:k].sum() / len(right))
        ranks.append(1 / (hits.argmax() + 1) if len(hits) else 0.0)
    return float(np.mean(recalls)), float(np.mean(ranks))


# %% exercise=recall_and_mrr name=one-table-of-rankings
# en: Rankings may differ in length: do you make one table of all of them?
# ko: 순위의 길이는 서로 다를 수 있습니다. 모두를 하나의 표로 만들지 않았나요?
def recall_and_mrr(rankings, relevant, k):
    table = np.array(rankings)
    hits = np.array([[place in right for place in row] for row, right in zip(table, relevant)])
    recalls = hits[:, :k].sum(1) / np.array([len(right) for right in relevant])
    ranks = (hits / np.arange(1, table.shape[1] + 1)).max(1)
    return float(recalls.mean()), float(ranks.mean())


# %% exercise=recall_and_mrr name=found-behind-the-end
# en: A question without a find earns a little in yours: what is it to count?
# ko: 찾지 못한 질문이 조금 점수를 얻습니다. 얼마로 세어야 하나요?
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / len(right))
        rank = 1
        while rank <= len(ranking) and ranking[rank - 1] not in right:
            rank += 1
        ranks.append(1 / rank)
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=place-0-is-none
# en: Place 0 is a place like any other: what does an `if` or an `or` make of a 0?
# ko: 0번도 다른 자리와 같은 자리입니다. `if`나 `or`는 0을 어떻게 보나요?
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / len(right))
        first = next((place for place in ranking if place in right), None)
        ranks.append(1 / (list(ranking).index(first) + 1) if first else 0.0)
    return sum(recalls) / len(recalls), sum(ranks) / len(ranks)


# %% exercise=recall_and_mrr name=no-python-floats
# en: The values are right, but they are no Python floats: with what do you take the mean?
# ko: 값은 맞지만 파이썬 float이 아닙니다. 평균을 무엇으로 계산하나요?
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        recalls.append(len(right & set(ranking[:k])) / len(right))
        ranks.append(next((1 / r for r, place in enumerate(ranking, 1) if place in right), 0.0))
    return tuple(torch.tensor(row, dtype=torch.float64).mean() for row in (recalls, ranks))


# %% exercise=recall_and_mrr variant=loops
def recall_and_mrr(rankings, relevant, k):
    recall = reciprocal = 0.0
    for ranking, right in zip(rankings, relevant):
        recall += sum(place in right for place in ranking[:k]) / len(right)
        for rank, place in enumerate(ranking):
            if place in right:
                reciprocal += 1 / (rank + 1)
                break
    return recall / len(rankings), reciprocal / len(rankings)


# %% exercise=recall_and_mrr variant=numpy
def recall_and_mrr(rankings, relevant, k):
    recalls, ranks = [], []
    for ranking, right in zip(rankings, relevant):
        hits = np.array([place in right for place in ranking], dtype=bool)
        recalls.append(hits[:k].sum() / len(right))
        ranks.append(1 / (hits.argmax() + 1) if hits.any() else 0.0)
    return np.mean(recalls), np.mean(ranks)


# ------------------------------------------------------------------------------------ rag_answer
# %% exercise=rag_answer name=no-grounding
# en: You cite every passage that was read: which of them hold the answer?
# ko: 읽은 자료를 모두 인용하고 있습니다. 답이 들어 있는 것은 어느 것인가요?
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    return (answer, used) if answer else (None, [])


# %% exercise=rag_answer name=answers-without-a-source
# en: No passage holds the answer, and you say it all the same.
# ko: 답이 든 자료가 없는데도 답하고 있습니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p in used if added and added <= set(words(passages[p]))]
    return answer, sources


# %% exercise=rag_answer name=question-words-have-to-stand-there
# en: What the question already says need not stand in the passage: which words are new?
# ko: 질문에 이미 있는 말은 자료에 없어도 됩니다. 새로운 낱말은 무엇인가요?
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or ""))
    sources = [p for p in used if added and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=one-shared-word-is-enough
# en: All that the answer adds has to stand there: one word of it does not do.
# ko: 답이 더한 말이 모두 있어야 합니다. 한 낱말로는 부족합니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p in used if added & set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=nothing-added-is-grounded
# en: An answer that repeats the question adds nothing: the empty set is within every set.
# ko: 질문을 되풀이하는 답은 더한 것이 없습니다. 공집합은 모든 집합에 포함됩니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p in used if answer is not None and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=short-ones-jump-the-queue
# en: The first passage that does not fit, or whose score is too low, ends the queue: yours goes on behind it.
# ko: 들어가지 않거나 점수가 너무 낮은 첫 자료에서 줄이 끝납니다. 지금은 그 뒤로 계속 가고 있습니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        length = len(passages[place].split())
        if score >= least and length <= left:
            used.append(place)
            left -= length
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p in used if added and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=over-the-budget
# en: Your last passage goes beyond the budget: is its length counted before it is used?
# ko: 마지막 자료가 예산을 넘습니다. 쓰기 전에 길이를 세고 있나요?
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        if score < least or left <= 0:
            break
        left -= len(passages[place].split())
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p in used if added and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=scores-ignored
# en: A passage with a low score is read all the same: what is `least` for?
# ko: 점수가 낮은 자료도 읽고 있습니다. `least`는 무엇에 쓰이나요?
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p in used if added and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=reads-nothing
# en: With no passage there is nothing to read: your reader is called all the same.
# ko: 자료가 없으면 읽을 것이 없습니다. 그런데도 독해 함수를 부르고 있습니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used])
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p in used if added and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=places-in-the-queue
# en: A source is a place in the library, not in the ranking.
# ko: 출처는 순위가 아니라 자료실에서의 자리입니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [i for i, p in enumerate(used) if added and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=sources-never-read
# en: A passage that was never read cannot be the source: over which ones do you look for it?
# ko: 읽지 않은 자료는 출처가 될 수 없습니다. 어떤 자료들에서 출처를 찾나요?
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p, _ in ranked if added and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=part-of-a-word-is-enough
# en: A word stands in a passage as a whole, not as a piece of a longer one.
# ko: 낱말은 더 긴 낱말의 일부가 아니라 온전한 낱말로 들어 있어야 합니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[place] for place in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    held = {place: passages[place].casefold() for place in used}
    sources = [place for place in used if added and all(word in held[place] for word in added)]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=common-words-are-free
# en: The budget counts `text.split()`: common words take room, too.
# ko: 예산은 `text.split()`으로 셉니다. 흔한 단어도 자리를 차지합니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        size = len(words(passages[place]))
        if score < least or size > left:
            break
        used.append(place)
        left -= size
    answer = read(question, [passages[place] for place in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [place for place in used if added and added <= set(words(passages[place]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=low-scores-are-skipped
# en: The first score that is too low ends the queue. You go on behind it.
# ko: 점수가 너무 낮은 첫 문단에서 줄이 끝납니다. 그 뒤로 계속 가고 있습니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        size = len(passages[place].split())
        if score < least:
            continue
        if size > left:
            break
        used.append(place)
        left -= size
    answer = read(question, [passages[place] for place in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [place for place in used if added and added <= set(words(passages[place]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=sources-sorted
# en: The sources stand in the order of the ranking, not of the library.
# ko: 출처는 서가의 순서가 아니라 순위의 순서로 놓입니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        size = len(passages[place].split())
        if score < least or size > left:
            break
        used.append(place)
        left -= size
    answer = read(question, [passages[place] for place in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [place for place in used if added and added <= set(words(passages[place]))]
    return (answer, sorted(sources)) if sources else (None, [])


# %% exercise=rag_answer name=first-one-always-read
# en: The first passage has to fit into the budget like all others.
# ko: 첫 문단도 다른 문단과 똑같이 예산 안에 들어가야 합니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        size = len(passages[place].split())
        if score < least or (size > left and used):
            break
        used.append(place)
        left -= size
    answer = read(question, [passages[place] for place in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [place for place in used if added and added <= set(words(passages[place]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=a-shorter-one-takes-its-place
# en: A passage that does not fit ends the queue: yours skips it and takes a later, shorter one.
# ko: 들어가지 않는 자료에서 줄이 끝납니다. 지금은 건너뛰고 뒤의 더 짧은 자료를 씁니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        if score < least:
            break
        if len(passages[place].split()) <= left:
            used.append(place)
            left -= len(passages[place].split())
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p in used if added and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=repeated-question-is-grounded
# en: An answer that repeats the question adds nothing: the empty set is within every set.
# ko: 질문을 되풀이하는 답은 더한 것이 없습니다. 공집합은 모든 집합에 포함됩니다.
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    if not answer:
        return None, []
    added = set(words(answer)) - set(words(question))
    sources = [p for p in used if added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=above-least-only
# en: A passage with a score of exactly `least` is not used in yours: is that score too low?
# ko: 점수가 정확히 `least`인 자료를 쓰지 않았습니다. 그 점수가 너무 낮은가요?
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score <= least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    added = set(words(answer or "")) - set(words(question))
    sources = [p for p in used if added and added <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=whole-answer-has-to-stand-there
# en: Only what the answer adds has to stand in a passage: do you look for words of the question there?
# ko: 답이 더한 것만 자료에 있으면 됩니다. 질문의 낱말까지 찾지 않았나요?
def rag_answer(question, passages, ranked, read, budget, least):
    used, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        used.append(place)
    answer = read(question, [passages[p] for p in used]) if used else None
    whole = set(words(answer or ""))
    if not whole - set(words(question)):
        return None, []
    sources = [p for p in used if whole <= set(words(passages[p]))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer name=first-of-equal-passages
# en: Two passages of a library may be equal: by what do you find the place of a source?
# ko: 같은 글이 두 번 들어 있을 수 있습니다. 출처의 자리를 무엇으로 찾나요?
def rag_answer(question, passages, ranked, read, budget, least):
    texts, left = [], budget
    for place, score in ranked:
        left -= len(passages[place].split())
        if score < least or left < 0:
            break
        texts.append(passages[place])
    answer = read(question, texts) if texts else None
    added = set(words(answer or "")) - set(words(question))
    sources = [passages.index(t) for t in texts if added and added <= set(words(t))]
    return (answer, sources) if sources else (None, [])


# %% exercise=rag_answer variant=helpers
def rag_answer(question, passages, ranked, read, budget, least):
    sizes = [len(passages[place].split()) for place, _ in ranked]
    count = 0
    while count < len(ranked) and ranked[count][1] >= least and sum(sizes[: count + 1]) <= budget:
        count += 1
    places = [place for place, _ in ranked[:count]]
    if not places:
        return None, []
    said = read(question, [passages[p] for p in places])
    if not said:
        return None, []
    known = words(question)
    new = [w for w in words(said) if w not in known]
    cited = [p for p in places if new and all(w in words(passages[p]) for w in new)]
    return (said, cited) if cited else (None, [])


# %% exercise=rag_answer variant=filter
def rag_answer(question, passages, ranked, read, budget, least):
    shown, spent = [], 0
    for place, score in ranked:
        spent += len(passages[place].split())
        if spent > budget or score < least:
            break
        shown += [place]
    if len(shown) == 0:
        return (None, [])
    answer = read(question, list(map(passages.__getitem__, shown)))
    fresh = frozenset(words(answer)) - frozenset(words(question)) if answer is not None else set()
    if not fresh:
        return (None, [])
    grounded = list(filter(lambda p: fresh.issubset(words(passages[p])), shown))
    return (answer if grounded else None, grounded)


# ------------------------------------------------------------------------------------ injection_filter
# %% exercise=injection_filter name=looked-at-as-written
# en: Full-width letters and invisible characters hide an order: in which form is it looked for?
# ko: 전각 문자와 보이지 않는 문자가 명령을 숨깁니다. 어떤 형태에서 찾아야 하나요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = " ".join(sentence.casefold().split())
        (dropped if any(re.search(o, seen) for o in orders) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=invisible-characters-stay
# en: An invisible character between two letters parts the word: which category is it of?
# ko: 두 글자 사이의 보이지 않는 문자가 낱말을 끊습니다. 어떤 범주의 문자인가요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = " ".join(unicodedata.normalize("NFKC", sentence).casefold().split())
        (dropped if any(re.search(o, seen) for o in orders) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=not-normalised
# en: Full-width letters and separate jamo look like others: what makes them ordinary ones?
# ko: 전각 문자와 풀어 쓴 자모는 다르게 보입니다. 무엇이 이것을 보통 글자로 만드나요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = "".join(c for c in sentence if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.casefold().split())
        (dropped if any(re.search(o, seen) for o in orders) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=capitals-hide
# en: The patterns are in lower case: is the sentence?
# ko: 패턴은 소문자입니다. 문장도 그런가요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.split())
        (dropped if any(re.search(o, seen) for o in orders) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=double-blanks-hide
# en: Two blanks between the words, and the pattern has one.
# ko: 낱말 사이에 공백이 둘인데 패턴에는 하나입니다.
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf").casefold()
        (dropped if any(re.search(o, seen) for o in orders) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=gives-back-what-it-looked-at
# en: The cleaned copy is for looking: what is to be given back?
# ko: 다듬은 사본은 보기 위한 것입니다. 무엇을 돌려주어야 하나요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.casefold().split())
        (dropped if any(re.search(o, seen) for o in orders) else kept).append(seen)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=whole-passage-dropped
# en: One order, and all of the passage goes: the other sentences are harmless.
# ko: 명령 하나 때문에 전체를 버리고 있습니다. 나머지 문장은 무해합니다.
def injection_filter(passage, orders):
    found = []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.casefold().split())
        found.append(any(re.search(o, seen) for o in orders))
    parts = sentences(passage)
    return ("", parts) if any(found) else (" ".join(parts), [])


# %% exercise=injection_filter name=order-cut-out
# en: A sentence with an order goes as a whole: you cut the order out and keep the rest.
# ko: 명령이 든 문장은 통째로 버려야 합니다. 명령만 잘라 내고 나머지를 남기고 있습니다.
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.casefold().split())
        hits = [o for o in orders if re.search(o, seen)]
        if hits:
            dropped.append(sentence)
            for o in hits:
                seen = re.sub(o, "", seen)
            kept.append(seen.strip())
        else:
            kept.append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=only-at-the-beginning
# en: Only orders at the beginning of a sentence are found: which function of `re` looks at all of it?
# ko: 문장 맨 앞의 명령만 찾습니다. 문장 전체를 보는 `re`의 함수는 무엇인가요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.casefold().split())
        (dropped if any(re.match(o, seen) for o in orders) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=patterns-taken-literally
# en: An order such as `obey .*now` is never found: do you search for a pattern, or for its letters?
# ko: `obey .*now` 같은 명령을 찾지 못합니다. 패턴으로 찾나요, 글자 그대로 찾나요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.casefold().split())
        (dropped if any(o in seen for o in orders) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=sharp-s-stays
# en: ß is not found to be ss: lower case alone leaves it as it is. Which method goes further?
# ko: ß가 ss로 바뀌지 않습니다. 소문자로 바꾸는 것만으로는 그대로 남습니다. 더 나아가는 메서드는 무엇인가요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.lower().split())
        (dropped if any(re.search(o, seen) for o in orders) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=taken-apart
# en: NFKD takes syllables apart into jamo: which form joins them?
# ko: NFKD는 음절을 자모로 나눕니다. 합쳐 주는 형태는 무엇인가요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKD", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.casefold().split())
        (dropped if any(re.search(o, seen) for o in orders) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=dropped-once-a-pattern
# en: A sentence that fits two patterns is dropped once, not twice.
# ko: 두 패턴에 맞는 문장도 한 번만 버립니다.
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        plain = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in plain if unicodedata.category(c) != "Cf").casefold()
        hits = [sentence for order in orders if re.search(order, " ".join(seen.split()))]
        dropped += hits
        kept += [] if hits else [sentence]
    return " ".join(kept), dropped


# %% exercise=injection_filter name=order-over-a-tab
# en: An order with a tab or a line break between its words is not found. A tab is of category Cc, not Cf: is it taken out, or does it stay as it is and is no single blank?
# ko: 단어 사이에 탭이나 줄바꿈이 있는 명령을 찾지 못합니다. 탭은 Cf가 아니라 Cc입니다. 그것까지 빼지는 않았나요? 아니면 그대로 남아서 빈칸 하나가 되지 않았나요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        plain = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in plain if not unicodedata.category(c).startswith("C")).casefold()
        hit = any(re.search(order, " ".join(seen.split())) for order in orders)
        (dropped if hit else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=a-few-invisible-ones
# en: You take out some invisible characters by name. The category Cf holds more of them.
# ko: 보이지 않는 문자 몇 개만 뺐습니다. 범주 Cf에는 더 많습니다.
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        plain = unicodedata.normalize("NFKC", sentence)
        seen = plain.replace("\u200b", "").replace("\u00ad", "").casefold()
        hit = any(re.search(order, " ".join(seen.split())) for order in orders)
        (dropped if hit else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=one-order-alone
# en: A passage may hold several orders: you drop only the first.
# ko: 한 글에 명령이 여럿 있을 수 있습니다. 첫 명령만 버립니다.
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        plain = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in plain if unicodedata.category(c) != "Cf").casefold()
        hit = any(re.search(order, " ".join(seen.split())) for order in orders)
        (dropped if hit and not dropped else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=blanks-before-the-invisible
# en: Two blanks remain where an invisible character stood between them: which of your two steps comes first?
# ko: 보이지 않는 문자 양옆의 빈칸 두 개가 그대로 남았습니다. 두 단계 중 무엇을 먼저 하나요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = " ".join(unicodedata.normalize("NFKC", sentence).casefold().split())
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        given = any(re.search(order, seen) for order in orders)
        (dropped if given else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=empty-pattern-is-everywhere
# en: Without any pattern yours drops every sentence: do you join the patterns, and where is an empty one found?
# ko: 패턴이 하나도 없으면 모든 문장을 버립니다. 패턴을 이어 붙이나요? 빈 패턴은 어디에서 찾아지나요?
def injection_filter(passage, orders):
    whole = "|".join(f"(?:{order})" for order in orders)
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = " ".join(seen.casefold().split())
        (dropped if re.search(whole, seen) else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=ends-stripped-too-early
# en: A blank behind a leading invisible character stays in the form that you search: when are the ends cut?
# ko: 맨 앞의 보이지 않는 문자 뒤에 있던 빈칸이 남았습니다. 양 끝은 언제 자르나요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence).strip()
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = re.sub(r"\s+", " ", seen.casefold())
        given = any(re.search(order, seen) for order in orders)
        (dropped if given else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter name=line-breaks-hide
# en: An order that runs over a line break is kept in yours: which characters count as blanks?
# ko: 줄이 바뀌는 명령을 놓쳤습니다. 어떤 문자를 빈칸으로 보나요?
def injection_filter(passage, orders):
    kept, dropped = [], []
    for sentence in sentences(passage):
        seen = unicodedata.normalize("NFKC", sentence)
        seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
        seen = re.sub(r"[ \t]+", " ", seen.casefold()).strip()
        given = any(re.search(order, seen) for order in orders)
        (dropped if given else kept).append(sentence)
    return " ".join(kept), dropped


# %% exercise=injection_filter variant=comprehensions
def injection_filter(passage, orders):
    def gives_order(sentence):
        plain = unicodedata.normalize("NFKC", sentence)
        plain = "".join("" if unicodedata.category(c) == "Cf" else c for c in plain)
        plain = re.sub(r"\s+", " ", plain).strip().casefold()
        return any(re.compile(order).search(plain) for order in orders)

    parts = [(gives_order(s), s) for s in sentences(passage)]
    return " ".join(s for bad, s in parts if not bad), [s for bad, s in parts if bad]


# %% exercise=injection_filter variant=translate
def injection_filter(passage, orders):
    kept = []
    dropped = []
    pattern = re.compile("|".join(f"(?:{order})" for order in orders)) if orders else None
    for part in sentences(passage):
        copy = unicodedata.normalize("NFKC", part).casefold()
        copy = copy.translate({ord(c): "" for c in set(copy) if unicodedata.category(c) == "Cf"})
        if pattern and pattern.search(" ".join(copy.split())):
            dropped += [part]
        else:
            kept += [part]
    return " ".join(kept), dropped
