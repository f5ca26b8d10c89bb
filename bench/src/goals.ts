import { rounded } from './statistics.js'

/** What a ratio, ours divided by the peer's, is to be. */
export interface Goal {
  readonly least?: number
  readonly most?: number
}

export interface Broken {
  readonly goal: string
  readonly message: string
}

/** The goals that were measured and missed. @param ratios those that were measured; the others have none */
export function missed<Name extends string>(goals: Readonly<Record<Name, Goal>>, ratios: { readonly [N in Name]?: number }): Broken[] {
  return (Object.keys(goals) as Name[]).flatMap((goal) => {
    const { least = -Infinity, most = Infinity } = goals[goal]
    const found = ratios[goal]
    if (found === undefined) return []
    if (found < least) return [{ goal, message: `${goal} is ${found}: at least ${least} is the goal` }]
    if (found > most) return [{ goal, message: `${goal} is ${found}: at most ${most} is the goal` }]
    return []
  })
}

/** Ours by the peer's; undefined where one was not measured. */
export function ratio(ours: number | undefined, peers: number | undefined): number | undefined {
  return ours === undefined || peers === undefined ? undefined : rounded(ours / peers)
}

/** The ratios that were measured. */
export function measured<Name extends string>(ratios: { readonly [N in Name]: number | undefined }): { readonly [N in Name]?: number } {
  return Object.fromEntries(Object.entries(ratios).filter(([, value]) => value !== undefined)) as { readonly [N in Name]?: number }
}
