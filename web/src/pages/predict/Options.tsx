import { useEffect } from "react";

import { useCapabilities, useHeads } from "../../api/capabilities";
import type { ApiFailure } from "../../api/failure";
import { useHealth } from "../../api/health";
import type { Faces } from "../../api/upload";
import { usePrivateState, type PrivateState } from "../../private/state";
import { announce } from "../../session/announce";
import { useShrinking, writeShrinking } from "../../session/shrink";
import type { PredictOptions } from "../../session/types";
import { t } from "../../words/en";

interface Props {
  options: PredictOptions;
  onChange: (options: PredictOptions) => void;
}

export function Options({ options, onChange }: Props) {
  const here = options.place === "device";
  return (
    <section className="options" aria-label={t.options}>
      <label className="choice">
        {t.several}
        <select
          value={options.faces}
          onChange={({ target }) => onChange({ ...options, faces: target.value as Faces })}
        >
          {Object.entries(t.policies).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <Switch
        label={t.privateMode}
        on={here}
        onChange={(on) => onChange({ ...options, place: on ? "device" : "service" })}
      />
      {here ? <Here /> : <There options={options} onChange={onChange} />}
    </section>
  );
}

function Here() {
  const further = useHeads().length > 1;
  return (
    <p className="quiet where">
      <PrivateWords />
      {further && ` ${t.attributes.notHere}`}
    </p>
  );
}

function There(props: Props) {
  const offered = useCapabilities();
  const loaded = Boolean(useHealth().data?.model);
  const without = loaded && offered?.private_mode === false;
  const shrinking = useShrinking();
  return (
    <>
      <Switch label={t.shrink} on={shrinking} onChange={writeShrinking} />
      <Further {...props} />
      <p className="quiet where">
        {without ? withoutPrivate() : t.notKept}
        {shrinking && ` ${t.shrinkWhy}`}
      </p>
    </>
  );
}

/** A switch for each further head of the model, off until somebody wants it. */
function Further({ options, onChange }: Props) {
  const heads = useHeads();
  const offered = heads.slice(1).map(({ name }) => name);
  const { attributes = [] } = options;
  const kept = attributes.filter((name) => offered.includes(name));
  const isGone = heads.length > 0 && kept.length < attributes.length;
  useEffect(() => {
    if (isGone) onChange({ ...options, attributes: kept });
  });
  if (offered.length === 0) return null;
  const without = (name: string) => kept.filter((one) => one !== name);
  return (
    <>
      {offered.map((name) => (
        <Switch
          key={name}
          label={t.attributes.also(name)}
          on={kept.includes(name)}
          onChange={(on) =>
            onChange({ ...options, attributes: on ? [...kept, name] : without(name) })
          }
        />
      ))}
      <p className="quiet">{t.attributes.limits}</p>
    </>
  );
}

interface SwitchProps {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

function Switch({ label, on, onChange }: SwitchProps) {
  return (
    <label className="choice">
      <input
        type="checkbox"
        role="switch"
        checked={on}
        onChange={({ target }) => onChange(target.checked)}
      />
      {label}
    </label>
  );
}

/** What private mode does, and how far it is; the steps are announced, its percents are not. */
function PrivateWords() {
  const state = usePrivateState();
  const words = wordsOf(state);
  const final = state.step === "loading" ? "" : words;
  useEffect(() => {
    if (final) announce(final);
  }, [final]);
  return words;
}

function wordsOf({ step, share, failure, fallback }: PrivateState): string {
  if (step === "loading") return `${t.staysHere} ${t.loadingModel(share)}`;
  if (step === "failed") return whyNot(failure);
  if (step === "ready") return `${t.staysHere} ${fallback ? t.loadedFallback : t.loaded}`;
  return t.staysHere;
}

function whyNot(failure: ApiFailure | undefined): string {
  if (failure?.status === 404) return t.noPrivate(failure.message);
  if (failure?.status === 401 || failure?.status === 403) return t.privateKey;
  return t.privateFailed;
}

function withoutPrivate(): string {
  return `${t.notKept} ${t.noPrivateHere}`;
}
