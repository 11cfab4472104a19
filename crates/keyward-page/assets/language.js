import { showFormAgain } from "./form-memory.js";

// Applies a language as soon as it is chosen; the form has a button for browsers without scripts.
export function applyLanguage(within) {
  const language = within.querySelector("#language");
  language?.addEventListener("change", () => {
    // The query may have changed since the page was opened.
    const { next } = language.form.elements;
    next.value = next.value.replace(/\?.*/, "") + location.search;
    showFormAgain(within);
    language.form.requestSubmit();
  });
}
