// Begins the page.
import { render } from "preact";
import { App } from "./app";
import { ask } from "./documents";
import { begin, beginning, watch } from "./state";
import "./style.css";
import "./views.css";

const root = document.getElementById("desk");
if (root) render(<App />, root);
watch();
beginning.run = (view) => {
  if (view === "inbox") ask();
};
void begin();
