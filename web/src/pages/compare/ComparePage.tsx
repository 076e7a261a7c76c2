import { t } from "../../words/en";

export default function ComparePage() {
  return <h1>{t.compare.title}</h1>;
}
