import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shippedDirectory } from './load.js'

/** A copy of the shipped texts, to be changed. */
export class OwnTexts implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'texts-'))

  constructor() {
    cpSync(shippedDirectory, this.directory, { recursive: true })
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.directory, file), text)
  }

  replace(file: string, from: string, to: string): void {
    const text = readFileSync(join(this.directory, file), 'utf8')
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
    this.write(file, text.replace(from, () => to))
  }

  remove(file: string): void {
    rmSync(join(this.directory, file))
  }

  /** A language with these phrases alone. */
  language(code: string, phrases: Readonly<Record<string, string>>): void {
    this.write(`${code}.json`, JSON.stringify({ phrases }))
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}
