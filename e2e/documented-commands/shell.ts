import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A bash as a reader has it before them: what one block sets the next one knows. It ends at the first command that fails. */
export class Shell {
  readonly #child: ChildProcess
  readonly #folder = mkdtempSync(join(tmpdir(), 'commands-'))
  #stdout = ''
  #stderr = ''
  #blocks = 0
  #ended = false

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    this.#child = spawn('bash', ['--noprofile', '--norc'], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    this.#child.on('close', () => (this.#ended = true))
    this.#write('set -eu -o pipefail')
  }

  /**
   * @param mayFail it is asked again when it does: a `grep` finds nothing yet
   * @returns what the block wrote to standard output
   * @throws Error with all it wrote when a command fails, or takes too long
   */
  async run(block: string, { mayFail = false, patienceMs = 240_000 } = {}): Promise<string> {
    const end = `end-of-block-${++this.#blocks}`
    const file = join(this.#folder, `${this.#blocks}.sh`)
    writeFileSync(file, `${block}\n`)
    this.#stdout = ''
    this.#stderr = ''
    // From a file, so that no command reads the next block as its input.
    this.#write(`. ${file} < /dev/null${mayFail ? ' || true' : ''}\nprintf '\\n%s\\n' ${end}`)
    for (const deadline = Date.now() + patienceMs; !this.#stdout.endsWith(`\n${end}\n`); ) {
      if (this.#ended) throw new Error(`a command failed (${this.#child.exitCode}):\n${this.#stdout}${this.#stderr}`)
      if (Date.now() > deadline) throw new Error(`not done after ${patienceMs / 1_000} s:\n${this.#stdout}${this.#stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return this.#stdout.slice(0, -`\n${end}\n`.length)
  }

  /** What the block before wrote to standard error. */
  get complaints(): string {
    return this.#stderr
  }

  async close(): Promise<void> {
    if (!this.#ended) {
      this.#child.stdin?.end()
      this.#child.kill()
      await once(this.#child, 'close')
    }
    rmSync(this.#folder, { recursive: true })
  }

  #write(line: string): void {
    if (!this.#ended) this.#child.stdin?.write(`${line}\n`)
  }
}
