import { forgetForms } from "./form-memory.js";

// The only place for announcements to screen readers.
const status = document.getElementById("status");

// Not every screen reader announces initial content, but all announce later changes.
export function speakNotice() {
  const notice = status.textContent;
  if (notice) {
    requestAnimationFrame(() => status.replaceChildren(notice));
  }
}

// The address has the last action. It is told once, and is not kept for a later visit.
export function forgetAction() {
  const address = new URL(location.href);
  if (address.searchParams.has("done")) {
    for (const name of ["done", "known", "at"]) {
      address.searchParams.delete(name);
    }
    forgetForms();
    history.replaceState(history.state, "", address);
  }
}

export function say(text) {
  status.classList.remove("failed");
  status.textContent = text;
}

export function fail(text) {
  status.classList.add("failed");
  status.textContent = text;
}

// Reports a request of a part of the page that failed; nothing is lost.
export function tellFailures(within) {
  const failed = ({ target }) => {
    const part = target.closest?.("[data-failed]") ?? status;
    fail(navigator.onLine ? part.dataset.failed : status.dataset.offline);
  };
  within.addEventListener("htmx:responseError", failed);
  within.addEventListener("htmx:sendError", failed);
  within.addEventListener("htmx:timeout", failed);
  within.addEventListener("htmx:afterOnLoad", () => {
    if (status.classList.contains("failed")) {
      say("");
    }
  });
}
