// The script of passkeys: it asks the browser for a passkey and sends what it says. Nothing else needs it.
"use strict";

const send = async (path, body) => {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.says || "This was not accepted.");
  return said;
};

const flows = {
  async register(button) {
    const asked = await send("/passkey/register/options", { label: document.querySelector("#label")?.value || "" });
    const options = PublicKeyCredential.parseCreationOptionsFromJSON(asked.options);
    const credential = await navigator.credentials.create({ publicKey: options });
    return send("/passkey/register", { ticket: asked.ticket, credential: credential.toJSON() });
  },
  async invite(button) {
    const path = "/invite-" + button.dataset.token;
    const asked = await send(path + "/options", {});
    const options = PublicKeyCredential.parseCreationOptionsFromJSON(asked.options);
    const credential = await navigator.credentials.create({ publicKey: options });
    return send(path, { ticket: asked.ticket, credential: credential.toJSON() });
  },
  async signIn(button) {
    const asked = await send("/passkey/sign-in/options", {});
    const options = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options);
    const credential = await navigator.credentials.get({ publicKey: options });
    return send("/passkey/sign-in", { ticket: asked.ticket, credential: credential.toJSON() });
  },
  async decide(button) {
    const ticket = button.dataset.ticket;
    const asked = await send("/decision/options", { ticket });
    const options = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options);
    const credential = await navigator.credentials.get({ publicKey: options });
    return send("/decision/sign", { ticket, credential: credential.toJSON() });
  },
};

for (const button of document.querySelectorAll("[data-passkey]")) {
  button.hidden = !window.PublicKeyCredential?.parseRequestOptionsFromJSON;
  button.addEventListener("click", async () => {
    const told = document.querySelector("#passkey-told");
    button.disabled = true;
    try {
      const said = await flows[button.dataset.passkey](button);
      window.location.assign("/" + said.next);
    } catch (error) {
      told.textContent = error.message;
      button.disabled = false;
    }
  });
}
