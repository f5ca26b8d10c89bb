import { makeFaults, restartInTurn } from './faults/lanes.js'
import { drained, standing } from './oracle/drain.js'
import { handledAgain } from './oracle/handled.js'
import { judge } from './oracle/judge.js'
import type { Options } from './options.js'
import { type Report, reportOf } from './report.js'
import { startSystem, type System } from './system/system.js'

const tellEveryMs = 10_000

/** Runs the system under faults, lets it finish, and judges. Lines for people go to `tell`. */
export async function run(options: Options, tell: (line: string) => void): Promise<Report> {
  tell('Servers, writers and consumers start')
  const system = await startSystem(options, tell)
  let keepLogs = true
  try {
    const report = await runOn(system, options, tell)
    keepLogs = report.broken.length > 0
    if (keepLogs) tell(`Logs, the broker's too, are in ${system.logs}`)
    return report
  } catch (error) {
    tell(`Logs, the broker's too, are in ${system.logs}`)
    throw error
  } finally {
    tell('Stopping')
    await system.stop({ keepLogs })
  }
}

async function runOn(system: System, options: Options, tell: (line: string) => void): Promise<Report> {
  const { minutes, seed, client, rolling } = options
  const began = system.from
  const since = (): string => ((Date.now() - began) / 1_000).toFixed(1).padStart(6)
  const timed = (line: string): void => tell(`${since()}  ${line}`)
  const broken: string[] = []
  const context = { system, tell: timed, broken: (sentence: string) => void broken.push(sentence) }

  const progress = setInterval(() => {
    standing(system.data).then(
      ({ inputs, outputs }) => timed(`${inputs} records in, ${outputs} out; ${leftOf(minutes * 60_000 - (Date.now() - began))}`),
      (error: unknown) => timed(`no figures: ${String(error)}`),
    )
  }, tellEveryMs)
  let faults: Report['faults']
  let restarts: number[] | null = null
  try {
    if (rolling === null) faults = await makeFaults(context, seed, began + minutes * 60_000)
    else {
      restarts = await restartInTurn(context, rolling, began + minutes * 60_000)
      faults = { restarted: restarts.length }
      await system.endLoad()
    }
  } finally {
    clearInterval(progress)
  }
  const faultsOver = Date.now()
  timed('No more faults: what is owed comes in and out')
  const owed = async (): Promise<number> => system.bulkRecords + (await system.entries()).length
  const all = await drained(system.data, owed, (now) => timed(`${now.inputs} of ${now.owed} records in, ${now.outputs} out`))
  const drainedAt = Date.now()

  const programs = [...system.members, ...system.writers]
  for (const program of programs) {
    const reason = await program.notReady()
    if (reason !== null) broken.push(`${program.name} is not ready at the end: ${reason}`)
  }
  const memory = await Promise.all(programs.map(async (program) => [program.name, await program.memoryMb()] as const))
  const rssMb = Object.fromEntries(memory.flatMap(([name, mb]) => (mb ? [[name, mb] as const] : [])))
  await Promise.all([...programs, system.bulk].map((program) => program.stop()))

  timed("The oracle reads the broker's log")
  const judgement = await judge(system.data, { seed, bulkRecords: system.bulkRecords, entries: await system.entries() })
  const again = handledAgain(await system.calls(), judgement.offsets)
  const of = judgement.offsets.reduce((sum, { length }) => sum + length, 0)
  const byRestart = restarts?.map((from, i) => again.filter((at) => at >= from && at < (restarts[i + 1] ?? Infinity)).length)
  return reportOf({
    seed, client, faults, judgement, rssMb, broken,
    seconds: Math.round((faultsOver - began) / 1_000),
    drainSeconds: Math.round((drainedAt - faultsOver) / 1_000),
    drained: all,
    failedCoordinators: await system.failedCoordinators(),
    handledTwice: { records: again.length, of, ...(byRestart ? { byRestart } : {}) },
    deaths: system.deaths,
  })
}

/** The time of a run with restarts is a guess. */
function leftOf(ms: number): string {
  return ms > 0 ? `about ${Math.ceil(ms / 1_000)} s of faults left` : 'faults end soon'
}
