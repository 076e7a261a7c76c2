import { lazy, Suspense, useEffect, useRef, type ComponentType } from "react";

import { DropVeil } from "./components/DropVeil";
import { Footer } from "./components/Footer";
import { Header } from "./components/Header";
import { KeyNeeded } from "./components/KeyNeeded";
import { LiveRegion } from "./components/LiveRegion";
import { PredictPage } from "./pages/predict/PredictPage";
import { useRoute, type Route } from "./route";
import { useGoingOn } from "./session/resume";
import { useKeptFromLeaving } from "./session/leaving";
import { t } from "./words/en";

const PAGES: Record<Route, ComponentType> = {
  predict: PredictPage,
  history: lazy(() => import("./pages/history/HistoryPage")),
  models: lazy(() => import("./pages/models/ModelsPage")),
  compare: lazy(() => import("./pages/compare/ComparePage")),
  training: lazy(() => import("./pages/training/TrainingPage")),
  dataset: lazy(() => import("./pages/dataset/DatasetPage")),
  card: lazy(() => import("./pages/card/CardPage")),
};

export function App() {
  const route = useRoute();
  const Page = PAGES[route];
  const main = useFocusOnChange(route);
  useGoingOn();
  useKeptFromLeaving();
  return (
    <>
      <a className="skip" href="#main" onClick={(event) => skip(event, main.current)}>
        {t.skip}
      </a>
      <Header route={route} />
      <main id="main" ref={main} tabIndex={-1}>
        <KeyNeeded />
        <Suspense fallback={<p className="quiet">{t.loading}</p>}>
          <Page />
        </Suspense>
      </main>
      <Footer />
      <LiveRegion />
      <DropVeil />
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
    document.title = `${t.routes[route]} · genderlens`;
    if (seen.current === route) return;
    seen.current = route;
    main.current?.focus();
    scrollTo(0, 0);
  }, [route]);
  return main;
}
