import { lazy, Suspense, useEffect, useRef, type ComponentType } from "react";

import { Footer } from "./components/Footer";
import { Header } from "./components/Header";
import { PredictPage } from "./pages/predict/PredictPage";
import { ROUTES, useRoute, type Route } from "./route";

const PAGES: Record<Route, ComponentType> = {
  predict: PredictPage,
  history: lazy(() => import("./pages/history/HistoryPage")),
  models: lazy(() => import("./pages/models/ModelsPage")),
  training: lazy(() => import("./pages/training/TrainingPage")),
  card: lazy(() => import("./pages/card/CardPage")),
};

export function App() {
  const route = useRoute();
  const Page = PAGES[route];
  const main = useFocusOnChange(route);
  return (
    <>
      <a className="skip" href="#main" onClick={(event) => skip(event, main.current)}>
        Skip to the content
      </a>
      <Header route={route} />
      <main id="main" ref={main} tabIndex={-1}>
        <Suspense fallback={<p className="quiet">Loading…</p>}>
          <Page />
        </Suspense>
      </main>
      <Footer />
    </>
  );
}

/** The address behind # names the page in view, so the link must not change it. */
function skip(event: { preventDefault: () => void }, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}

/** Screen readers hear of a new page because the focus moves to it, but not on the first visit. */
function useFocusOnChange(route: Route) {
  const main = useRef<HTMLElement>(null);
  const seen = useRef(route);
  useEffect(() => {
    document.title = `${ROUTES[route]} · genderlens`;
    if (seen.current === route) return;
    seen.current = route;
    main.current?.focus();
    scrollTo(0, 0);
  }, [route]);
  return main;
}
