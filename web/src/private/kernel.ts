/**
 * Weights of antialiased resampling in fixed point, as Pillow computes them: filters widen when
 * scaling down, weights have 22 bits, and the box is held in single precision.
 */

export type Filter = "bilinear" | "bicubic" | "lanczos";

interface Shape {
  /** How far it reaches to each side, in pixels of the coarser grid. */
  support: number;
  at: (x: number) => number;
}

const CUBIC = -0.5;

export const FILTERS: Record<Filter, Shape> = {
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, at: (x) => cubic(Math.abs(x)) },
  lanczos: { support: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function cubic(x: number): number {
  if (x < 1) return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * CUBIC;
  return 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

export const PRECISION_BITS = 22;

/** For each output pixel: the first input pixel, how many, and their weights. */
export interface Kernel {
  first: Int32Array;
  count: Int32Array;
  weights: Int32Array;
  /** Room for the weights of one output pixel. */
  room: number;
}

/** Weights for `outSize` pixels from `from`..`to` of `inSize`. */
export function createKernel(
  inSize: number,
  from: number,
  to: number,
  outSize: number,
  filter: Filter,
): Kernel {
  const { support: reach, at } = FILTERS[filter];
  const start = Math.fround(from);
  const scale = Math.fround(Math.fround(to) - start) / outSize;
  const widening = Math.max(scale, 1);
  const support = reach * widening;
  const room = Math.ceil(support) * 2 + 1;
  const kernel: Kernel = {
    first: new Int32Array(outSize),
    count: new Int32Array(outSize),
    weights: new Int32Array(outSize * room),
    room,
  };
  for (let out = 0; out < outSize; out++) {
    const center = start + (out + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(inSize, Math.trunc(center + support + 0.5)) - first;
    const shares = Array.from({ length: count }, (_, i) =>
      at((i + first - center + 0.5) * (1 / widening)),
    );
    kernel.first[out] = first;
    kernel.count[out] = count;
    kernel.weights.set(toFixedPoint(shares), out * room);
  }
  return kernel;
}

function toFixedPoint(shares: number[]): number[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => {
    const exact = (sum === 0 ? share : share / sum) * 2 ** PRECISION_BITS;
    return Math.trunc(exact + (exact < 0 ? -0.5 : 0.5));
  });
}
