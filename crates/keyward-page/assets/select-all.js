// Selects all keys of the page at once, and says how many are selected. The list may be replaced, so nothing
// of it is kept.
const boxes = () => [...document.querySelectorAll('.keys input[name="key"]')];

function tell() {
  const all = document.querySelector("[data-select-all]");
  const count = document.getElementById("selected");
  if (!all || !count) {
    return;
  }
  const keys = boxes();
  const selected = keys.filter(({ checked }) => checked).length;
  const box = all.querySelector("input");
  all.hidden = false;
  box.checked = selected > 0 && selected === keys.length;
  box.indeterminate = selected > 0 && selected < keys.length;
  const number = new Intl.NumberFormat(document.documentElement.lang).format(selected);
  const words = selected > 0 ? count.dataset.count.replace("#", number) : count.dataset.none;
  // Only a change is announced.
  if (count.textContent !== words) {
    count.textContent = words;
  }
}

export function offerSelectAll(within) {
  tell();
  within.addEventListener("change", ({ target }) => {
    if (target.closest?.("[data-select-all]")) {
      for (const box of boxes()) {
        box.checked = target.checked;
      }
    }
    if (target.closest?.(".keys")) {
      tell();
    }
  });
  within.addEventListener("htmx:afterSettle", tell);
  // A browser selects again what was selected, after going back.
  addEventListener("pageshow", tell);
}
