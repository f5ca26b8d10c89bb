import { once } from 'node:events'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type FeatureName, type Features, featureSpecs } from '../../domain/features/catalogue.js'
import { matrixOf } from '../../model/model-input.js'

/** The features that train.py trains on unless told otherwise. */
const trainedFeatures = join(import.meta.dirname, '../../../model/features.json')

/** Rows are written so many at a time. */
const CHUNK = 5_000

/** A labelled transaction, with its features as they were known when it was judged. */
export interface LabelledFeatures {
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly fraud: boolean
  readonly features: Features
}

/**
 * Writes labelled features as model/train.py reads them, one row a transaction: `occurred_at`, `is_fraud`, and the
 * features that training asks for under their names. Absent is an empty field. Gzipped when the file's name ends in .gz.
 */
export class FeatureExport {
  /** What is written, in the order of the columns. */
  readonly names: readonly FeatureName[]
  /** Features that training asks for, and this release does not have. */
  readonly missing: readonly string[]
  readonly #rows = new PassThrough()
  readonly #written: Promise<void>
  #chunk: LabelledFeatures[] = []
  rows = 0

  /**
   * @param file made anew; so are folders on the way to it
   * @param wanted the JSON file with the names of the features that a model is to see
   */
  constructor(readonly file: string, wanted: string = trainedFeatures) {
    const names = JSON.parse(readFileSync(wanted, 'utf8')) as string[]
    this.names = names.filter((name): name is FeatureName => featureSpecs.has(name))
    this.missing = names.filter((name) => !featureSpecs.has(name))
    mkdirSync(dirname(file), { recursive: true })
    const disk = createWriteStream(file)
    this.#written = file.endsWith('.gz') ? pipeline(this.#rows, createGzip(), disk) : pipeline(this.#rows, disk)
    // `end` tells of it; until then it must not end the process
    this.#written.catch(() => this.#rows.resume())
    this.#rows.write(`occurred_at,is_fraud,${this.names.join(',')}\n`)
  }

  add(labelled: LabelledFeatures): void {
    this.rows++
    if (this.#chunk.push(labelled) === CHUNK) this.#write()
  }

  /** Waits while more is to be written than a disk takes. @throws Error when it cannot be written */
  async drained(): Promise<void> {
    if (this.#rows.writableNeedDrain) await Promise.race([once(this.#rows, 'drain'), this.#written])
  }

  /** Writes the rest. @throws Error when it cannot be written */
  async end(): Promise<void> {
    this.#write()
    this.#rows.end()
    await this.#written
  }

  #write(): void {
    const width = this.names.length
    // as float32, what a service shows its model
    const matrix = matrixOf(this.#chunk.map(({ features }) => features), this.names)
    const lines = this.#chunk.map(({ at, fraud }, index) => {
      const values = Array.from(matrix.subarray(index * width, (index + 1) * width), (value) => (Number.isNaN(value) ? '' : String(value)))
      return `${new Date(at).toISOString()},${fraud ? 1 : 0},${values.join(',')}\n`
    })
    this.#rows.write(lines.join(''))
    this.#chunk = []
  }
}
