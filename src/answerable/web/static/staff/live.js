// Asks for the live page again every half minute and puts what the server said in place of what is shown.
// It tells no time itself: how long is left is worked out by the server. After ten minutes in which nobody touched the
// page it stops, so that a screen that was left alone does not keep its session awake.
"use strict";

const EVERY = 30_000;
const ALONE = 600_000;
let touched = performance.now();
for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => { touched = performance.now(); });
}

setInterval(async () => {
  if (document.hidden || performance.now() - touched > ALONE) return;
  const answer = await fetch("/live.html");
  if (!answer.ok || answer.redirected) {
    window.location.reload();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("#live");
  if (found && !document.querySelector("#live").contains(document.activeElement)) {
    document.querySelector("#live").replaceWith(found);
  }
}, EVERY);
