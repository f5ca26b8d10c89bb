import type { Goal } from '../goals.js'

/** Ours divided by the peer's; a part that was not measured has none. */
export interface Ratios {
  readonly eosVsRawTools?: number
  /** Of two instances together. */
  readonly eosTwiceVsRawTools?: number
  readonly plainVsRawTools?: number
  readonly vsNestTransport?: number
  readonly hopP99VsRaw?: number
  readonly acceptVsPgbench?: number
}

/** What messaging promises of its speed. */
export const goals: Readonly<Record<keyof Ratios, Goal>> = {
  eosVsRawTools: { least: 0.5 },
  eosTwiceVsRawTools: {},
  plainVsRawTools: {},
  vsNestTransport: { least: 3 },
  hopP99VsRaw: { most: 1.5 },
  acceptVsPgbench: { least: 1 },
}
