import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** train.py, its requirements and the names of its features. */
const modelSources = join(import.meta.dirname, '../../../apps/fraud-service/model')

const PIP_MS = 600_000
const TRAIN_MS = 1_200_000

/** Thrown where there is no Python, or its packages are not to be had: rules can be measured all the same. */
export class NoPython extends Error {}

/**
 * The Python of an environment with what train.py needs, made when it is not there or is of other requirements.
 *
 * @throws NoPython in one line
 */
export async function trainingPython(directory: string, onProgress: (line: string) => void): Promise<string> {
  const requirements = join(modelSources, 'requirements.txt')
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const stamp = join(directory, 'made-of')
  const python = join(directory, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(python)) return python
  onProgress('making a Python environment to train in, a few minutes')
  rmSync(directory, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', directory], PIP_MS)
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--only-binary', ':all:', '-r', requirements], PIP_MS)
  } catch (error) {
    throw new NoPython(`no model is measured, because the Python packages of ${requirements} cannot be installed: ${lastLine(error)}`)
  }
  writeFileSync(stamp, wanted)
  return python
}

/** Trains a model by train.py. @returns the folder it is in, for `loadModel` */
export async function train(python: string, options: { readonly input: string; readonly features: string; readonly days: string; readonly allHistory: boolean; readonly output: string }): Promise<string> {
  const { input, features, days, allHistory, output } = options
  await run(python, ['-W', 'ignore', join(modelSources, 'train.py'), '--input', input, '--features', features, '--train', days, ...(allHistory ? ['--all-history'] : []), '--output', output], TRAIN_MS)
  return output
}

/** @throws Error with what it said last when it does not end with 0 */
async function run(command: string, args: readonly string[], timeout: number): Promise<void> {
  // One thread: two that wait for each other on a busy machine take many times as long.
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout, env: { ...process.env, OMP_NUM_THREADS: '1' } })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said = (said + text).slice(-4_000)))
  const status = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'ended'))
  })
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${said.trim()}`)
}

function lastLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? ''
}
