import { changeView, useView } from "../../session/view";
import { t } from "../../words/en";
import { percent } from "../../words/format";

/** Shows what another threshold would do; what was answered stays as it is. */
export function Threshold({ own }: { own: number }) {
  const { threshold } = useView();
  const value = threshold ?? own;
  return (
    <details className="fold threshold">
      <summary>{t.thresholdTitle}</summary>
      <label className="choice">
        {t.threshold}
        <input
          type="range"
          min={0.5}
          max={0.99}
          step={0.01}
          value={value}
          aria-valuetext={percent(value, 0)}
          onChange={({ target }) => changeView({ threshold: target.valueAsNumber })}
        />
        <output>{percent(value, 0)}</output>
      </label>
      <p className="quiet small">
        {t.thresholdOwn(own)} {t.thresholdNote}
      </p>
      {threshold !== null && (
        <button type="button" onClick={() => changeView({ threshold: null })}>
          {t.thresholdReset}
        </button>
      )}
    </details>
  );
}
