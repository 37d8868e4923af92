// @ts-check
// Runs a React snippet (its path is the argument): importing it renders what it renders; an App that it exports is
// rendered too.
import process from "node:process";
import { pathToFileURL } from "node:url";
import { createElement } from "react";
import { renderToString } from "react-dom/server";

const element = () => ({ appendChild: element });
Object.assign(globalThis, { document: { getElementById: element, querySelector: element, body: element() } });

const snippet = await import(pathToFileURL(process.argv[2] ?? "").href);
// React must not take this for a browser.
Reflect.deleteProperty(globalThis, "document");
const App = snippet.default ?? snippet.App;
if (typeof App === "function") renderToString(createElement(App));
