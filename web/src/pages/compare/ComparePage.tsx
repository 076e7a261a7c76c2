import { useEffect, useState, type ChangeEvent } from "react";

import { useCapabilities } from "../../api/capabilities";
import { acceptOf } from "../../api/formats";
import { ScrollTable } from "../../components/ScrollTable";
import { Unavailable } from "../../components/Unavailable";
import { useOwnDrops } from "../../session/drops";
import { t } from "../../words/en";
import { useModels } from "../models/query";
import { addPairs, askOpen, clearPairs, usePairs } from "./query";
import { differs, Row } from "./Row";

/** Which versions can be asked: those that are loaded, whether or not they get traffic. */
export default function ComparePage() {
  const { data, error } = useModels();
  const loaded = data?.models.filter((model) => model.loaded).map(({ version }) => version);
  return (
    <>
      <h1>{t.compare.title}</h1>
      <p className="lead">{t.compare.lead}</p>
      {error ? (
        <Unavailable what={t.compare.what} error={error} />
      ) : !loaded ? (
        <p className="quiet">{t.loading}</p>
      ) : loaded[0] && loaded[1] ? (
        <Duel versions={loaded} first={loaded[0]} second={loaded[1]} />
      ) : (
        <p className="notice">{t.compare.one}</p>
      )}
    </>
  );
}

interface DuelProps {
  versions: string[];
  first: string;
  second: string;
}

function Duel({ versions, ...usual }: DuelProps) {
  const [first, setFirst] = useState(usual.first);
  const [second, setSecond] = useState(usual.second);
  const [differing, setDiffering] = useState(false);
  const pairs = usePairs();
  const take = (files: File[]) => addPairs(files, [first, second]);
  useOwnDrops(take);
  useEffect(() => askOpen([first, second]), [first, second]);
  const answered = pairs.filter(({ answers }) => answers[first] && answers[second]);
  const same = answered.filter((pair) => !differs(pair, first, second)).length;
  const shown = differing ? pairs.filter((pair) => differs(pair, first, second)) : pairs;
  return (
    <>
      <div className="toolbar">
        <Choice label={t.compare.first} options={versions} value={first} onChange={setFirst} />
        <Choice label={t.compare.second} options={versions} value={second} onChange={setSecond} />
      </div>
      <Chooser onFiles={take} />
      {pairs.length > 0 && (
        <>
          <p className="actions tools-row">
            <strong>{t.compare.agree(same, answered.length)}</strong>
            <label className="choice">
              <input
                type="checkbox"
                checked={differing}
                onChange={({ target }) => setDiffering(target.checked)}
              />
              {t.compare.onlyDiffering}
            </label>
            <button type="button" onClick={clearPairs}>
              {t.compare.clear}
            </button>
          </p>
          <ScrollTable label={t.compare.table}>
            <thead>
              <tr>
                <th scope="col">{t.compare.photo}</th>
                <th scope="col" className="version">
                  {first}
                </th>
                <th scope="col" className="version">
                  {second}
                </th>
                <th scope="col">{t.compare.gap}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((pair) => (
                <Row key={pair.id} pair={pair} first={first} second={second} />
              ))}
            </tbody>
          </ScrollTable>
        </>
      )}
    </>
  );
}

function Chooser({ onFiles }: { onFiles: (files: File[]) => void }) {
  const offered = useCapabilities();
  function pick({ target }: ChangeEvent<HTMLInputElement>): void {
    onFiles([...(target.files ?? [])]);
    target.value = "";
  }
  return (
    <section className="drop" aria-label={t.choosePhotos}>
      <p>
        <strong>{t.dropPhotos}</strong>
        {t.compare.or}
      </p>
      <p className="actions">
        <label className="button primary">
          {t.browse}
          <input
            type="file"
            multiple
            accept={acceptOf(offered?.formats)}
            aria-label={t.browseLabel}
            onChange={pick}
          />
        </label>
      </p>
    </section>
  );
}

interface ChoiceProps {
  label: string;
  options: string[];
  value: string;
  onChange: (value: string) => void;
}

function Choice({ label, options, value, onChange }: ChoiceProps) {
  return (
    <label className="choice">
      {label}
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}
