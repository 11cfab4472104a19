// Adds the user's address as one more line, and triggers another check of the form.
export function offerOwnAddress(within) {
  const rules = within.querySelector("#ip");
  for (const button of within.querySelectorAll("[data-add-address]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const lines = rules.value.split("\n").map((line) => line.trim()).filter(Boolean);
      if (!lines.includes(button.dataset.addAddress)) {
        lines.push(button.dataset.addAddress);
      }
      rules.value = lines.join("\n");
      rules.dispatchEvent(new Event("input", { bubbles: true }));
      rules.focus();
    });
  }
}
