// A slider over the windows of the forecast. Without this script, and without a slider, each window has its own link.
"use strict";

const steps = document.querySelector("[data-steps]");
const links = [...steps.querySelectorAll("a")];
const told = document.createElement("output");
const slider = Object.assign(document.createElement("input"), {
  type: "range", id: "step", min: "0", max: String(links.length - 1), step: "1", value: steps.dataset.steps,
});
const label = Object.assign(document.createElement("label"), { htmlFor: "step", textContent: "Window" });
const say = () => {
  told.textContent = links[slider.value].textContent;
  slider.setAttribute("aria-valuetext", told.textContent);
};
const bar = document.createElement("p");
bar.className = "slider";
bar.append(label, " ", slider, " ", told);
const list = steps.closest("details");
list.before(bar);
list.open = false;
say();

let asked = 0;
slider.addEventListener("input", say);
slider.addEventListener("change", async () => {
  const mine = ++asked;
  const link = links[slider.value];
  const answer = await fetch(link.href);
  if (!answer.ok) return window.location.assign(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("#picture");
  if (mine !== asked) return undefined;
  if (!found) return window.location.assign(link.href);
  document.querySelector("#picture").replaceWith(found);
  for (const one of links) one.removeAttribute("aria-current");
  link.setAttribute("aria-current", "page");
  window.history.replaceState(null, "", link.href);
  return undefined;
});
