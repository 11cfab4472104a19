// Selects the permissions of a preset without leaving the form, and finds a resource among many.

const MANY = 12;

export function offerPresets(within) {
  const form = within.querySelector("#key-form");
  for (const preset of form?.querySelectorAll("[data-scopes]") ?? []) {
    preset.setAttribute("role", "button");
    const choose = (event) => {
      event.preventDefault();
      const scopes = new Set(preset.dataset.scopes.split(" ").filter(Boolean));
      for (const resource of form.querySelectorAll("[data-resource]")) {
        const has = (action) => scopes.has(`${resource.dataset.resource}:${action}`);
        const canRead = resource.querySelector('[value="read"]');
        const level = has("write") && (has("read") || !canRead) ? "write" : has("read") ? "read" : "none";
        const choice = resource.querySelector(`[type="radio"][value="${level}"]`);
        if (choice) {
          choice.checked = true;
        }
        for (const other of resource.querySelectorAll('[type="checkbox"]')) {
          other.checked = scopes.has(other.value);
        }
      }
      form.dispatchEvent(new Event("input", { bubbles: true }));
    };
    preset.addEventListener("click", choose);
    preset.addEventListener("keydown", (event) => event.key === " " && choose(event));
  }
  const find = form?.querySelector("[data-find-resource]");
  const resources = form?.querySelectorAll("[data-resource]") ?? [];
  if (find && resources.length > MANY) {
    find.hidden = false;
    find.addEventListener("input", (event) => {
      event.stopPropagation();
      const text = event.target.value.trim().toLowerCase();
      for (const resource of resources) {
        resource.hidden = !resource.textContent.toLowerCase().includes(text);
      }
    });
  }
}
