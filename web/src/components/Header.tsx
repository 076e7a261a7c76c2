import { useCapabilities, type Capabilities } from "../api/capabilities";
import { ROUTES, type Route } from "../route";
import { t } from "../words/en";
import { KeyDialog } from "./KeyDialog";
import { StatusLight } from "./StatusLight";

/** Pages that need something of the service, and whether it offers that. */
const NEEDS: Partial<Record<Route, (offered: Capabilities) => boolean>> = {
  history: ({ history }) => history,
  training: ({ training, samples }) => training || samples,
};

export function Header({ route }: { route: Route }) {
  const offered = useCapabilities();
  const shown = ROUTES.filter(
    (name) => name === route || !offered || NEEDS[name]?.(offered) !== false,
  );
  return (
    <header className="top">
      <div className="brand">
        <a href="#/predict" className="name">
          genderlens
        </a>
        <div className="tools">
          <StatusLight />
          <KeyDialog />
        </div>
      </div>
      <nav aria-label={t.pages}>
        <ul>
          {shown.map((name) => (
            <li key={name}>
              <a href={`#/${name}`} aria-current={name === route ? "page" : undefined}>
                {t.routes[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}
