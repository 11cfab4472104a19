import { fail, say } from "./status.js";

// Says that the browser is offline, before a form is sent into nothing. A browser may be wrong about it, so
// the second try is sent.
export function watchConnection(within) {
  const words = document.getElementById("status").dataset;
  let isTold = false;
  const tell = () => {
    isTold = true;
    fail(words.offline);
  };
  addEventListener("offline", tell);
  addEventListener("online", () => {
    isTold = false;
    say(words.online);
  });
  const hold = (event) => {
    if (!navigator.onLine && !isTold) {
      event.preventDefault();
      event.stopImmediatePropagation();
      tell();
    }
  };
  within.addEventListener("submit", hold, { capture: true });
  if (!navigator.onLine) {
    tell();
  }
}
