// Asks the standalone page's own code many questions at once: a JSON list in, a JSON list of true and false out.
"use strict";
const [page] = process.argv.slice(2);
const { verifyProof, acceptHead, parsePolicy } = require(page);
async function ask({ op, text, policy, now }) {
  if (op === "proof") await verifyProof(text, policy, now);
  else await acceptHead(text, await parsePolicy(policy), now);
}
async function main() {
  const questions = JSON.parse(require("fs").readFileSync(0, "utf8")), answers = [];
  for (const one of questions) answers.push(await ask(one).then(() => true, () => false));
  process.stdout.write(JSON.stringify(answers));
}
main();
