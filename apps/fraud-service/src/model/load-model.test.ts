import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { exampleOrigin, exampleTaken, exampleTransaction } from '../domain/example-transaction.js'
import { observe } from '../domain/features/observe.js'
import { exampleDescription } from './example-description.js'
import { exampleTrees } from './example-trees.js'
import { loadModel } from './load-model.js'
import type { ModelDescription } from './model-description.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'model-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
})

function write(described: Partial<ModelDescription> | string = {}, trees: Uint8Array | null = exampleTrees): void {
  writeFileSync(join(directory, 'model.json'), typeof described === 'string' ? described : JSON.stringify(exampleDescription(described)))
  if (trees !== null) writeFileSync(join(directory, 'model.onnx'), trees)
}

const refused = { code: 'CONFIG_INVALID', kind: 'fatal' }

describe('the folder of FRAUD_MODEL_DIR', () => {
  it('has a model, which scores and explains', async () => {
    write()
    const model = await loadModel(directory)
    const rows = [2_350, 25_000].map((amount_minor) => {
      const observed = observe(exampleTransaction({ amount_minor }), undefined, exampleTaken(), exampleOrigin().offset)
      return observed === 'duplicate' ? expect.unreachable() : observed.features
    })
    const probabilities = await model.probabilities(rows)
    expect(probabilities.map((value) => value.toFixed(3))).toEqual(['0.005', '0.993'])
    expect(await model.explain(rows, probabilities)).toEqual([[], [{ name: 'tx.amount_reference', value: 250, unit: 'EUR' }]])
  })

  it.each([
    ['is empty', () => undefined, 'model.json cannot be read: ENOENT'],
    ['has a model.json that is none', () => write('no JSON'), 'model.json is no JSON'],
    ['has a model of features that this release does not have', () => write({ features: ['shoe_size'] }), 'model.json names shoe_size'],
    ['has no model.onnx', () => write({}, null), 'model.onnx cannot be read: ENOENT'],
    ['has a model.onnx that is none', () => write({}, Buffer.from('no trees')), 'model.onnx cannot be run'],
    ['has trees of another number of features', () => write({ features: ['amount_reference'] }), 'model.onnx cannot be run'],
    ['names an input that the trees do not have', () => write({ input: { name: 'rows', type: 'float32', absent: 'NaN' } }), 'no input rows'],
    ['names an output that the trees do not have', () => write({ output: { name: 'odds', column_of_fraud: 1 } }), 'no output odds'],
  ])('ends the start when it %s, naming the variable and the reason', async (_, prepare, reason) => {
    prepare()
    await expect(loadModel(directory)).rejects.toMatchObject({ ...refused, message: expect.stringMatching(new RegExp(`^FRAUD_MODEL_DIR is not valid: .*${reason}`, 's')) as string })
  })
})
