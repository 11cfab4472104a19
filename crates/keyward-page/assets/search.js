// A secret that is pasted into the search is not searched for, because it would get into the
// address, the history and the logs of servers. A form asks whose key it is instead.
const secret = /^\s*[a-z][a-z0-9]*_(live|test)_[0-9A-Za-z]{40,}\s*$/;

export function keepSecretsOutOfAddresses(within) {
  const search = within.querySelector("#q");
  const find = within.querySelector("#find");
  if (search && find) {
    const check = (event) => {
      if (secret.test(search.value)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        find.elements.secret.value = search.value.trim();
        search.value = "";
        find.submit();
      }
    };
    // Before any other script learns of it.
    addEventListener("input", check, { capture: true });
    addEventListener("submit", check, { capture: true });
  }
  // The answer's own address has nothing secret, and leads to the list.
  const answer = within.querySelector("[data-address]");
  if (answer) {
    history.replaceState(null, "", answer.dataset.address);
  }
}
