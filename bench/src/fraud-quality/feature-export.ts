import { once } from 'node:events'
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { type FeatureName, featureSpecs, matrixOf } from '@swipestream/fraud-service/engine'
import type { Labelled } from './history.js'

/** Rows are written so many at a time. */
const CHUNK = 5_000

/**
 * Writes labelled features as model/train.py reads them: features.csv, and features.json with their names. Rows are
 * those whose label was known when they were added.
 */
export class FeatureExport {
  readonly file: string
  readonly namesFile: string
  readonly names: readonly FeatureName[]
  /** Features that training asks for, and this release does not have. */
  readonly missing: readonly string[]
  readonly #stream
  #chunk: Labelled[] = []
  rows = 0

  /** @param wanted the JSON file with the names of the features that a model is to see */
  constructor(directory: string, wanted: string) {
    mkdirSync(directory, { recursive: true })
    const names = JSON.parse(readFileSync(wanted, 'utf8')) as string[]
    this.names = names.filter((name): name is FeatureName => featureSpecs.has(name))
    this.missing = names.filter((name) => !featureSpecs.has(name))
    this.file = join(directory, 'features.csv')
    this.namesFile = join(directory, 'features.json')
    writeFileSync(this.namesFile, `${JSON.stringify(this.names)}\n`)
    this.#stream = createWriteStream(this.file)
    this.#stream.write(`occurred_at,is_fraud,${this.names.join(',')}\n`)
  }

  add(labelled: Labelled): void {
    this.rows++
    if (this.#chunk.push(labelled) === CHUNK) this.#write()
  }

  /** Waits while more is to be written than a disk takes. */
  async drained(): Promise<void> {
    if (this.#stream.writableNeedDrain) await once(this.#stream, 'drain')
  }

  async end(): Promise<void> {
    this.#write()
    this.#stream.end()
    await finished(this.#stream)
  }

  #write(): void {
    const width = this.names.length
    // as float32, what a service shows its model
    const matrix = matrixOf(this.#chunk.map(({ features }) => features), this.names)
    const lines = this.#chunk.map(({ row: { at, fraud } }, index) => {
      const values = Array.from(matrix.subarray(index * width, (index + 1) * width), (value) => (Number.isNaN(value) ? '' : String(value)))
      return `${new Date(at).toISOString()},${fraud ? 1 : 0},${values.join(',')}\n`
    })
    this.#stream.write(lines.join(''))
    this.#chunk = []
  }
}
