import { t } from "../../words/en";

export default function DatasetPage() {
  return <h1>{t.dataset.title}</h1>;
}
