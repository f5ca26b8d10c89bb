import { cards } from '@swipestream/contracts'
import { groupDigits } from '@swipestream/contracts/money'
import { type CommandLine, connect, connectionConfig, type Outcome, type Output, plain, runCommand } from '@swipestream/messaging'
import { backtest, type BacktestOptions } from '../../app/backtest/backtest.js'
import { FeatureExport } from '../../app/backtest/feature-export.js'
import type { BacktestSource } from '../../app/backtest/source.js'
import { TransactionFile } from '../../app/backtest/transaction-file.js'
import { TransactionLog } from '../../app/backtest/transaction-log.js'
import { loadModel } from '../../model/load-model.js'
import { brokenOf, notesOf, type Ran } from './findings.js'
import { help } from './help.js'
import { type BacktestRequest, options, requestOf } from './options.js'
import { differenceLines, headOf, many, setLines } from './print.js'
import { progressOf } from './progress.js'
import { readRuleSets } from './rule-sets.js'

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
    return { lines: [...sets.faults.map(({ message }) => plain(message)), `nothing was judged: ${many(files, 'file')} must be mended first`], json: { broken: sets.faults } }
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
    `${many(result.read, 'transaction')} read in ${seconds.toFixed(1)} s, ${groupDigits(String(perSecond))}/s`,
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
