// Keeps the form of the list in step with its address, when a link has changed the list.
export function followAddress(within) {
  const form = within.querySelector("#filters");
  if (!form) {
    return;
  }
  document.addEventListener("htmx:afterSettle", () => {
    const query = new URLSearchParams(location.search);
    for (const name of ["q", "status", "mode", "sort"]) {
      const field = form.elements[name];
      const value = query.get(name) ?? "";
      // Someone who types is ahead of the address.
      if (field !== document.activeElement && field.value !== value) {
        field.value = value;
      }
    }
  });
}
