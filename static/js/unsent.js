// After somebody signed in again in another tab, the token that the page came with is too old: the cookie has
// the one that counts.

import { csrfToken } from "./saving.js";

const form = document.querySelector("form");
form?.addEventListener("submit", () => {
  form.elements.csrfmiddlewaretoken.value = csrfToken() || form.elements.csrfmiddlewaretoken.value;
});
