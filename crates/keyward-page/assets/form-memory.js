// Keeps what is filled in for this tab, so that it is still there after going back, after another
// language, and after signing in again. A form of a key has no secret.
const PREFIX = "keyward.form:";
const AGAIN = "keyward.form-again";
const ANY = "any";
const unkept = ["csrf", "idempotencyKey", "version", "do"];

// A browser may refuse storage.
function storage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

const nameOf = (form) => PREFIX + new URL(form.action).pathname;
const isKept = ({ name }) => name && !unkept.includes(name);

function fill(form, entries) {
  for (const field of [...form.elements].filter(isKept)) {
    const values = entries.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["radio", "checkbox"].includes(field.type)) {
      field.checked = values.includes(field.value);
    } else if (values.length > 0) {
      field.value = values[0];
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

export function rememberForm(within) {
  const form = within.querySelector("#key-form");
  const kept = storage();
  if (!form || !kept) {
    return;
  }
  const name = nameOf(form);
  const [navigation] = performance.getEntriesByType("navigation");
  const isBack = ["back_forward", "reload"].includes(navigation?.type);
  const isAgain = [name, ANY].includes(kept.getItem(AGAIN));
  const entries = kept.getItem(name);
  if ("fresh" in form.dataset && entries && (isBack || isAgain)) {
    fill(form, JSON.parse(entries));
  }
  kept.removeItem(AGAIN);
  form.addEventListener("input", () => {
    const filled = [...new FormData(form)].filter(([field]) => !unkept.includes(field));
    kept.setItem(name, JSON.stringify(filled));
  });
}

// The next page shows the same form, or after signing in any form.
export function showFormAgain(within) {
  const form = within.querySelector("#key-form");
  storage()?.setItem(AGAIN, form ? nameOf(form) : ANY);
}

// What was saved is not filled in again.
export function forgetForms() {
  const kept = storage();
  for (const name of Object.keys(kept ?? {}).filter((name) => name.startsWith(PREFIX))) {
    kept.removeItem(name);
  }
}
