import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryStackDirectory } from './directory.js'

const run = promisify(execFile)

/**
 * A Python environment with the packages of a requirements file, made once beside the servers, and anew when the file
 * changes. Gives the folder of its programs.
 *
 * @param name of the folder that it is in
 * @param requirements path of the file, all of it pinned
 * @param onInstall told that it is made now, which needs the network
 * @throws Error when there is no python3 with venv and pip, or no package index
 */
export async function pythonPrograms(name: string, requirements: string, onInstall: () => void): Promise<string> {
  const home = join(repositoryStackDirectory(), name, createHash('sha256').update(await readFile(requirements)).digest('hex').slice(0, 12))
  const programs = join(home, 'bin')
  const installed = join(home, 'installed')
  if (existsSync(installed)) return programs
  onInstall()
  await rm(home, { recursive: true, force: true })
  await run('python3', ['-m', 'venv', home])
  await run(join(programs, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements])
  await writeFile(installed, '')
  return programs
}
