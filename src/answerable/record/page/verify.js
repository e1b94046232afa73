// Checks a proof file of a record, offline, with nothing but this file: in a browser (index.html beside it, from any
// disk or server) or under Node: node verify.js FILE.tlog-proof POLICY. It refuses every spelling but the standard one.
"use strict";
const KINDS = ["simulated", "rehearsal", "real"], ALLOWANCE = 120;
const LENGTHS = { 1: 32, 4: 32, 6: 1312 };  // bytes of a key: Ed25519, Ed25519 cosignature, ML-DSA-44 cosignature
const ODD = /[\x00- +\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]|\p{Surrogate}/u;

function need(holds, why) { if (!holds) throw new Error(why); }
function utf8(text) { return new TextEncoder().encode(text); }
function text(bytes) { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes); }
function hex(bytes) { return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(""); }
function join(...parts) { return new Uint8Array(parts.flatMap((part) => [...part])); }
const same = (a, b) => hex(a) === hex(b);
async function sha256(...parts) { return new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts))); }

function encode64(bytes) { return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join("")); }
function base64(word, length) {
  need(/^[A-Za-z0-9+/]*={0,2}$/.test(word) && word.length % 4 === 0, "A value is not base64.");
  const bytes = Uint8Array.from(atob(word), (c) => c.charCodeAt(0));
  need(encode64(bytes) === word, "A base64 value is spelled in a non-standard way.");
  need(length === undefined || bytes.length === length, "A value has another length than it should.");
  return bytes;
}
function plainUrl(bytes) { return encode64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""); }
function base64url(word, length) {
  need(typeof word === "string" && /^[A-Za-z0-9_-]*$/.test(word) && word.length % 4 !== 1, "A value is not base64url.");
  return base64(word.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - word.length % 4) % 4), length);
}
function whole(word) {
  need(/^(0|[1-9][0-9]{0,18})$/.test(word) && BigInt(word) < 2n ** 63n, "A number is not in its one spelling.");
  return BigInt(word);
}
function after(prefix, line) {
  need(line !== undefined && line.startsWith(prefix), `A proof file has no ${prefix}line in its place.`);
  return line.slice(prefix.length);
}
function json(bytes) {  // no name twice in one object, no endless or inexact number, no half character
  const source = text(bytes), bare = source.replace(/"(?:[^"\\]|\\[^])*"/g, "S"), value = JSON.parse(source);
  let names = 0;
  (function walk(part) {
    if (typeof part === "string") need(!/\p{Surrogate}/u.test(part), "A statement holds half a character.");
    if (typeof part === "number") need(Number.isFinite(part), "A statement holds an endless number.");
    if (part === null || typeof part !== "object") return;
    for (const [name, inner] of Object.entries(part)) { names += !Array.isArray(part); walk(name); walk(inner); }
  })(value);
  need(names === (bare.match(/S\s*:/g) || []).length, "A statement uses a name twice.");
  for (const [number] of bare.matchAll(/(?<![\d.eE+-])-?\d+(?![\d.eE])/g))
    need(Number.isSafeInteger(Number(number)), "A statement holds an inexact number.");
  return value;
}

async function parseKey(vkey) {
  const [, name, id, rest] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(vkey) || [];
  need(name && !ODD.test(name), "A verifier key is malformed.");
  const bytes = base64(rest);
  need(LENGTHS[bytes[0]] === bytes.length - 1, "A verifier key has another type or length than it should.");
  need(hex((await sha256(utf8(name + "\n"), bytes)).slice(0, 4)) === id, "A verifier key and its id differ.");
  return { name, id, type: bytes[0], raw: bytes.slice(1) };
}
async function parsePolicy(source) {
  const logs = [], witnesses = new Map(), groups = new Map();
  let quorum = "";
  const known = (name) => witnesses.has(name) || groups.has(name);
  const fresh = (name) => { need(name !== "none" && !known(name), "A name in the policy is taken."); return name; };
  for (const line of source.split("\n")) {
    const [what, ...words] = line.split(/[ \t]+/).filter(Boolean);
    if (what === undefined || what.startsWith("#")) continue;
    if (what === "log" && words.length >= 1 && words.length <= 2) {
      const key = await parseKey(words[0]);
      need(key.type !== 4 && !logs.some((one) => one.name === key.name && one.id === key.id), "A log key is wrong.");
      logs.push(key);
    } else if (what === "witness" && words.length >= 2 && words.length <= 3) {
      const key = await parseKey(words[1]);
      need(key.type !== 1, "The key of a witness must be a cosignature key.");
      need(![...witnesses.values()].some((one) => one.name === key.name && one.id === key.id), "A witness is twice");
      witnesses.set(fresh(words[0]), key);
    } else if (what === "group" && words.length >= 3) {
      const [name, count, ...members] = words, all = members.length;
      const needed = count === "any" ? 1 : count === "all" ? all : /^[0-9]{1,5}$/.test(count) ? Number(count) : 0;
      need(new Set(members).size === all && members.every(known) && needed > 0 && needed <= all, "A group is wrong.");
      const people = members.filter((one) => witnesses.has(one)).map((one) => witnesses.get(one).name);
      need(needed === 1 || new Set(people).size === people.length, "A group counts two keys of one witness.");
      groups.set(fresh(name), [needed, members]);
    } else if (what === "quorum" && words.length === 1 && !quorum && (words[0] === "none" || known(words[0]))) {
      quorum = words[0];
    } else need(false, "The policy file has a line that is not understood.");
  }
  need(logs.length && quorum, "A policy file needs a log line and a quorum line.");
  need(logs.every((one) => logs.some((two) => two.type === 1 && two.name === one.name)), "A log needs an Ed25519 key.");
  need(![...witnesses.values()].some((w) => logs.some((l) => same(w.raw, l.raw))), "A log is its own witness.");
  return { logs, witnesses, groups, quorum };
}

