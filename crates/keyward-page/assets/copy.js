import { say } from "./status.js";

const status = document.getElementById("status");

const textOf = (element) => element.value ?? element.textContent;

function select(element) {
  if (element.select) {
    element.focus();
    element.select();
  } else {
    getSelection().selectAllChildren(element);
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(textOf(source));
      say(source.closest("[data-copied]")?.dataset.copied ?? status.dataset.copied);
      document.dispatchEvent(new CustomEvent("keyward:copied", { detail: source.id }));
    } catch {
      // Refused, or a page without TLS, which has no clipboard.
      select(source);
      say(status.dataset.copyRefused);
    }
  });
}

