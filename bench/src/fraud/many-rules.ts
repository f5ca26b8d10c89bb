import { type FraudRule, fraudRules } from '@swipestream/contracts'
import { startService } from '../service-process.js'
import { rounded } from '../statistics.js'
import { fillLog, fiveRules, prepareGround } from './ground.js'
import type { Bench } from './bench.js'
import { serviceSide } from './sides.js'
import { describe, logLength, type Run, runOver } from './throughput.js'

const ruleCount = 10_000
/** So many rules make a transaction some hundred times as much work: fewer show the rate. */
const fewer = 100

export interface ManyRules {
  readonly rules: number
  /** From the start of the process until it is ready, with the five rules alone, and with all. */
  readonly readySecondsFive: number
  readonly readySeconds: number
  readonly run: Run
}

/**
 * The five rules live, and so many more of a mode, which are asked of every transaction and fire for none. A decision
 * names the version of every live rule: with all of them live each is as long as ten thousand names.
 */
export async function manyRules({ stack, progress, directory, options, report }: Bench, mode: 'live' | 'shadow'): Promise<ManyRules> {
  const ground = await prepareGround(stack)
  const records = Math.max(1_000, Math.round(options.records / fewer))
  try {
    await ground.putRules(fiveRules)
    const ready = async (name: string): Promise<number> => {
      const begun = performance.now()
      const service = await startService('fraud-service', ground.env, `${directory}/rules-${name}.log`)
      const seconds = (performance.now() - begun) / 1_000
      await service.stop()
      return rounded(seconds, 3)
    }
    const readySecondsFive = await ready('five')
    const [first] = (await ground.held(fraudRules)).values()
    for (let from = 0; from < ruleCount; from += 1_000) {
      await ground.publish(Array.from({ length: 1_000 }, (_, i) => fraudRules.event(ruleNumber(from + i, mode, first as FraudRule))))
    }
    const readySeconds = await ready(mode)
    await progress.forget(`${ground.namespace}fraud-service`)
    await fillLog(ground, logLength(records), false)
    const run = await runOver(ground, progress, serviceSide({ name: `fraud-service, ${ruleCount} ${mode} rules`, ground, progress, directory, profile: options.profile }), records, 'once')
    report(`${ruleCount} ${mode} rules: ready after ${readySeconds} s (five: ${readySecondsFive} s), ${describe(run)}`)
    return { rules: ruleCount, readySecondsFive, readySeconds, run }
  } finally {
    await ground.close()
  }
}

function ruleNumber(i: number, mode: 'live' | 'shadow', like: FraudRule): FraudRule {
  return {
    ...like,
    rule_id: `bench_${i}`,
    expression: `card.count_1h >= ${100 + i} || (tx.amount > ${5_000 + i}.0 && card.count_30d >= 5)`,
    tables: [],
    reason: 'The amount {tx.amount} is above a limit.',
    weight: 1,
    mode,
  }
}
