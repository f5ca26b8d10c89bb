import { rounded } from '../statistics.js'

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

interface Goal {
  readonly least?: number
  readonly most?: number
}

/** What messaging promises of its speed. */
const goals: Readonly<Record<keyof Ratios, Goal>> = {
  eosVsRawTools: { least: 0.5 },
  eosTwiceVsRawTools: {},
  plainVsRawTools: {},
  vsNestTransport: { least: 3 },
  hopP99VsRaw: { most: 1.5 },
  acceptVsPgbench: { least: 1 },
}

export interface Broken {
  readonly goal: string
  readonly message: string
}

/** The goals that were measured and missed. */
export function missed(ratios: Ratios): Broken[] {
  return (Object.keys(goals) as (keyof Ratios)[]).flatMap((goal) => {
    const { least = -Infinity, most = Infinity } = goals[goal]
    const measured = ratios[goal]
    if (measured === undefined) return []
    if (measured < least) return [{ goal, message: `${goal} is ${measured}: at least ${least} is the goal` }]
    if (measured > most) return [{ goal, message: `${goal} is ${measured}: at most ${most} is the goal` }]
    return []
  })
}

/** Ours by the peer's; undefined where one was not measured. */
export function ratio(ours: number | undefined, peers: number | undefined): number | undefined {
  return ours === undefined || peers === undefined ? undefined : rounded(ours / peers)
}
