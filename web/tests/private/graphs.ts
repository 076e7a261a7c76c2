/** The networks of the package, and plans of looks for stand-ins of them. */
import { readFileSync } from "node:fs";

import type { RunDetector, RunNetwork } from "../../src/private/centerface";
import type { Facts } from "../../src/private/facts";
import { createDetector } from "../../src/private/networks";

const MODELS = new URL("../../../src/genderlens/models/", import.meta.url);

export function load(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, MODELS)));
}

/** The real detector and the small networks beside it, in onnxruntime-web. */
export function loadDetector(): Promise<RunDetector> {
  return createDetector(load("centerface/detector.onnx"), {
    refinement: load("centerface/refinement.onnx"),
    coarse: load("centerface/coarse.onnx"),
    proposals: load("centerface/proposals.onnx"),
  });
}

/** The same detector; longer sides of what each network is shown are noted under its name. */
export function watch(run: RunDetector, sides: string[]): RunDetector {
  const noted =
    (name: string, own: RunNetwork): RunNetwork =>
    (input, height, width) => {
      sides.push(`${name} ${Math.max(height, width)}`);
      return own(input, height, width);
    };
  const { coarse, propose, refine } = run;
  return Object.assign(noted("detector", run), {
    coarse: coarse && noted("coarse", coarse),
    propose: propose && noted("proposals", propose),
    refine,
  });
}

/** Facts of a plan that needs no small network but the one that refines. */
export function ofDetectorAlone(facts: Facts): Facts {
  const { coarse, turned } = facts.looks;
  const network = "detector" as const;
  const looks = {
    ...facts.looks,
    coarse: coarse ? { ...coarse, network } : null,
    proposals: null,
    turned: { ...turned, network },
  };
  return { ...facts, looks };
}
