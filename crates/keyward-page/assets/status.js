// The only place for announcements to screen readers.
const status = document.getElementById("status");

// Not every screen reader announces initial content, but all announce later changes.
export function speakNotice() {
  const notice = status.textContent;
  if (notice) {
    requestAnimationFrame(() => status.replaceChildren(notice));
  }
}

export function say(text) {
  status.classList.remove("failed");
  status.textContent = text;
}

// Reports a check while typing that failed; nothing is lost.
export function tellFailures(within) {
  const failed = () => {
    status.classList.add("failed");
    status.textContent = status.dataset.failed;
  };
  within.addEventListener("htmx:responseError", failed);
  within.addEventListener("htmx:sendError", failed);
  within.addEventListener("htmx:afterOnLoad", () => {
    if (status.classList.contains("failed")) {
      say("");
    }
  });
}
