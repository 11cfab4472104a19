import "./copy.js";
import { forgetForms } from "./form-memory.js";
import { say } from "./status.js";

const reveal = document.getElementById("reveal");
const saved = document.getElementById("saved");
const secret = document.getElementById("secret");
const done = document.querySelector("#done button");

forgetForms();

// Reloading requests the page that says that the secret was already shown.
history.replaceState(null, "", reveal.dataset.shownAlready);

// Returning to a page in the browser's cache must not show the secret again.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    location.reload();
  }
});

let leaves = false;
const warn = (event) => {
  if (!saved.checked && !leaves) {
    event.preventDefault();
  }
};
addEventListener("beforeunload", warn);
document.getElementById("done").addEventListener("submit", () => {
  leaves = true;
});

// What comes next after copying is to confirm: two keys from here.
document.addEventListener("keyward:copied", ({ detail }) => {
  if (detail === "secret") {
    saved.focus();
  }
});

const enable = () => {
  done.disabled = !saved.checked;
};
enable();
saved.addEventListener("change", enable);

for (const button of reveal.querySelectorAll("[data-download]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const file = new Blob([`API_KEY=${secret.value}\n`], { type: "text/plain" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = ".env";
    link.click();
    URL.revokeObjectURL(link.href);
    say(reveal.dataset.downloaded);
  });
}