async function signedBy(key, raw, message) {  // returns the time of a cosignature
  need(key.type !== 6 && raw.length === (key.type === 1 ? 64 : 72), `The signature of ${key.name} does not hold.`);
  const time = key.type === 4 ? BigInt("0x" + hex(raw.slice(0, 8))) : 0n;
  const signed = key.type === 4 ? utf8(`cosignature/v1\ntime ${time}\n` + message) : utf8(message);
  const made = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
  const holds = await crypto.subtle.verify({ name: "Ed25519" }, made, raw.slice(-64), signed);
  need(holds && time < 2n ** 63n, `The signature of ${key.name} does not hold.`);
  return time;
}
async function acceptHead(note, policy, now) {
  need(note.endsWith("\n") && !/[\x00-\x09\x0b-\x1f]|\p{Surrogate}/u.test(note), "A head holds a control character.");
  const cut = note.lastIndexOf("\n\n"), lines = note.slice(cut + 2, -1).split("\n");
  need(cut > 0 && note.length > cut + 2 && lines.length <= 64, "A head needs a text, a blank line and signatures.");
  const message = note.slice(0, cut + 1), [origin, count, rootLine, ...rest] = message.split("\n");
  need(origin && rest.length === 1 && rest[0] === "", "A head of a log has exactly three lines.");
  const size = whole(count), root = base64(rootLine, 32), kind = origin.slice(origin.lastIndexOf("/") + 1);
  need(size > 0n || same(root, await sha256()), "A head of an empty log has another root.");
  const logs = policy.logs.filter((key) => key.name === origin), cosigners = [...policy.witnesses.values()];
  need(logs.length, "Your policy file does not name this log.");
  const signed = new Set();
  for (const line of lines) {
    const [dash, name, word, more] = line.split(" ");
    need(dash === "\u2014" && name && !ODD.test(name) && word && more === undefined, "A signature line is malformed.");
    const bytes = base64(word), id = hex(bytes.slice(0, 4)), raw = bytes.slice(4);
    need(raw.length === 64 || raw.length === 72, "A signature here is not Ed25519; browsers cannot check it.");
    const key = [...logs, ...cosigners].find((one) => one.name === name && one.id === id);
    if (!key) continue;
    const time = await signedBy(key, raw, message);
    need(time <= BigInt(now + ALLOWANCE), `The witness ${name} signed at a time that has not come yet.`);
    signed.add(key);
  }
  const log = logs.find((key) => key.type === 1 && signed.has(key));
  need(log, "The log that your policy file names did not sign this head.");
  const holds = (name) => policy.witnesses.has(name) ? signed.has(policy.witnesses.get(name))
    : policy.groups.get(name)[1].filter(holds).length >= policy.groups.get(name)[0];
  need(policy.quorum === "none" || holds(policy.quorum), "Not enough witnesses have seen this version of the log.");
  need(KINDS.includes(kind), "The log does not say whether it is simulated, a rehearsal or real.");
  return { origin, size, root, kind, witnesses: cosigners.filter((key) => signed.has(key)).map((key) => key.name) };
}
async function checkInclusion(index, head, leaf, hashes) {  // RFC 9162, 2.1.3.2
  need(index < head.size && hashes.length <= 63, "The log has no such entry.");
  let position = index, last = head.size - 1n, value = leaf;
  for (const sibling of hashes) {
    need(last !== 0n, "The proof has too many hashes.");
    const right = position & 1n || position === last;
    value = right ? await sha256([1], sibling, value) : await sha256([1], value, sibling);
    if (right) while (!(position & 1n) && position) { position >>= 1n; last >>= 1n; }
    position >>= 1n; last >>= 1n;
  }
  need(last === 0n && same(value, head.root), "The proof does not lead from this entry to the signed root.");
}
async function released(body, words) {  // RFC 9901: fields handed over since, each under its own digest
  const sd = body.sd === undefined ? [] : body.sd, seen = new Set(Object.keys(Object(body.data))), found = {};
  need(Array.isArray(sd) && sd.every((one) => base64url(one, 32)), "The digests in the statement are malformed.");
  need(sd.every((one, at) => at === 0 || sd[at - 1] < one), "The digests in the statement are not sorted.");
  for (const word of words) {
    const parts = json(base64url(word));
    need(Array.isArray(parts) && parts.length === 3 && typeof parts[1] === "string", "A released field is malformed.");
    base64url(parts[0], 32);
    need(sd.includes(plainUrl(await sha256(utf8(word)))), "The statement does not commit to a released field.");
    need(!seen.has(parts[1]), "A released field is given twice.");
    seen.add(parts[1]) && (found[parts[1]] = parts[2]);
  }
  return found;
}
async function verifyProof(proofText, policyText, now = Math.floor(Date.now() / 1000)) {
  const policy = await parsePolicy(policyText), cut = proofText.indexOf("\n\n");
  need(cut > 0, "This is not a whole proof file.");
  const [header, extraLine, indexLine, ...rest] = proofText.slice(0, cut).split("\n");
  need(header === "c2sp.org/tlog-proof@v1", "This is not a proof file.");
  const frame = text(base64(after("extra ", extraLine)));
  const OPENED = /^\{"blind":"([^"]{44})","body":(\{.*\})(?:,"disclosures":\["([\w-]+(?:","[\w-]+)*)"\])?\}$/su;
  const pieces = OPENED.exec(frame);
  need(pieces, "The statement in this proof file is malformed.");
  const blind = base64(pieces[1], 32), words = pieces[3] ? pieces[3].split('","') : [], raw = utf8(pieces[2]);
  need(words.every((one, at) => at === 0 || words[at - 1] < one) && words.length <= 256, "Released fields are mixed.");
  const index = whole(after("index ", indexLine)), hashes = rest.map((line) => base64(line, 32));
  const head = await acceptHead(proofText.slice(cut + 2), policy, now);
  const entry = join([1], await sha256(utf8("record/v1\0"), blind, await sha256(raw)));
  await checkInclusion(index, head, await sha256([0], entry), hashes);
  const body = json(raw), found = await released(body, words);
  need(body.workspace === head.kind, "The statement and its log are of different kinds.");
  const dated = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(body.at) && head.kind === "real";
  need(!dated || !(Date.parse(body.at) > (now + ALLOWANCE) * 1000), "The statement is dated in the future.");
  const data = words.length ? { ...body.data, ...found } : body.data;
  return { ...head, index, body: { ...body, data } };
}

if (typeof document !== "undefined") document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const show = (mark, ...said) => { answer.className = mark; answer.innerText = said.join("\n"); };
  const answer = document.querySelector("output"), read = async (id) =>
    text(new Uint8Array(await document.querySelector(id).files[0].arrayBuffer()));
  try {
    const found = await verifyProof(await read("#proof"), await read("#policy"));
    show("good", ...(found.kind === "real" ? [] : [`${found.kind.toUpperCase()}: this is not about real decisions.`]),
      "Verified: this entry is in the log, unaltered. That does not prove that it is true, or the log complete.",
      `Entry ${found.index} of ${found.size} in ${found.origin}; seen by ${found.witnesses.join(", ") || "nobody"}.`,
      JSON.stringify(found.body, null, 1));
  } catch (error) { show("bad", `Not verified. ${error.message}`); }
}); else if (require.main === module) {
  const [proof, policy] = process.argv.slice(2, 4).map((path) => text(require("fs").readFileSync(path)));
  verifyProof(proof, policy).then((found) => console.log(`Verified: entry ${found.index} of ${found.size}, unaltered.`),
    (error) => { console.log(`Not verified. ${error.message}`); process.exitCode = 4; });
} else module.exports = { verifyProof, acceptHead, parsePolicy };
