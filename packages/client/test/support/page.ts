import * as hallpass from "@hallpass/client";
import "./page-globals.ts";

const arrivals: unknown[] = [];
const client = hallpass.createAuthClient({
  ...window.options,
  onRedirect(returnTo, appState) {
    arrivals.push([returnTo, appState]);
    hallpass.replacePath(returnTo);
  },
});
const states: hallpass.AuthState[] = [];
Object.assign(window, { hallpass, client, states, arrivals });
client.subscribe(() => states.push(client.getState()));
client.start();
