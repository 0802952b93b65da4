"use strict";
// The page of one written question. What is shown as given is what the server has stored, or says
// "not stored yet". Texts of people are set as text, never as HTML.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const address = location.pathname.replace(/\/$/, "");
const search = location.search;
const answers = data.answers.map((answer) => ({ ...answer, seen: seenOf(answer), state: "stored" }));
let current = -1;
let bank = data.bank;

function seenOf(answer) {
  return { points: answer.points, comment: answer.comment, work: answer.work };
}

// ------------------------------------------------------------------------------ what is shown
function number(value) {
  return String(Math.round(value * 100) / 100);
}

function show() {
  answers.forEach(showAnswer);
  const read = answers.filter((answer) => answer.read).length;
  byId("progress").textContent = `${read} of ${answers.length} read`;
  const waiting = answers.filter((answer) => answer.state !== "stored").length;
  byId("saved").textContent = waiting ? `${waiting} not stored yet` : "all stored";
  showPanel();
}

function showAnswer(answer, index) {
  const article = byId(`answer-${answer.grade}`);
  article.className = `${index === current ? "current " : ""}${answer.read ? "read" : answer.points !== null ? "again" : ""}`;
  const again = !answer.read && answer.points !== null ? ", to be looked at again" : "";
  article.querySelector(".points").textContent =
    answer.points === null ? "to be read" : `${number(answer.points)} of ${number(data.most)}${again}`;
  article.querySelector(".comment").textContent = answer.comment;
}

function showPanel() {
  const answer = answers[current];
  if (!answer) return;
  byId("which").textContent = `Answer ${current + 1} of ${answers.length}`;
  if (document.activeElement !== byId("points")) {
    byId("points").value = answer.points === null ? "" : number(answer.points);
  }
  if (document.activeElement !== byId("comment")) byId("comment").value = answer.comment;
  document.querySelectorAll("#rubric button").forEach((button) => {
    const points = answer.ticks[button.dataset.item] || 0;
    button.setAttribute("aria-pressed", String(points > 0));
    button.querySelector(".given").textContent = number(points);
  });
}

function showBank() {
  byId("bank").replaceChildren(...bank.map((kept, index) => {
    const line = document.createElement("li");
    const use = document.createElement("button");
    use.type = "button";
    use.className = "use";
    use.textContent = index < 9 ? `${index + 1}. ${kept.text}` : kept.text;
    use.addEventListener("click", () => take(index));
    const drop = document.createElement("button");
    drop.type = "button";
    drop.textContent = "×";
    drop.setAttribute("aria-label", "Take this comment out of the bank");
    drop.addEventListener("click", () => changeBank("DELETE", `/${kept.id}`));
    line.append(use, drop);
    return line;
  }));
}

function say(message) {
  byId("message").textContent = message;
}

// ------------------------------------------------------------------------------ where one is
function go(index, focus = true) {
  if (index < 0 || index >= answers.length) return;
  leaveComment();
  current = index;
  say("");
  show();
  if (!focus) return;
  const article = byId(`answer-${answers[current].grade}`);
  article.focus({ preventScroll: true });
  article.scrollIntoView({ block: "start" });
}

function nextUnread() {
  const order = answers.map((_, step) => (current + 1 + step) % answers.length);
  const found = order.find((index) => !answers[index].read);
  if (found === undefined) say("All of these are read.");
  else go(found);
}

function done() {
  const answer = answers[current];
  leaveComment();
  if (answer.points === null) {
    say("No points yet: 0 gives none.");
    return;
  }
  if (!answer.read) change({});
  nextUnread();
}

// ------------------------------------------------------------------------------ giving
function change(what) {
  const answer = answers[current];
  if (!answer) return;
  Object.assign(answer, what, { state: answer.state === "sending" || answer.state === "again" ? "again" : "changed" });
  answer.read = answer.points !== null;
  say("");
  show();
  if (answer.state === "changed") send(answer);
}

function setPoints(points) {
  change({ points: points === null ? null : Math.min(data.most, Math.max(0, points)) });
}

function tick(index, half) {
  const item = data.rubric[index];
  if (!item || !answers[current]) return;
  const now = answers[current].ticks[item.key] || 0;
  const next = half ? (now >= item.points ? 0 : Math.min(item.points, now + 0.5)) : now ? 0 : item.points;
  setTicks({ ...answers[current].ticks, [item.key]: next });
}

function setTicks(ticks) {
  const sum = Object.values(ticks).reduce((total, points) => total + points, 0);
  change({ ticks, points: Math.min(data.most, sum) });
}

function all() {
  if (!data.rubric.length) return setPoints(data.most);
  const ticks = Object.fromEntries(data.rubric.map((item) => [item.key, item.points]));
  change({ ticks, points: data.most });
}

function step(by) {
  const answer = answers[current];
  if (answer) setPoints((answer.points || 0) + by);
}

function leaveComment() {
  const answer = answers[current];
  const text = byId("comment").value;
  if (document.activeElement === byId("comment")) document.activeElement.blur();
  if (answer && text !== answer.comment) change({ comment: text, points: answer.points });
}

