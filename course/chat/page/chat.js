// The chat page. Text of models, documents and people becomes text nodes, never HTML.
"use strict";

const TOKEN = new URLSearchParams(location.search).get("token") || "";
const SHADES = [0.05, 0.2, 0.5, 0.9]; // below each: the shade of a token's probability
const byId = (id) => document.getElementById(id);
const turns = []; // {question, answers: [text by bot]}
let running = []; // the WebSocket of each answer that is being written
let about = { bots: [], phrases: {}, limits: {} };
let language = "en";

// ---------------------------------------------------------------------------------- elements
function make(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "class") made.className = value;
    else if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A phrase in the page's language; what stands in braces is filled in.
function say(phrase, values = {}) {
  const known = (about.phrases[language] || {})[phrase] || phrase;
  return known.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

// An element whose text follows the language.
function saying(tag, phrase, given = {}) {
  return make(tag, { ...given, "data-say": phrase, textContent: say(phrase) });
}

function speak(wanted) {
  language = wanted;
  document.documentElement.lang = wanted;
  byId("language").value = wanted;
  for (const element of document.querySelectorAll("[data-say]")) {
    element.textContent = say(element.dataset.say);
  }
  document.title = say("My chatbot");
  showAbout();
}

const percent = (p) => `${(100 * p).toFixed(p < 0.0995 ? 1 : 0)}%`;
const visible = (text) => text.replace(/ /g, "␣").replace(/\n/g, "⏎").replace(/\t/g, "⇥") || "∅";
const shade = (p) => `p${SHADES.filter((edge) => p >= edge).length}`;

// ---------------------------------------------------------------------------------- what runs
function showAbout() {
  const told = about.bots.map((bot) => {
    const rows = bot.notes.flatMap((note) => [
      make("dt", {}, note.part),
      make("dd", {}, say(note.what), note.own ? ` (${say("own code")})` : ""),
    ]);
    return make("section", {}, make("h2", {}, bot.name), make("dl", {}, ...rows));
  });
  byId("bots").replaceChildren(...told);
  const missing = [...new Set(about.bots.flatMap((bot) => bot.missing))];
  byId("missing").replaceChildren(...missing.map((text) => make("li", {}, say(text))));
  byId("missing").hidden = !missing.length;
}

// A switch without a part behind it cannot be moved.
function showSwitches() {
  for (const box of document.querySelectorAll("#switches input[name]")) {
    const there = about.bots.some((bot) => bot.parts[box.name]);
    if (about.bots.every((bot) => bot.on_request.includes(box.name))) box.checked = false;
    box.disabled = !there;
    if (!there) box.checked = false;
    box.closest("label").classList.toggle("off", !there);
    box.closest("label").title = there ? "" : say("This bot has no such part.");
  }
}

function switches() {
  const boxes = [...document.querySelectorAll("#switches input[name]")];
  return Object.fromEntries(boxes.map((box) => [box.name, box.checked]));
}

// ---------------------------------------------------------------------------------- asking
function ask(question) {
  stop();
  byId("problem").textContent = "";
  byId("empty").hidden = true;
  const turn = { question, answers: about.bots.map(() => "") };
  const columns = about.bots.map((bot) => make("article", { class: "answer", "aria-label": bot.name }));
  turns.push(turn);
  byId("turns").append(shownTurn(turn, columns));
  columns[0].scrollIntoView({ block: "nearest" });
  const seed = Math.floor(Math.random() * 2 ** 31); // one for all: they differ by their parts alone
  columns.forEach((column, bot) => answer(turn, bot, column, seed));
}

function shownTurn(turn, columns) {
  const text = make("p", {}, turn.question);
  const edit = saying("button", "Edit", { type: "button", class: "edit" });
  const head = make("div", { class: "asked head" }, text, edit);
  turn.element = make("li", { class: "turn" }, head, make("div", { class: "answers" }, ...columns));
  edit.onclick = () => editing(turn, head);
  return turn.element;
}

// A former question, to be changed: what came after it is dropped.
function editing(turn, head) {
  const field = make("textarea", { value: turn.question, "aria-label": say("Your question"),
    maxLength: about.limits.question });
  const again = saying("button", "Ask again from here", { type: "submit" });
  const back = saying("button", "Leave it", { type: "button" });
  const form = make("form", { class: "asked head" }, field, again, back);
  const close = () => { form.replaceWith(head); head.querySelector("button").focus(); };
  form.onsubmit = (event) => {
    event.preventDefault();
    if (field.value.trim()) askAgain(turn, field.value.trim());
  };
  form.onkeydown = (event) => {
    if (event.key === "Escape") { event.stopPropagation(); close(); }
    if (sends(event)) { event.preventDefault(); form.requestSubmit(); }
  };
  back.onclick = close;
  head.replaceWith(form);
  field.focus();
}

function askAgain(turn, question) {
  stop();
  for (const dropped of turns.splice(turns.indexOf(turn))) dropped.element.remove();
  ask(question);
  byId("question").focus();
}

// What was said before a turn, as one bot answered it; the oldest is left out where it is too much.
function history(turn, bot) {
  const said = turns.slice(0, turns.indexOf(turn)).flatMap((past) => [
    { role: "user", content: past.question },
    ...(past.answers[bot] ? [{ role: "assistant", content: past.answers[bot] }] : []),
  ]).slice(-about.limits.messages);
  const length = () => said.reduce((sum, one) => sum + one.content.length, 0);
  while (length() > about.limits.history) said.shift();
  return said;
}

// One question to one bot, on a WebSocket of its own.
function answer(turn, bot, column, seed) {
  const socket = new WebSocket(`ws://${location.host}/answer?token=${TOKEN}`);
  const view = new View(turn, bot, column);
  running.push(socket);
  showRunning();
  socket.onopen = () => socket.send(JSON.stringify({ bot, question: turn.question, language,
    history: history(turn, bot), switches: switches(), seed }));
  socket.onmessage = ({ data }) => {
    const told = JSON.parse(data);
    if (!view.over) view[told.event](told.data);
  };
  socket.onclose = () => {
    running = running.filter((one) => one !== socket);
    view.ended();
    showRunning();
  };
  socket.stop = () => { view.stopped(); socket.close(); };
}

function stop() {
  for (const socket of running) socket.stop();
}

function showRunning() {
  // a button that is disabled loses the focus to nowhere
  if (!running.length && document.activeElement === byId("stop")) byId("question").focus();
  byId("stop").disabled = !running.length;
}

// ---------------------------------------------------------------------------------- one answer
class View {
  constructor(turn, bot, column) {
    Object.assign(this, { turn, bot, column, passages: [], written: "", over: false });
    this.status = saying("p", "Waiting", { class: "status writing" });
    this.tokensBox = null;
    column.append(make("h3", {}, about.bots[bot].name), this.status);
  }

  tell(phrase, values = {}) {
    this.status.textContent = say(phrase, values);
    delete this.status.dataset.say;
  }

  add(element) {
    this.column.insertBefore(element, this.status);
    return element;
  }

  place({ ahead }) {
    this.begun = true;
    if (ahead) this.tell("Waiting: {ahead} ahead of you", { ahead });
    else this.tell("Reading");
    if (ahead) byId("announcer").textContent = this.status.textContent;
  }

  sources({ query, passages }) {
    this.passages = passages;
    const items = passages.map((passage) => make("li", {}, make("strong", {}, passage.title),
      make("p", {}, passage.text)));
    const told = passages.length ? say("Sources ({count})", { count: passages.length }) : say("No source was found");
    this.list = make("ol", {}, ...items);
    const looked = make("p", { class: "aside" }, say("Looked up:"), " ", query);
    // below the answer, which is what people came for
    this.column.append(make("details", { class: "sources" }, make("summary", {}, told), looked, this.list));
  }

  quote({ text, span }) {
    this.quoted = text;
    this.add(make("blockquote", {}, text));
    this.add(make("p", { class: "aside" }, say("Quoted from source {number}", { number: span.source + 1 }),
      ": ", this.passages[span.source].title));
    this.mark([span]);
  }

  token(told) {
    if (!this.tokensBox) this.startWriting();
    this.written += told.text;
    const span = make("span", { class: `token ${shade(told.probability)}`, tabIndex: -1, role: "button" }, told.text);
    span.told = told;
    if (!this.tokensBox.childElementCount) span.tabIndex = 0;
    this.tokensBox.append(span);
    this.follow();
  }

  // Keep the newest words in view, unless the reader has scrolled away from them.
  follow() {
    const left = document.documentElement.scrollHeight - scrollY - innerHeight;
    if (left < 300) this.status.scrollIntoView({ block: "nearest" });
  }

  startWriting() {
    this.tell("Writing");
    if (this.quoted) this.add(saying("p", "The model goes on, beside the source:", { class: "aside" }));
    this.tokensBox = this.add(make("p", { class: "tokens", role: "group", "aria-label": say("Tokens: arrow keys move, each tells its probability") }));
  }

  verdict({ passed, unsupported }) {
    if (!passed && this.tokensBox) this.tokensBox.classList.add("held");
    const text = passed ? `✓ ${say("Guard: every name and number stands in a source or in the question.")}`
      : `✗ ${say("Guard: held back, for these stand nowhere:")} ${unsupported.join(", ")}`;
    this.add(make("p", { class: `verdict ${passed ? "good" : "bad"}` }, text));
  }

  reply(told) {
    this.over = true;
    this.turn.answers[this.bot] = told.text;
    if (told.refused) {
      if (!told.draft || !this.tokensBox) this.add(make("p", { class: "aside" }, say(told.refused)));
      this.add(make("p", { class: "said" }, say(told.text)));
    }
    this.mark(told.cited);
    if (told.ended === "length") this.tell("Done: as long as an answer may be");
    else this.tell("Done");
    this.finish(told.text);
  }

  failed({ error }) {
    this.over = true;
    this.add(make("p", { class: "bad", role: "alert" }, error));
    this.tell("Failed");
    this.finish("");
  }

  stopped() {
    if (this.over) return;
    this.over = true;
    this.turn.answers[this.bot] = this.quoted || this.written.trim();
    this.tell("Stopped");
    this.finish("");
  }

  // The connection is at its end: without a reply it broke, or never came about.
  ended() {
    if (this.over) return;
    if (this.begun) this.failed({ error: say("The answer broke off.") });
    else this.failed({ error: say("The server does not answer: is `course chat` still running?") });
  }

  finish(text) {
    this.status.classList.remove("writing");
    this.follow();
    const name = about.bots[this.bot].name;
    byId("announcer").textContent = `${name}: ${text ? say(text) : this.status.textContent}`;
  }

  // Highlight places of the sources: the texts between and within become nodes of their own.
  mark(spans) {
    if (!this.list) return;
    this.passages.forEach((passage, source) => {
      const here = spans.filter((span) => span.source === source).sort((a, b) => a.start - b.start);
      if (!here.length) return;
      this.list.closest("details").open = true;
      const characters = [...passage.text]; // Python counts characters, and JavaScript halves of some
      const pieces = [];
      let at = 0;
      for (const { start, end } of here) {
        if (start < at) continue;
        pieces.push(characters.slice(at, start).join(""), make("mark", {}, characters.slice(start, end).join("")));
        at = end;
      }
      pieces.push(characters.slice(at).join(""));
      this.list.children[source].querySelector("p").replaceChildren(...pieces);
    });
  }
}

// ---------------------------------------------------------------------------------- tokens
function showCard(span) {
  const { text, probability, alternatives } = span.told;
  const others = alternatives.some((one) => one.text === text) ? alternatives : [...alternatives, { text, probability }];
  const rows = others.map((one) => {
    const bar = make("span", { class: "bar" });
    bar.style.width = `${Math.max(1, 100 * one.probability)}px`;
    return make("tr", { class: one.text === text ? "chosen" : "" }, make("td", {}, visible(one.text)),
      make("td", {}, percent(one.probability)), make("td", {}, bar));
  });
  const card = byId("card");
  card.replaceChildren(make("div", {}, say("Probability {p}", { p: percent(probability) })), make("table", {}, ...rows));
  card.hidden = false;
  document.querySelector("[aria-describedby=card]")?.removeAttribute("aria-describedby");
  span.setAttribute("aria-describedby", "card");
  const place = span.getBoundingClientRect();
  card.style.left = `${Math.max(4, Math.min(place.left, innerWidth - card.offsetWidth - 8)) + scrollX}px`;
  const below = place.bottom + card.offsetHeight + 8 < innerHeight;
  card.style.top = `${(below ? place.bottom + 4 : place.top - card.offsetHeight - 4) + scrollY}px`;
}

const hideCard = () => { byId("card").hidden = true; };
const overToken = (event) => { const t = tokenOf(event); t ? showCard(t) : hideCard(); };
const tokenOf = (event) => (event.target instanceof Element ? event.target.closest(".tokens .token") : null);

function moveAmongTokens(event, from) {
  const row = [...from.parentElement.children];
  const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -row.length, End: row.length };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const next = row[Math.max(0, Math.min(row.length - 1, row.indexOf(from) + steps[event.key]))];
  from.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

// ---------------------------------------------------------------------------------- the page
// Enter while a syllable of Hangul is being put together only ends the syllable.
const sends = (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing;

function submitted(event) {
  event.preventDefault();
  const field = byId("question");
  const question = field.value.trim();
  const most = about.limits.question;
  if (question.length > most) {
    byId("problem").textContent = say("The question has {length} characters, and {most} are possible: shorten it.", { length: question.length, most });
  } else if (question && about.bots.length) {
    field.value = "";
    ask(question);
  }
}

function newChat() {
  stop();
  turns.length = 0;
  byId("turns").replaceChildren();
  byId("empty").hidden = false;
  byId("question").focus();
}

async function start() {
  const response = await fetch(`about?token=${TOKEN}`);
  about = await response.json();
  showSwitches();
  speak(about.language);
  byId("send").disabled = false;
  byId("question").focus();
}

byId("ask").onsubmit = submitted;
byId("question").onkeydown = (event) => { if (sends(event)) submitted(event); };
byId("stop").onclick = stop;
byId("new").onclick = newChat;
byId("language").onchange = (event) => speak(event.target.value);
byId("colours").onchange = (event) => {
  document.body.classList.toggle("coloured", event.target.checked);
  byId("legend").hidden = !event.target.checked;
};
document.body.classList.add("coloured");
document.addEventListener("keydown", (event) => {
  const token = tokenOf(event);
  if (event.key === "Escape") { hideCard(); stop(); }
  else if (token) moveAmongTokens(event, token);
});
for (const kind of ["mouseover", "focusin", "click"]) document.addEventListener(kind, overToken);
start().catch(() => {
  byId("problem").textContent = say("The server does not answer: is `course chat` still running?");
});
