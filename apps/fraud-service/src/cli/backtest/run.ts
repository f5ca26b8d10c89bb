import { cards } from '@swipestream/contracts'
import { groupDigits } from '@swipestream/contracts/money'
import { type Broken, type CommandLine, connect, connectionConfig, type Outcome, type Output, runCommand } from '@swipestream/messaging'
import { backtest, type BacktestOptions, type BacktestResult } from '../../app/backtest/backtest.js'
import { FeatureExport } from '../../app/backtest/feature-export.js'
import type { BacktestSource } from '../../app/backtest/source.js'
import { TransactionFile } from '../../app/backtest/transaction-file.js'
import { TransactionLog } from '../../app/backtest/transaction-log.js'
import { loadModel } from '../../model/load-model.js'
import { plain } from '../rules/text.js'
import { help } from './help.js'
import { type BacktestRequest, options, requestOf } from './options.js'
import { differenceLines, headOf, setLines } from './print.js'
import { progressOf } from './progress.js'
import { readRuleSets, type RuleSets } from './rule-sets.js'

type Perform = CommandLine<typeof options>['perform']

/** Runs the backtest command; the exit code. */
export function run(args: readonly string[], output: Output): Promise<number> {
  // it is one command, where others have several
  return runCommand({ script: 'backtest', help, options, perform }, ['backtest', ...args], output)
}

async function perform(...[, names, values, tell]: Parameters<Perform>): Promise<Outcome> {
  const request = requestOf(names, values)
  const sets = readRuleSets(request.rules, request.candidate)
  if ('faults' in sets) {
    const files = new Set(sets.faults.map(({ file }) => file)).size
    return { lines: [...sets.faults.map(({ message }) => plain(message)), `nothing was judged: ${files} file(s) must be mended first`], json: { broken: sets.faults } }
  }
  const model = request.model === null ? undefined : await loadModel(request.model, '--model')
  return withSource(request, async (source, known) => {
    const features = request.exportTo === null ? undefined : new FeatureExport(request.exportTo)
    const begun = performance.now()
    const result = await backtest(source, {
      live: sets.live, candidate: sets.candidate, span: request.span, examples: request.examples, model, features, onProgress: progressOf(source, request.span.end, tell), ...known,
    })
    await features?.end()
    const seconds = (performance.now() - begun) / 1_000
    return outcomeOf({ request, sets, source, result, features, model: model?.version ?? null, seconds })
  })
}

type Known = Pick<BacktestOptions, 'cards'>

/** Opens what is to be read, and closes it. */
async function withSource(request: BacktestRequest, work: (source: BacktestSource, known: Known) => Promise<Outcome>): Promise<Outcome> {
  if ('input' in request.source) return work(new TransactionFile(request.source.input, request.labelDelayMs), {})
  const config = connectionConfig()
  const connection = await connect({ service: 'backtest', config, produces: [] })
  const reader = connection.client.reader()
  try {
    const log = await TransactionLog.open({ reader, registry: connection.registry }, config.KAFKA_NAMESPACE, request.source.topic)
    return await work(log, { cards: await connection.held(cards) })
  } finally {
    await reader.close()
    await connection.close()
  }
}

interface Ran {
  readonly request: BacktestRequest
  readonly sets: RuleSets
  readonly source: BacktestSource
  readonly result: BacktestResult
  readonly features: FeatureExport | undefined
  /** Its version. */
  readonly model: string | null
  readonly seconds: number
}

function outcomeOf(ran: Ran): Outcome {
  const { request, sets, source, result, features, model, seconds } = ran
  const { live, candidate, difference, ...figures } = result
  const [broken, notes] = [brokenOf(ran), notesOf(ran)]
  const perSecond = Math.round(result.read / seconds)
  const lines = [
    headOf(result),
    ...setLines(`live: ${request.rules}`, live),
    ...(candidate === null ? [] : setLines(`candidate: ${request.candidate}`, candidate)),
    ...(difference === null || sets.changes === null ? [] : differenceLines(difference, sets.changes)),
    '',
    ...notes,
    ...source.refusals.first,
    ...broken.map(({ message }) => message),
    `${groupDigits(String(result.read))} transactions read in ${seconds.toFixed(1)} s, ${groupDigits(String(perSecond))}/s`,
  ]
  const { read, duplicates, transactions, modelFailures, ...rest } = figures
  return {
    lines: lines.map(plain),
    json: {
      source: request.source, model, from: request.from, to: request.to,
      transactions: { read, reported: transactions, duplicates, refused: source.refusals.count, behind: source.behind, unscored: modelFailures.count },
      ...rest,
      live: { path: request.rules, ...live }, candidate: candidate === null ? null : { path: request.candidate, ...candidate },
      difference: difference === null ? null : { rules: sets.changes, ...difference },
      features: features === undefined ? null : { file: features.file, rows: features.rows, columns: ['occurred_at', 'is_fraud', ...features.names] },
      refused: source.refusals.first, notes, seconds: Number(seconds.toFixed(3)), transactionsPerSecond: perSecond, broken,
    },
  }
}

/** What a reader of the figures must know. */
function notesOf({ request, sets, result: { labels, orders, duplicates, transactions }, features }: Ran): string[] {
  const modes = [[request.rules, sets.live], [request.candidate, sets.candidate]] as const
  const odd = orders.late + orders.too_late + orders.ahead
  return [
    ...(transactions > 0 && labels.frauds + labels.legitimate === 0 ? ['no transaction is labelled: precision, recall and time to detect are not known'] : []),
    ...modes.flatMap(([path, set]) => (set !== undefined && set.live.length === 0 ? [`${path} has no live rule: it approves everything`] : [])),
    ...(odd > 0 ? [`${orders.late} came late, ${orders.too_late} too late to be counted by features, ${orders.ahead} with a clock that was ahead`] : []),
    ...(duplicates > 0 ? [`${duplicates} were there before, and are judged once`] : []),
    ...(features === undefined ? [] : [`${features.rows} labelled transactions with ${features.names.length} features are in ${features.file}`]),
    ...(features !== undefined && features.missing.length > 0 ? [`this release has no ${features.missing.join(', ')}: the file does without`] : []),
  ]
}

function brokenOf({ source: { refusals, behind }, result: { transactions, modelFailures } }: Ran): Broken[] {
  return [
    ...(refusals.count > 0 ? [{ rule: 'BACKTEST_ROWS_REFUSED', message: `${refusals.count} row(s) are no transactions and were left out` }] : []),
    ...(behind > 0 ? [{
      rule: 'BACKTEST_OUT_OF_ORDER',
      message: `${behind} transaction(s) stand behind one that is newer by more than a day: they were taken as late ones, and features may know labels too early. Sort the file by time`,
    }] : []),
    ...(modelFailures.count > 0 ? [{ rule: 'BACKTEST_MODEL_FAILED', message: `the model could not score ${modelFailures.count} transaction(s): ${modelFailures.reason}` }] : []),
    ...(transactions === 0 ? [{ rule: 'BACKTEST_EMPTY', message: 'there is no transaction of these days' }] : []),
  ]
}
