import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * Sees to it that the containers of a session go when this process does, however that ends. Does the work of
 * Testcontainers' reaper where that is disabled.
 *
 * @param session value of the label that they bear
 * @returns what ends the watch and removes what is left now
 */
export async function removeAtEnd(session: string): Promise<() => void> {
  // Detached: the terminal's Ctrl-C is not for it.
  const child = spawn(process.execPath, [fileURLToPath(new URL('./remove-containers.ts', import.meta.url)), session], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  await once(child, 'spawn')
  child.unref()
  return () => void child.stdin.end()
}
