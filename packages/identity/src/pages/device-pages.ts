import { scopeList } from "./consent-page.ts";
import { alert, field } from "./field.ts";
import { html } from "./html.ts";
import { card, hidden, layout } from "./layout.ts";
import type { DeviceCodeView, DeviceConfirmView, DeviceEndView } from "./views.ts";

/** Asks for the code that a device shows. */
export function deviceCodePage(view: DeviceCodeView): string {
  const { userCode, error } = view;
  const prefilled = Boolean(userCode) && !error;
  const content = html`<h1>Connect a device</h1>
<p class="lead">${
    prefilled
      ? "Check that your device shows exactly this code. If it does not, or if you have no such device in front of you, close this page."
      : "Enter the code that your device shows."
  }</p>
${error ? alert("form-error", error) : ""}
<form method="post" action="${view.action}">
${hidden(view.fields)}
${field({
  name: "user_code",
  label: "Code",
  type: "text",
  kind: "code",
  autocomplete: "off",
  value: userCode ?? "",
  maxLength: 20,
  autofocus: true,
  ...(error ? { describedBy: "form-error" } : {}),
})}
<p class="actions"><button type="submit">Continue</button></p>
</form>
<p class="aside">Nobody who is honest will send you a code and ask you to enter it here.</p>`;
  return layout({ title: "Connect a device", failed: Boolean(error), content: card(undefined, content) });
}

/** Asks whether a device may have what it wants. */
export function deviceConfirmPage(view: DeviceConfirmView): string {
  const { applicationName, email, scopes, address } = view;
  const content = html`<h1>Connect ${applicationName}?</h1>
<p class="lead">You are signed in as <strong>${email}</strong>. A device${address ? html` at <strong>${address}</strong>` : ""} asks for access. If you allow it, ${applicationName} on that device can:</p>
${scopeList(scopes)}
<form method="post" action="${view.action}">
${hidden({ csrf: view.csrf })}
<p class="actions"><button type="submit" name="decision" value="allow">Connect</button><button type="submit" class="quiet" name="decision" value="deny">Do not connect</button></p>
</form>
<p class="aside">Connect only a device that is yours, with the code that you read from it yourself.</p>`;
  return layout({ title: "Connect a device", applicationName, content: card(applicationName, content) });
}

/** Says how it ended; what follows happens on the device. */
export function deviceEndPage({ connected, applicationName }: DeviceEndView): string {
  const title = connected ? "Your device is connected" : "Your device is not connected";
  const content = html`<h1>${title}</h1>
<p class="lead">${
    connected
      ? "Go back to it: it continues by itself in a few seconds. You can close this page."
      : "It has been told that you do not want it. You can close this page."
  }</p>`;
  return layout({ title, applicationName, content: card(applicationName, content) });
}
