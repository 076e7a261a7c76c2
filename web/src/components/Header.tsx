import { ROUTES, type Route } from "../route";
import { KeyDialog } from "./KeyDialog";
import { StatusLight } from "./StatusLight";

export function Header({ route }: { route: Route }) {
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
      <nav aria-label="Pages">
        <ul>
          {Object.entries(ROUTES).map(([name, title]) => (
            <li key={name}>
              <a href={`#/${name}`} aria-current={name === route ? "page" : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}
