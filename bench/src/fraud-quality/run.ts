import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DAY_MS, FeatureExport, loadModel, TransactionFile } from '@swipestream/fraud-service/engine'
import type { Figures } from './figures.js'
import { type Broken, missed } from './goals.js'
import { measure, type Models } from './measure.js'
import { isDefault, type QualityOptions } from './options.js'
import { shippedRules } from './shipped-rules.js'
import { NoPython, train, trainingPython } from './training.js'

const root = join(import.meta.dirname, '../../..')
const PROGRESS_MS = 5_000

export interface QualityResult {
  readonly rules: Figures
  readonly model?: Figures
  readonly modelAllHistory?: Figures
  readonly train: string
  readonly test: string
  readonly transactions: number
  /** What was not measured, and why. */
  readonly notes: readonly string[]
  readonly broken: readonly Broken[]
}

/** @returns why nothing was measured, as a text, when there is no table */
export async function benchFraudQuality(options: QualityOptions, onProgress: (line: string) => void): Promise<QualityResult | string> {
  const table = tableAt(options)
  if (table === undefined) return 'no fraud-handbook/*.csv.gz (set SWIPESTREAM_DATA to the directory that has it, or say --input FILE)'
  const notes: string[] = []
  const note = (line: string) => {
    notes.push(line)
    onProgress(line)
  }
  const directory = join(root, '.stack/fraud-quality')
  // before the history is read: who has no Python is to know at once
  const python = options.model ? await pythonOf(join(directory, 'venv'), onProgress, note) : undefined
  const exported = python === undefined ? undefined : new FeatureExport(join(directory, 'features.csv'))
  if (exported !== undefined && exported.missing.length > 0) note(`this release has no ${exported.missing.join(', ')}: the models do without`)

  const file = new TransactionFile(table)
  const { transactions, figures } = await measure(file.events(), {
    rules: shippedRules(),
    train: options.train,
    test: options.test,
    onRow: progress(options, onProgress, exported),
    ...(python === undefined || exported === undefined ? {} : { onTraining: (labelled) => exported.add(labelled), models: () => trained(python, exported, options, directory, onProgress) }),
  })
  if (file.refusals.count > 0) throw new Error(`${file.refusals.count} row(s) of the table are no transactions: ${file.refusals.first.join('; ')}`)
  const { rules, ...models } = figures
  if (rules === undefined) throw new Error('nothing was measured')
  return { rules, ...models, train: options.train.text, test: options.test.text, transactions, notes, broken: isDefault(options) ? missed(figures) : [] }
}

function tableAt({ input }: QualityOptions): string | undefined {
  if (input !== null) return input
  const folder = join(process.env['SWIPESTREAM_DATA'] ?? join(root, '../shared/data'), 'fraud-handbook')
  const file = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith('.csv.gz')) : undefined
  return file === undefined ? undefined : join(folder, file)
}

async function pythonOf(directory: string, onProgress: (line: string) => void, note: (line: string) => void): Promise<string | undefined> {
  try {
    return await trainingPython(directory, onProgress)
  } catch (error) {
    if (!(error instanceof NoPython)) throw error
    note(error.message)
    return undefined
  }
}

async function trained(python: string, exported: FeatureExport, options: QualityOptions, directory: string, onProgress: (line: string) => void): Promise<Models> {
  await exported.end()
  const features = join(directory, 'features.json')
  writeFileSync(features, JSON.stringify(exported.names))
  const base = { input: exported.file, features, days: options.train.text }
  onProgress(`training on ${options.train.text}`)
  const week = await train(python, { ...base, allHistory: false, output: join(directory, 'model') })
  onProgress(`training on all ${exported.rows} transactions up to then, a minute or two`)
  const all = await train(python, { ...base, allHistory: true, output: join(directory, 'model-all-history') })
  return { model: await loadModel(week), modelAllHistory: await loadModel(all) }
}

/** Says every few seconds which day is seen, and how long the rest will take at this pace. */
function progress({ test }: QualityOptions, onProgress: (line: string) => void, exported: FeatureExport | undefined): (at: number) => Promise<void> | undefined {
  const begun = performance.now()
  let [told, first] = [begun, Number.NaN]
  let count = 0
  return (at) => {
    if (Number.isNaN(first)) first = at
    // a clock is not asked for each
    if (++count % 1_000 !== 0) return undefined
    const now = performance.now()
    if (now - told > PROGRESS_MS) {
      told = now
      const share = (at - first) / Math.max(DAY_MS, test.end - first)
      onProgress(`${count} transactions, ${new Date(at).toISOString().slice(0, 10)}, about ${Math.ceil(((now - begun) / 1_000) * (1 / share - 1))} s to go`)
    }
    return exported?.drained()
  }
}
