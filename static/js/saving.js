// Sending what was written to the server, and what came of it.

const PATIENCE = 20_000;

function cookie(name) {
  const pair = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
}

// The cookie is newer than the page after somebody signed in again.
export function csrfToken() {
  return cookie("csrftoken") || document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
}

// Returns {status, body}: status 0 when nothing that is ours answered, body null unless it is JSON.
export async function post(address, fields, { keepalive = false, as = "fetch" } = {}) {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), PATIENCE);
  try {
    const response = await fetch(address, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": as },
      credentials: "same-origin",
      redirect: "manual",
      keepalive,
      signal: waiting.signal,
    });
    const body = await response.json().catch(() => null);
    return { status: response.ok && !body ? 0 : response.status, body };
  } catch {
    return { status: 0, body: null };
  } finally {
    clearTimeout(timer);
  }
}
