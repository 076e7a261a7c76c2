import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { asFailure } from "./api/failure";
import { App } from "./App";
import { keepForOffline } from "./offline/keep";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";
import "./styles/predict.css";
import "./styles/tables.css";
import "./styles/everybody.css";

const queries = new QueryClient({
  defaultOptions: {
    // A refusal stays one; only what never arrived is asked again.
    queries: { retry: (count, error) => asFailure(error).status === 0 && count < 2 },
  },
});

keepForOffline();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
