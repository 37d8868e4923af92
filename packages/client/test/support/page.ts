import * as hallpass from "@hallpass/client";
import "./page-globals.ts";

const client = hallpass.createAuthClient(window.options);
const states: hallpass.AuthState[] = [];
Object.assign(window, { hallpass, client, states });
client.subscribe(() => states.push(client.getState()));
client.start();
