// Comfort while a petition is written. Nothing is kept on the device, and all of it works without this file.
(() => {
  "use strict";

  const form = document.querySelector("form[data-guarded]");
  if (!form) return;

  // Without a connection the browser would put an error in the place of the page and of all that was typed.
  const offline = document.querySelector("[data-offline]");
  let checking = false;
  let reached = false;
  const tell = () => {
    if (!offline) return;
    offline.hidden = false;
    offline.focus();
  };
  form.addEventListener("submit", (event) => {
    if (reached || !offline) return;
    event.preventDefault();
    if (checking) return;
    if (navigator.onLine === false) {
      tell();
      return;
    }
    checking = true;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), 15000);
    fetch("/gui-don", { method: "HEAD", cache: "no-store", signal: limit.signal })
      .then(
        () => {
          offline.hidden = true;
          reached = true;
          if (form.requestSubmit) form.requestSubmit(event.submitter);
          else {
            // Older browsers send a form without its button, which says where to go.
            const button = document.createElement("input");
            button.type = "hidden";
            button.name = event.submitter ? event.submitter.name : "go";
            button.value = event.submitter ? event.submitter.value : "next";
            form.append(button);
            form.submit();
          }
        },
        tell,
      )
      .finally(() => {
        clearTimeout(timer);
        checking = false;
        reached = false;
      });
  });

  // The proof of work (ALTCHA, version 2). WebCrypto computes beside the page, which stays as quick as it was.
  const field = form.querySelector("input[name=altcha]");
  const said = document.querySelector("[data-work]");
  if (!field || !said || !globalThis.crypto || !crypto.subtle) return;
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hexOf = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  // More than any challenge of this system takes.
  const most = 100000;

  const solve = async ({ parameters }) => {
    if (parameters.algorithm !== "PBKDF2/SHA-256") return null;
    const nonce = bytes(parameters.nonce);
    const salt = bytes(parameters.salt);
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    for (let counter = 0; counter < most; counter++) {
      new DataView(password.buffer).setUint32(nonce.length, counter);
      const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: parameters.cost };
      const derivedKey = hexOf(await crypto.subtle.deriveBits(how, key, parameters.keyLength * 8));
      if (derivedKey.startsWith(parameters.keyPrefix)) return { counter, derivedKey };
    }
    return null;
  };

  const work = async () => {
    const key = form.querySelector("input[name=key]").value;
    const answer = await fetch("/v1/petitions/challenge", { headers: { "Idempotency-Key": key }, cache: "no-store" });
    if (!answer.ok) return;
    said.textContent = said.dataset.busy;
    // Of interest to those alone who were told to wait for it.
    said.hidden = !("told" in said.dataset);
    const challenge = await answer.json();
    const solution = await solve(challenge);
    if (!solution) {
      said.hidden = true;
      return;
    }
    field.value = btoa(JSON.stringify({ challenge, solution }));
    said.textContent = said.dataset.done;
  };
  // A proof that does not come about is no obstacle: there is an allowance without one, and else the page says what to do.
  work().catch(() => (said.hidden = true));
})();
