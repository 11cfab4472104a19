import { watchConnection } from "./connection.js";
import { followAddress } from "./filters.js";
import { rememberForm, showFormAgain } from "./form-memory.js";
import { applyLanguage } from "./language.js";
import { showLocalTimes } from "./local-time.js";
import { offerOwnAddress } from "./own-address.js";
import { offerPresets } from "./presets.js";
import { keepSecretsOutOfAddresses } from "./search.js";
import { offerSelectAll } from "./select-all.js";
import { forgetAction, speakNotice, tellFailures } from "./status.js";

showLocalTimes(document);
applyLanguage(document);
offerPresets(document);
rememberForm(document);
if (document.querySelector("[data-session-ended]")) {
  showFormAgain(document);
}
keepSecretsOutOfAddresses(document);
followAddress(document);
offerOwnAddress(document);
tellFailures(document);
watchConnection(document);
offerSelectAll(document);
speakNotice();
forgetAction();
document.addEventListener("htmx:afterSwap", (event) => showLocalTimes(event.target));
