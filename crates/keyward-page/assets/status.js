// The one place where things are said aloud.
const status = document.getElementById("status");

// What is there from the start is not spoken by every screen reader; what comes later is.
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

// A check while typing that could not be made is told, and nothing is lost by it.
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
