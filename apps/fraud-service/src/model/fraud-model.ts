import type { Evidence } from '@swipestream/contracts'
import type { FeatureName, Features } from '../domain/features/catalogue.js'
import { ruleFeatures } from '../domain/features/catalogue.js'
import type { ModelDescription } from './model-description.js'
import { matrixOf } from './model-input.js'

/** Runs the trees: a probability of fraud a row. */
export type RunTrees = (matrix: Float32Array, rows: number) => Promise<Float32Array>

/** How many features an explanation names. */
const TOP = 3

const byProperty = new Map(ruleFeatures.features.map((feature) => [feature.property, feature]))

/** A model of fraud that transactions are shown to, many at a time. */
export class FraudModel {
  readonly version: string
  /** Transactions of this probability or more are to be explained, flagged or not. */
  readonly explainFrom: number
  readonly #names: readonly FeatureName[]
  /** What each feature is for most transactions, in the model's order. */
  readonly #typical: Float32Array
  readonly #run: RunTrees

  /** @param described what was checked by `modelDescriptionOf` */
  constructor({ version, features, typical, explain_from }: ModelDescription, run: RunTrees) {
    this.version = version
    this.explainFrom = explain_from
    this.#names = features as readonly FeatureName[]
    this.#typical = Float32Array.from(features, (name) => typical[name] ?? Number.NaN)
    this.#run = run
  }

  /**
   * Probabilities of fraud, 0 to 1, in the order of the rows: one run for all of them.
   *
   * @throws Error when the model gives something else
   */
  async probabilities(rows: readonly Features[]): Promise<readonly number[]> {
    return rows.length === 0 ? [] : this.#ask(matrixOf(rows, this.#names), rows.length)
  }

  /**
   * The features that counted most for each row, greatest first, three at most: one run for all of them.
   *
   * A feature counts by how much the probability falls when it alone is replaced by its typical value, the median where
   * the model was trained. One that would raise it, or change nothing, is not named. Two features that say the same
   * hide each other: replacing one changes little, as long as the other stays.
   *
   * @param probabilities what the model said of the rows
   */
  async explain(rows: readonly Features[], probabilities: readonly number[]): Promise<readonly Evidence[][]> {
    if (rows.length === 0) return []
    const width = this.#names.length
    const each = matrixOf(rows, this.#names)
    const replaced = new Float32Array(rows.length * width * width)
    for (let row = 0, start = 0; row < rows.length; row++) {
      const original = each.subarray(row * width, (row + 1) * width)
      for (let column = 0; column < width; column++, start += width) {
        replaced.set(original, start)
        replaced[start + column] = this.#typical[column] as number
      }
    }
    const without = await this.#ask(replaced, rows.length * width)
    return rows.map((row, index) => {
      const before = probabilities[index] as number
      const drops = this.#names.map((name, column) => ({ name, drop: before - (without[index * width + column] as number) }))
      return drops.filter(({ drop }) => drop > 0).sort((a, b) => b.drop - a.drop).slice(0, TOP).map(({ name }) => evidenceOf(name, row))
    })
  }

  async #ask(matrix: Float32Array, rows: number): Promise<readonly number[]> {
    const probabilities = Array.from(await this.#run(matrix, rows))
    if (probabilities.length !== rows) throw new Error(`the model gave ${probabilities.length} probabilities for ${rows} rows`)
    const wrong = probabilities.find((value) => !(value >= 0 && value <= 1))
    if (wrong !== undefined) throw new Error(`the model gave ${wrong} as a probability`)
    return probabilities
  }
}

/** A feature's value by the name that rules and analysts know it under. */
function evidenceOf(property: FeatureName, row: Features): Evidence {
  const feature = byProperty.get(property)
  const value = row[property]
  const name = feature === undefined ? property : feature.name
  if (value === null) return { name, value: 'absent', unit: null }
  const unit = feature === undefined ? null : feature.unit
  return { name, value: typeof value === 'boolean' ? String(value) : value, unit: unit === 'tx.currency' ? row.currency : unit }
}