function take(index) {
  const kept = bank[index];
  byId("bank").classList.remove("asked");
  if (!kept || !answers[current]) return;
  const said = answers[current].comment;
  byId("comment").value = said ? `${said}\n${kept.text}` : kept.text;
  change({ comment: byId("comment").value });
}

// ------------------------------------------------------------------------------ the server
async function ask(method, path, body) {
  const headers = { "Content-Type": "application/json", "X-XSRFToken": data.token };
  const options = { method, headers, credentials: "same-origin" };
  if (body !== undefined) options.body = JSON.stringify(body);
  const response = await fetch(address + path + search, options);
  const told = await response.json().catch(() => ({ message: `The server says ${response.status}.` }));
  return { status: response.status, told };
}

async function send(answer) {
  answer.state = "sending";
  const { points, comment, ticks, seen } = answer;
  let reply;
  try {
    reply = await ask("PUT", `/answer/${answer.grade}`, { points, comment, ticks, seen });
  } catch {
    reply = { status: 503, told: { message: "The server does not answer." } };
  }
  if (reply.status === 503) return later(answer, reply.told.message);
  if (reply.status === 200) answer.seen = seenOf(reply.told);
  else refused(answer, reply);
  if (answer.state === "again") return send(answer);
  answer.state = "stored";
  show();
}

function later(answer, message) {
  say(`${message} Tried again in three seconds.`);
  setTimeout(() => send(answer), 3000);
}

function refused(answer, { status, told }) {
  say(`Answer ${answers.indexOf(answer) + 1} was not stored. ${told.message || `The server says ${status}.`}`);
  answer.state = "stored";
  const now = told.now || { ...answer.seen, ticks: {}, read: answer.seen.points !== null };
  Object.assign(answer, now, { seen: seenOf(now) });
  if (told.html !== undefined) byId(`answer-${answer.grade}`).querySelector(".text").innerHTML = told.html;
}

async function changeBank(method, path, body) {
  const { status, told } = await ask(method, `/comments${path}`, body);
  if (status === 200) bank = told.comments;
  else say(told.message);
  showBank();
}

// ------------------------------------------------------------------------------ keys
// Letters are known by the key's place too: with a Korean keyboard `j` writes ㅓ.
const KEYS = {
  j: () => go(current + 1), ArrowRight: () => go(current + 1),
  k: () => go(current - 1), ArrowLeft: () => go(current - 1),
  u: nextUnread, Enter: done, f: all, 0: () => change({ ticks: {}, points: 0 }),
  x: () => change({ ticks: {}, points: null }),
  "+": () => step(0.5), "=": () => step(0.5), "-": () => step(-0.5),
  c: () => byId("comment").focus(), b: () => byId("bank").classList.add("asked"),
  h: () => byId("names").click(), "?": () => byId("help").click(),
};

function keyOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit) return digit[1];
  const letter = /^Key([A-Z])$/.exec(event.code);
  return letter && !/^[a-z]$/i.test(event.key) ? letter[1].toLowerCase() : event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const inField = event.target.matches("textarea, input");
  if (event.key === "Escape") {
    byId("bank").classList.remove("asked");
    return inField ? event.target.blur() : undefined;
  }
  if (inField && !(event.key === "Enter" && event.target === byId("points"))) return;
  if (event.target.matches("button, summary, a") && [" ", "Enter"].includes(event.key)) return;
  const key = keyOf(event);
  const act = /^[1-9]$/.test(key) ? () => digitPressed(Number(key) - 1, event.shiftKey) : KEYS[key];
  if (!act) return;
  event.preventDefault();
  if (inField) event.target.blur();
  act();
}

function digitPressed(index, half) {
  if (byId("bank").classList.contains("asked")) take(index);
  else tick(index, half);
}

// ------------------------------------------------------------------------------ beginning
document.addEventListener("keydown", onKey);
byId("points").addEventListener("change", (event) => {
  const points = event.target.value === "" ? null : Number(event.target.value);
  change({ ticks: {}, points });
});
byId("comment").addEventListener("blur", leaveComment);
document.querySelectorAll("#rubric button").forEach((button, index) => {
  button.addEventListener("click", (event) => tick(index, event.shiftKey));
});
byId("none").addEventListener("click", KEYS[0]);
byId("full").addEventListener("click", all);
byId("back").addEventListener("click", KEYS.x);
byId("done").addEventListener("click", done);
byId("keep").addEventListener("click", () => changeBank("POST", "", { text: byId("comment").value }));
byId("names").addEventListener("click", (event) => {
  const hidden = document.body.classList.toggle("names-hidden");
  event.currentTarget.setAttribute("aria-pressed", String(!hidden));
});
byId("help").addEventListener("click", (event) => {
  byId("keys").hidden = !byId("keys").hidden;
  event.currentTarget.setAttribute("aria-expanded", String(!byId("keys").hidden));
});
answers.forEach((answer, index) => {
  byId(`answer-${answer.grade}`).addEventListener("click", (event) => {
    if (index !== current && !event.target.closest("a")) go(index, false);
  });
});
window.addEventListener("beforeunload", (event) => {
  if (answers.some((answer) => answer.state !== "stored")) event.preventDefault();
});
showBank();
show();
const first = answers.findIndex((answer) => !answer.read);
go(first < 0 ? 0 : first);
