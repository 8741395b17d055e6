// Begins the page.
import { render } from "preact";
import { App } from "./app";
import { begin, watch } from "./state";
import "./style.css";
import "./views.css";

const root = document.getElementById("desk");
if (root) render(<App />, root);
watch();
void begin();
