import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { toError } from '@swipestream/platform'

const run = promisify(execFile)
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
const folder = fileURLToPath(new URL('../../../../.stack/fakesnow/', import.meta.url))

/** A Python with fakesnow: FAKESNOW_PYTHON, else one that is installed beside the stack's servers. null, and told, when none can be had. */
export async function fakesnowPython(): Promise<string | null> {
  const given = process.env['FAKESNOW_PYTHON']
  if (given !== undefined) return given
  const home = `${folder}${createHash('sha256').update(await readFile(requirements)).digest('hex').slice(0, 12)}`
  const python = `${home}/bin/python`
  const done = `${home}/installed`
  if (existsSync(done)) return python
  console.log('Installing fakesnow, which stands for Snowflake (350 MB, once)')
  try {
    await rm(home, { recursive: true, force: true })
    await run('python3', ['-m', 'venv', home])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements])
    await writeFile(done, '')
    return python
  } catch (error) {
    console.log(`Snowflake is not tested: fakesnow cannot be installed by python3 and pip (${toError(error).message.split('\n')[0]})`)
    return null
  }
}
