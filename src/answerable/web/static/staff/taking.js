// Asks every second how far the file is, and puts what the server said in place of what is shown. At the end the page is
// asked for anew, and says what came of it. Without this script the link on the page does the same.
"use strict";

const asking = setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch(window.location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("#taking");
  if (answer.ok && found) {
    document.querySelector("#taking").replaceWith(found);
  } else {
    clearInterval(asking);
    window.location.reload();
  }
}, 1000);
