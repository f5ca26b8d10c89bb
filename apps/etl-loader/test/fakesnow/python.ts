import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toError } from '@swipestream/platform'
import { pythonPrograms } from '@swipestream/stack'

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))

/** A Python with fakesnow: FAKESNOW_PYTHON, else one that is installed beside the stack's servers. null, and told, when none can be had. */
export async function fakesnowPython(): Promise<string | null> {
  const given = process.env['FAKESNOW_PYTHON']
  if (given !== undefined) return given
  try {
    return join(await pythonPrograms('fakesnow', requirements, () => console.log('Installing fakesnow, which stands for Snowflake (350 MB, once)')), 'python')
  } catch (error) {
    console.log(`Snowflake is not tested: fakesnow cannot be installed by python3 and pip (${toError(error).message.split('\n')[0]})`)
    return null
  }
}
