import type { Figures } from './figures.js'

type Measured = Pick<Figures, 'auc' | 'ap' | 'cp100'>
export type Subject = 'rules' | 'model' | 'modelAllHistory'

/** The least of each figure, on the weeks of the table to beat. */
const goals: Readonly<Record<Subject, Partial<Measured>>> = {
  rules: { ap: 0.5, cp100: 0.285 },
  model: { ap: 0.69, auc: 0.868, cp100: 0.291 },
  modelAllHistory: { ap: 0.72, auc: 0.884, cp100: 0.3 },
}

export interface Broken {
  readonly goal: string
  readonly message: string
}

/** The goals that were measured and missed. */
export function missed(measured: Readonly<Partial<Record<Subject, Measured>>>): Broken[] {
  return (Object.keys(goals) as Subject[]).flatMap((subject) => (Object.keys(goals[subject]) as (keyof Measured)[]).flatMap((figure) => {
    const [least, found] = [goals[subject][figure] as number, measured[subject]?.[figure]]
    // not `found < least`: what is not a number has missed it as well
    return found === undefined || found >= least ? [] : [{ goal: `${subject}.${figure}`, message: `${figure} of ${subject} is ${found}: at least ${least} is the goal` }]
  }))
}
