import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { Speaking } from "./words/texts";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/layout.css";
import "./styles/pages.css";

const root = document.getElementById("portal");
if (!root) throw new Error("index.html has no #portal");
createRoot(root).render(
  <StrictMode>
    <Speaking>
      <App />
    </Speaking>
  </StrictMode>,
);
