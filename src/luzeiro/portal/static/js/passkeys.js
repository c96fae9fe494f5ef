// WebAuthn, as JSON: options from the server, the authenticator's answer back to it.
(() => {
  "use strict";
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const post = async (url, body) => {
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", body: body ? JSON.stringify(body) : "",
      headers: { "X-CSRFToken": token(), "Content-Type": "application/json" },
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.told || answer.statusText);
    return told;
  };
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=")),
    (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const add = async (button) => {
    const options = (await post(button.dataset.passkeyAdd)).publicKey;
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey: options });
    return post(button.dataset.passkeyAnswer, {
      id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {},
      response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) },
    });
  };
  const check = async (button) => {
    const options = (await post(button.dataset.passkeyCheck)).publicKey;
    options.challenge = bytes(options.challenge);
    options.allowCredentials = named(options.allowCredentials);
    const made = await navigator.credentials.get({ publicKey: options });
    const said = made.response;
    return post(button.dataset.passkeyAnswer, {
      id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {},
      response: {
        clientDataJSON: text(said.clientDataJSON), authenticatorData: text(said.authenticatorData),
        signature: text(said.signature), userHandle: said.userHandle ? text(said.userHandle) : null,
      },
    });
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-passkey-add], [data-passkey-check]");
    if (!button) return;
    const told = document.querySelector("[data-passkey-told]");
    told.textContent = "";
    try {
      const answer = await (button.dataset.passkeyAdd ? add(button) : check(button));
      window.location.assign(answer.next);
    } catch (error) {
      told.textContent = error.message;
    }
  });
})();
