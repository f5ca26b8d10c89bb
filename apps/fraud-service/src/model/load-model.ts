import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, toError } from '@swipestream/platform'
import { FraudModel, type RunTrees } from './fraud-model.js'
import { type ModelDescription, modelDescriptionOf } from './model-description.js'

/**
 * Loads model.json and model.onnx, and asks the model once: what does not work is to be known at the start.
 *
 * @param setting that the folder is from, for who must mend it
 * @throws CodedError CONFIG_INVALID (fatal) naming the setting and the reason
 */
export async function loadModel(directory: string, setting = 'FRAUD_MODEL_DIR'): Promise<FraudModel> {
  try {
    return await loaded(directory)
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    const what = `${setting} is not valid: ${error.message}. It is a folder with model.json and model.onnx as model/train.py writes them`
    throw new CodedError('CONFIG_INVALID', 'fatal', `${what}; leave it out to decide by rules alone.`, { cause: error })
  }
}

/** Why a folder holds no model that can be used. */
class Unusable extends Error {}

/** @throws Unusable */
async function loaded(directory: string): Promise<FraudModel> {
  const text = await readOf(directory, 'model.json')
  const described = modelDescriptionOf(text.toString('utf8'))
  if (typeof described === 'string') throw new Unusable(described)
  const bytes = await readOf(directory, 'model.onnx')
  try {
    const run = await treesOf(bytes, described)
    await run(new Float32Array(described.features.length).fill(Number.NaN), 1)
    return new FraudModel(described, run)
  } catch (error) {
    throw error instanceof Unusable ? error : new Unusable(`model.onnx cannot be run: ${toError(error).message}`)
  }
}

async function readOf(directory: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(directory, file))
  } catch (error) {
    throw new Unusable(`${file} cannot be read: ${toError(error).message}`)
  }
}

/** onnxruntime is loaded only here: a service without a model does without its 50 MB. */
async function treesOf(bytes: Buffer, { features, input, output }: ModelDescription): Promise<RunTrees> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node')
  // One thread: rows come by the hundred, and what a second thread would gain it takes from the other partitions.
  const session = await InferenceSession.create(bytes, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 })
  if (!session.inputNames.includes(input.name)) throw new Unusable(`model.onnx has no input ${input.name}, which model.json names`)
  if (!session.outputNames.includes(output.name)) throw new Unusable(`model.onnx has no output ${output.name}, which model.json names`)
  const width = features.length
  return async (matrix, rows) => {
    const answer = (await session.run({ [input.name]: new Tensor('float32', matrix, [rows, width]) }, [output.name]))[output.name]
    if (answer === undefined || !(answer.data instanceof Float32Array)) throw new Error(`the model's ${output.name} is not of type float32`)
    const columns = answer.data.length / rows
    if (!Number.isInteger(columns) || columns <= output.column_of_fraud) throw new Error(`the model's ${output.name} has ${columns} columns`)
    const data = answer.data
    return Float32Array.from({ length: rows }, (_, row) => data[row * columns + output.column_of_fraud] as number)
  }
}
